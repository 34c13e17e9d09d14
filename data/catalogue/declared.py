"""What every declaration of the catalogue shares: frozen models that refuse unknown keys, and common text types."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StrictBool, StrictFloat, StrictInt, StringConstraints

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
CodeText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.\-]{1,64}$")]
ShortEnglish = Annotated[str, StringConstraints(min_length=1, max_length=16)]
Flag = StrictBool  # "yes", 1 or "true" in quotation marks is a mistake, not a flag
Whole = StrictInt
Number = StrictFloat | StrictInt
Dimension = Literal["industry", "partner", "commodity", "flow", "breakdown"]
DIMENSIONS: tuple[Dimension, ...] = ("industry", "partner", "commodity", "flow", "breakdown")
Language = Literal["zh", "en"]


class Declared(BaseModel):
    """A model read from a declaration: frozen, unknown keys refused, no guessing between types."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def word(self, name: str, language: Language) -> str:
        """Return the text of ``name`` (``name``, ``short``, ``definition`` …) in one language."""
        return str(getattr(self, f"{name}_{language}"))

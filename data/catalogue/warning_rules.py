"""The declared warnings of the ticker: when one speaks and how grave it is. The words are made by the screen."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from data.catalogue.declared import CodeText, Declared

NEEDS = {"falls": ("slots",), "behind_target": ("points",), "price_moves": ("indicator", "percent", "months")}


class WarningRule(Declared):
    """One rule. ``slots`` in a row, ``points`` in percentage points, ``percent`` in per cent; level 1 is gravest.

    ``months`` is how old a price may be and still be news.
    """

    code: CodeText
    kind: Literal["falls", "behind_target", "price_moves"]
    level: int = Field(ge=1, le=4)
    slots: int | None = Field(default=None, ge=2, le=24)
    points: float | None = Field(default=None, gt=0)
    percent: float | None = Field(default=None, gt=0)
    months: int | None = Field(default=None, ge=1, le=24)
    indicator: CodeText | None = None

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        optional = ("slots", "points", "percent", "months", "indicator")
        given = {name for name in optional if getattr(self, name) is not None}
        if given != set(NEEDS[self.kind]):
            raise ValueError(f"kind {self.kind} needs {' and '.join(NEEDS[self.kind])} and nothing else")
        return self

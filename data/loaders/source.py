"""What a source declares (one TOML per feed) and what a parser hands back.

A declaration names the loader, the files, the publisher and licence, and, in sections that belong to the loader,
how cells map to series. Nothing about a file is guessed: what the declaration expects and the file does not hold
is a ``FileRefusedError`` with file, place, expectation and finding.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from data.check_settings import DEFAULT_CHECKS, Checks
from data.clock import SHANGHAI
from data.corrections import CorrectionEntry
from data.facts import Blank, Fact, Reject
from data.fingerprints import declaration_sha256, file_sha256, fingerprint
from data.loaders.limits import DEFAULT_LIMITS, Limits
from data.schedule import Schedule
from data.total_settings import Total

OVERRIDES = "overrides"  # folder beside the declarations: <source code>.toml
SAMPLES = Path(__file__).parent.parent / "samples"
Model = TypeVar("Model", bound=BaseModel)
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class SourceError(ValueError):
    """A declaration is wrong: the file, the dotted key and the reason."""

    def __init__(self, file: Path | str, key: str, reason: str) -> None:
        self.file, self.key, self.reason = str(file), key, reason
        super().__init__(f"{file}: {key}: {reason}")


class FileRefusedError(ValueError):
    """A file is not what its source declares, so nothing of it is loaded."""

    def __init__(self, file: Path | str, place: str, expected: str, found: str) -> None:
        self.file, self.place, self.expected, self.found = str(file), place, expected, found
        super().__init__(f"{file}: {place}: expected {expected}; found {found}")


class Declared(BaseModel):
    """Base of everything read from a source TOML: frozen, and unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Declared):
    """One feed. ``files`` are glob patterns below the folder the caller gives (the samples or a drop folder).

    ``vintage`` is the date of the edition (what was known then); nothing of it is stored before ``release_at``, a time
    in Asia/Shanghai; ``options`` is the checked section of the loader; ``checks`` and ``limits`` have defaults. Without
    a ``schedule`` it is asked only when somebody refreshes.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    loader: Text
    files: tuple[Text, ...] = ()
    title_zh: Text
    title_en: Text
    publisher_zh: Text
    publisher_en: Text
    licence: Text
    page: str
    simulated: bool = False
    vintage: date
    release_at: datetime | None = None
    note_zh: str = ""
    note_en: str = ""
    checks: Checks = DEFAULT_CHECKS
    limits: Limits = DEFAULT_LIMITS
    corrections: tuple[CorrectionEntry, ...] = ()
    schedule: Schedule | None = None
    totals: tuple[Total, ...] = ()
    declared_in: Path = Field(default=Path(), exclude=True)
    options: Any = None

    @field_validator("release_at")
    @classmethod
    def _in_shanghai(cls, value: datetime | None) -> datetime | None:
        return value.replace(tzinfo=SHANGHAI) if value is not None and value.tzinfo is None else value

    def declaration_sha256(self) -> str:
        """Return the fingerprint of everything that is declared about how this source is read."""
        declared = [declaration_sha256(self.declared_in)] if self.declared_in.is_file() else []
        overrides = [file_sha256(self._overrides)] if self._overrides.is_file() else []
        return fingerprint([*declared, *overrides])

    @property
    def _overrides(self) -> Path:
        return overrides_of(self.declared_in, self.code)

    def paths(self, folder: Path = SAMPLES) -> list[Path]:
        """Return the files of this source in ``folder``, in name order within each pattern; an empty pattern raises."""
        found: list[Path] = []
        for pattern in self.files:
            matches = sorted(folder.glob(pattern))
            if not matches:
                raise FileRefusedError(folder, pattern, f"at least one file of source {self.code}", "none")
            found += [path for path in matches if path not in found]
        return found


@dataclass
class Parsed:
    """One file, parsed. Every cell of it is a fact, rejected, missing by declaration or excluded by declaration.

    ``rows_read`` counts the rows (or answer nodes) that are not blank; ``notes`` name what was seen and not needed,
    such as a column the declaration does not know.
    """

    facts: list[Fact] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    rows_read: int = 0
    missing: int = 0
    excluded: int = 0
    notes: list[str] = field(default_factory=list)
    blanks: list[Blank] = field(default_factory=list)  # of the missing cells, those that belong to a series

    @property
    def cells_read(self) -> int:
        """How many cells were accounted for."""
        return len(self.facts) + len(self.rejects) + self.missing + self.excluded


def overrides_of(declared_in: Path, code: str) -> Path:
    """Return where the corrections of a source may stand beside its declaration."""
    return declared_in.parent / OVERRIDES / f"{code}.toml"


class _Overrides(Declared):
    corrections: tuple[CorrectionEntry, ...] = ()


HEADER = frozenset(Source.model_fields) - {"declared_in", "options"}


def load_sources(folder: Path, models: Mapping[str, type[Declared]] | None = None) -> list[Source]:
    """Read every declaration of ``folder`` in file-name order; a mistake raises ``SourceError``.

    ``models`` maps a loader to the model of its sections; by default the registry's. A loader without a model
    (the simulation) keeps its sections as plain tables.
    """
    if models is None:
        from data.loaders import OPTIONS  # here, because the registry imports this module

        models = OPTIONS
    sources = [read_source(path, models) for path in sorted(folder.glob("*.toml"))]
    seen: dict[str, Path] = {}
    for source in sources:
        if source.code in seen:
            raise SourceError(source.declared_in, "code", f"{source.code} is declared in {seen[source.code]} too")
        seen[source.code] = source.declared_in
    return sources


def read_source(path: Path, models: Mapping[str, type[Declared]]) -> Source:
    """Read and check one declaration, with its overrides."""
    document = _document(path)
    header = {key: value for key, value in document.items() if key in HEADER}
    sections = {key: value for key, value in document.items() if key not in HEADER}
    source = _checked(Source, header, path)
    model = models.get(source.loader)
    if model is None and not source.simulated:
        raise SourceError(path, "loader", f"{source.loader!r} is none of {', '.join(sorted(models))}")
    if not (source.files or source.simulated):
        raise SourceError(path, "files", "at least one file pattern is needed")
    options = sections if model is None else _checked(model, sections, path)
    overrides = overrides_of(path, source.code)
    beside = _checked(_Overrides, _document(overrides), overrides).corrections if overrides.is_file() else ()
    corrections = (*source.corrections, *beside)
    return source.model_copy(update={"declared_in": path, "options": options, "corrections": corrections})


def _document(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(path, "the file", str(error)) from error


def _checked(model: type[Model], values: Mapping[str, Any], path: Path) -> Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        raise SourceError(path, key, first["msg"]) from error

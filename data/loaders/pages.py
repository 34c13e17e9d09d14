"""One sheet of a workbook as it was read, whatever the kind of workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from data.loaders.cells import Row


class SheetName(NamedTuple):
    """A sheet of a workbook and whether a reader of it would see it."""

    name: str
    visible: bool


class Range(NamedTuple):
    """Merged cells, both ends included, counted from 1."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Page:
    """The rows of a sheet, its merged ranges, and whether its serial numbers count from 1904."""

    rows: Sequence[Row]
    merged: Sequence[Range] = ()
    from_1904: bool = False
    notes: Sequence[str] = field(default_factory=tuple)


class Workbook(Protocol):
    """What a kind of workbook can do."""

    def sheets(self) -> list[SheetName]:
        """Return the sheets in their order."""

    def page(self, name: str) -> Page:
        """Read one sheet."""

    def close(self) -> None:
        """Close the file."""

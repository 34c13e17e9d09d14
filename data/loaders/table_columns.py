"""What a table reader knows of its columns: where each stands, what was seen in it, what is left out of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from data.facts import SeriesKey
from data.loaders.cells import Cell, Shown, canonical, is_scaled
from data.loaders.layout_parts import Excluded
from data.loaders.numbers import NumberError, number_of_cell
from data.loaders.placements import Place
from data.loaders.shapes import Shape
from data.periods import month_of

FEBRUARY = 2
SIGNS = ("%", "％")


@dataclass
class FigureColumn:
    """One column of figures of a group: where it stands, where its figures go, and what was seen in it."""

    index: int
    header: str
    place: Place
    keys: dict[tuple[str, ...], SeriesKey] = field(default_factory=dict)
    count: int = 0
    largest: float = 0.0


@dataclass(frozen=True)
class LeftOut:
    """One rule of rows or cells to leave out."""

    index: int
    values: frozenset[str]
    pattern: re.Pattern[str] | None
    headers: frozenset[str]

    @classmethod
    def of(cls, rule: Excluded, index: int, headers: tuple[str, ...]) -> LeftOut:
        """Return a declared rule for the column with this index; without ``columns`` it is about whole rows."""
        pattern = re.compile(rule.pattern) if rule.pattern else None
        return cls(index, frozenset(map(canonical, rule.values)), pattern, frozenset(rule.columns or headers))

    def holds(self, text: str) -> bool:
        """Tell whether a text is one of those left out."""
        return text in self.values or (self.pattern is not None and self.pattern.fullmatch(text) is not None)


def codes_by_name(codes: Mapping[str, str], aliases: Mapping[str, tuple[str, ...]]) -> Mapping[str, str]:
    """Return the codes by the canonical form of their names, with the other names declared for them."""
    known = {canonical(name): code for name, code in codes.items()}
    known |= {canonical(other): known[canonical(name)] for name, others in aliases.items() for other in others}
    return known


def is_first_slot(place: Place, period: int) -> bool:
    """Tell whether the period is 1–2月 of an indicator that has no January: 当期 and 累计 are the same figure there."""
    return place.indicator.combined_january_february and month_of(period) == FEBRUARY


def watch(column: FigureColumn, cell: Cell, value: float) -> None:
    """Note how large the rates of a column are, unless a cell says how they are written."""
    if isinstance(cell, Shown) or (isinstance(cell, str) and cell.rstrip().endswith(SIGNS)):
        column.largest = 1.0  # it is said how the rates are written
    column.count += 1
    column.largest = max(column.largest, abs(value))


@dataclass(frozen=True)
class PercentColumns:
    """The columns in which some cells say by format, or by a sign, that they are per cent."""

    by_format: frozenset[int]
    by_sign: frozenset[int]

    def makes_unclear(self, index: int, cell: Cell) -> bool:
        """Tell whether a cell without format and sign may be a fraction beside such cells."""
        if index in self.by_format:
            return True
        return index in self.by_sign and _may_be_fraction(cell)


def _may_be_fraction(cell: Cell) -> bool:
    try:
        return 0 < abs(number_of_cell(cell)) < 1
    except NumberError:
        return False


def percent_columns(table: Shape, figures: set[int], rates: set[int]) -> PercentColumns:
    """Look through the rates of a table, and note the formats that show its figures in another scale."""
    by_format, by_sign, scaled = set[int](), set[int](), set[str]()
    looked_at, known = rates if table.grid.is_csv else figures, len(table.rejects)
    for line in table.lines() if looked_at else ():
        for index in looked_at:
            cell = line.cells[index] if index < len(line.cells) else None
            if isinstance(cell, Shown):
                if cell.is_percent:
                    by_format.add(index)
                if is_scaled(cell.format):
                    scaled.add(table.headers[index])
            elif isinstance(cell, str) and cell.rstrip().endswith(SIGNS):
                by_sign.add(index)
    del table.rejects[known:]  # lines that were rejected here are rejected again when they are read
    table.notes.extend(
        f"column {name!r} is shown in another scale than stored; the stored value is read" for name in sorted(scaled)
    )
    return PercentColumns(frozenset(by_format), frozenset(by_sign))

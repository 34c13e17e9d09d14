"""How the figures of one column are read: per cent, words for powers of ten, marks behind a figure, parentheses.

All of it is allowed only where the declaration says so; a per-cent sign or format counts where the stored unit is
per cent. What remains unclear is an error of the cell, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from data.loaders.cells import Cell, Shown, canonical
from data.loaders.numbers import FOLDED, NumberError, decimals_of, number_of_cell, parse_number

Percent = Literal["auto", "points", "fraction"]
HUNDRED = Decimal(100)
ONE = Decimal(1)
MOST_LIKELY_FRACTIONS = 4  # so many figures, all below one, are fractions as likely as per cent


@dataclass(frozen=True)
class FigureReading:
    """What is allowed in the cells of a column. ``percent`` is ``None`` where the stored unit is not per cent."""

    factor: Decimal = ONE
    decimals: int | None = None
    percent: Percent | None = None
    suffixes: Mapping[str, Decimal] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    parentheses: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether a cell is a plain number and nothing else."""
        return not (self.percent or self.suffixes or self.marks or self.parentheses)

    def read(self, cell: Cell, *, beside_percents: bool = False) -> tuple[float, int, str]:
        """Return the stored value, its decimals and its status.

        ``beside_percents`` says that other cells of the column have a per-cent format, which makes a plain number
        unclear. Raises ``NumberError``.
        """
        if self.is_plain and not isinstance(cell, Shown):
            return *self._stored(number_of_cell(cell), self.factor), "A"
        if isinstance(cell, str) and not beside_percents:
            return self._read_text(cell)
        figure = number_of_cell(cell)
        if isinstance(cell, Shown) and cell.is_percent:
            if not self.percent:
                raise NumberError(f"a per-cent format ({cell.format}) where the unit is not per cent: {float(cell)!r}")
            return *self._stored(figure * HUNDRED, self.factor), "A"
        if self.percent == "auto" and beside_percents:
            raise NumberError(
                f"{float(figure)!r} without a per-cent format beside cells that have one: declare percent "
                "= points or fraction / 同列百分比格式不一致"
            )
        return *self._stored(figure * (HUNDRED if self.percent == "fraction" else ONE), self.factor), "A"

    def _read_text(self, cell: str) -> tuple[float, int, str]:
        text = cell.translate(FOLDED).strip()
        text, status = self._without_mark(text)
        text, factor = self._without_suffix(text)
        if self.parentheses and text.startswith("(") and text.endswith(")"):
            text = f"-{text[1:-1].strip()}"
        has_sign = text.endswith("%")
        figure = parse_number(text, percent=self.percent is not None)
        if self.percent == "fraction" and not has_sign:
            figure *= HUNDRED
        return *self._stored(figure, factor), status

    def _without_mark(self, text: str) -> tuple[str, str]:
        for mark, status in self.marks.items():
            sign = canonical(mark)
            if sign and text.endswith(sign):
                return text.removesuffix(sign).rstrip(), status
        return text, "A"

    def _without_suffix(self, text: str) -> tuple[str, Decimal]:
        for suffix in sorted(self.suffixes, key=len, reverse=True):
            sign = canonical(suffix)
            if sign and text.endswith(sign):
                return text.removesuffix(sign).rstrip(), self.suffixes[suffix]
        return text, self.factor

    def _stored(self, figure: Decimal, factor: Decimal) -> tuple[float, int]:
        value = figure if factor == ONE else figure * factor
        return float(value), decimals_of(value) if self.decimals is None else self.decimals

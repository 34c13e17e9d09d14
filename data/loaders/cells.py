"""What stands in a cell: a text, a number, a truth value or nothing; and texts that mean the same written differently.

A number of a workbook whose number format changes what a reader sees (a per-cent sign, a division by thousands)
is a ``Shown``, so that the step that reads figures can tell 0.053 from 5.3 %.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.loaders.numbers import FOLDED

_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_SCALED = re.compile(r"[0#?],+(?![0#?,])|0!\.0")
_BLANKS = re.compile(r"\s+")
_HAN = re.compile("[\u3400-\u9fff]")


class Shown(float):
    """A number and the number format it is shown with."""

    format: str

    def __new__(cls, value: float, number_format: str) -> Shown:
        """Make a float that remembers its format."""
        made = super().__new__(cls, value)
        made.format = number_format
        return made

    @property
    def is_percent(self) -> bool:
        """Whether the cell shows a hundred times the number, with a per-cent sign."""
        return is_percent(self.format)

    def __str__(self) -> str:
        """Return the number as stored, and how it is shown where that is another number."""
        return f"{float(self)!r} ({self.format})"


Cell = str | int | float | bool | None
Row = Sequence[Cell]


def is_percent(number_format: str) -> bool:
    """Tell whether a number format shows a hundred times the number."""
    return "%" in _LITERAL.sub("", number_format)


def is_scaled(number_format: str) -> bool:
    """Tell whether a number format shows thousandths or ten-thousandths of the number (``0.00,`` or ``0!.0,``)."""
    return _SCALED.search(number_format.replace('"', "")) is not None


def text_of(cell: Cell) -> str:
    """Return the cell as the text that stands in the file, without outer blanks; an empty cell is ``""``."""
    return "" if cell is None else str(cell).strip()


def canonical(text: str) -> str:
    """Return a name without what differs between editions: full-width forms, line breaks, blanks inside Chinese."""
    folded = text.translate(FOLDED)
    return _BLANKS.sub("" if _HAN.search(folded) else " ", folded).strip()


class Names(dict[str, str]):
    """The canonical form of each text asked for, worked out once; ``aliases`` maps other names to the one declared."""

    def __init__(self, aliases: dict[str, str] | None = None) -> None:
        super().__init__()
        self._aliases = {canonical(other): canonical(name) for other, name in (aliases or {}).items()}

    def __missing__(self, text: str) -> str:
        """Work out a text that was not asked for before."""
        name = canonical(text)
        found = self[text] = self._aliases.get(name, name)
        return found

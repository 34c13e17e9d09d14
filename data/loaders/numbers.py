"""Numbers as text, read strictly: what is not plainly a decimal number is an error, never a guess.

Python's ``float`` takes ``1_000``, ``nan``, ``inf`` and digits of any script; statistics files hold footnote marks,
units and dashes. Only full-width forms are folded (as NFKC does); superscripts are not, or ``12²`` would read as 122.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal

MAX_CHARACTERS = 40
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
FOLDED = FULL_WIDTH | {0x3000: " ", 0x2212: "-"}
NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?", re.ASCII)


class NumberError(ValueError):
    """A cell that should hold a number does not."""


def parse_number(text: str, *, percent: bool = False) -> Decimal:
    """Return the number in ``text``, with the decimals that were written.

    Takes full-width digits and signs, ``−`` (U+2212) and thousands commas in right groups; ``percent`` allows one
    trailing per-cent sign, which changes nothing in the value. Anything else raises ``NumberError``.
    """
    folded = text[: MAX_CHARACTERS + 1].translate(FOLDED).strip()
    if percent:
        folded = folded.removesuffix("%").rstrip()
    if len(text) > MAX_CHARACTERS or NUMBER.fullmatch(folded) is None:
        raise NumberError(f"not a number: {text[:MAX_CHARACTERS]!r}")
    return Decimal(folded.replace(",", ""))


def number_of_cell(cell: object, *, percent: bool = False) -> Decimal:
    """Return the number of a workbook or answer cell: an int or finite float as stored, a text by ``parse_number``."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise NumberError(f"not a number but {type(cell).__name__}: {cell!r}")
    if isinstance(cell, str):
        return parse_number(cell, percent=percent)
    if not math.isfinite(cell):
        raise NumberError(f"not a finite number: {cell!r}")
    return Decimal(repr(cell))


def decimals_of(number: Decimal) -> int:
    """Return how many decimals the number was written with."""
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0

"""Numbers, units and cells as text.

English shows the same value in the unit's declared English scale (5003.38 亿元 is CNY 500.34 bn): the factor is a
power of ten declared with the unit, and so are the decimals that move with it, so that no digit is lost or invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from data.selection import Language
from data.status import HAS_FIGURE, CellKind, cell_kind, rounded

MINUS = "\u2212"


class UnitWords(Protocol):
    """The part of a catalogue unit that is read out."""

    @property
    def name_zh(self) -> str:
        """The unit in Chinese, as published: 亿元."""

    @property
    def name_en(self) -> str:
        """The unit of the English scale: ``CNY bn``; a currency in front is written before the figure."""

    @property
    def base(self) -> str:
        """What is counted; ``index`` marks a unit that names a base year: 2010年=100."""

    @property
    def english_factor(self) -> float:
        """What a value is multiplied by in English, a power of ten: 0.1 from 亿元 to billion CNY."""

    @property
    def english_decimals(self) -> int:
        """How many decimals more the English scale needs to keep the same digits: 1 for a factor of 0.1."""


class CellWords(Protocol):
    """The part of a stored cell that is read out."""

    @property
    def value(self) -> float | None:
        """The value in the declared unit."""

    @property
    def obs_status(self) -> str:
        """SDMX OBS_STATUS."""

    @property
    def conf_status(self) -> str:
        """SDMX CONF_STATUS."""


@dataclass(frozen=True)
class Figure:
    """A figure as read: ``number`` and small ``unit`` apart, ``text`` both together, ``kind`` what cell it is."""

    number: str
    unit: str
    text: str
    kind: CellKind


def number(value: float | Decimal, decimals: int, *, sign: bool = False) -> str:
    """Write a number with thousands commas and a true minus; ``sign`` puts + before what is above zero.

    Rounds half away from zero; what rounds to zero has no sign. ``ValueError`` on nan and inf.
    """
    exact = rounded(value, decimals)
    text = f"{exact:+,f}" if sign and exact != 0 else f"{exact:,f}"
    return text.replace("-", MINUS)


def unit_words(unit: UnitWords, language: Language) -> str:
    """Return the unit's name in the scale ``figure`` writes in."""
    return unit.name_zh if language == "zh" else unit.name_en


def figure(value: float, unit: UnitWords, decimals: int, language: Language, *, sign: bool = False) -> Figure:
    """Write a value (in the declared unit) with its unit, at the declared decimals.

    A value that only rounds to zero reads ``<0.05``, so that it is not taken for a real zero.
    """
    kind = cell_kind(value, decimals)
    places = decimals if language == "zh" else decimals + unit.english_decimals
    if kind is CellKind.ROUNDS_TO_ZERO:
        text = rounds_to_zero(value, places)
    else:
        text = number(_scaled(value, unit, decimals, language), places, sign=sign)
    return Figure(text, unit_words(unit, language), _joined(text, unit, language), kind)


def _scaled(value: float, unit: UnitWords, decimals: int, language: Language) -> Decimal:
    """Round at the declared decimals first, so that both languages show the same digits, then move the point."""
    exact = rounded(value, decimals)
    return exact if language == "zh" else exact * Decimal(repr(unit.english_factor))


def rounds_to_zero(value: float, decimals: int) -> str:
    """Write a value that only rounds to zero: <0.05, >−0.05."""
    half = number(0.5 * 10.0**-decimals, decimals + 1)
    return f"<{half}" if value > 0 else f">{MINUS}{half}"


_TIGHT_UNITS = frozenset({"%", "‰", "倍", "x"})
_CURRENCIES = ("CNY", "USD", "EUR", "JPY", "HKD")


def _joined(text: str, unit: UnitWords, language: Language) -> str:
    """Join figure and unit: 5,003.4 亿元 · 6.4% · CNY 500.34 bn · 103.2（2010年=100）.

    A currency that leads the English unit stands in front of the figure.
    """
    name = unit_words(unit, language)
    if not name or name in _TIGHT_UNITS:
        return f"{text}{name}"
    if unit.base == "index":
        return f"{text}（{name}）" if language == "zh" else f"{text} ({name})"
    currency, _, scale = name.partition(" ")
    if language == "en" and currency in _CURRENCIES:
        return f"{currency} {text} {scale}".rstrip()
    return f"{text} {name}"


def cell_figure(
    cell: CellWords | None, unit: UnitWords, decimals: int, language: Language, *, sign: bool = False
) -> Figure:
    """Write a stored cell; one that is missing, suppressed or confidential shows its sign, never blank or 0.

    ``cell`` ``None`` is a period nobody has loaded a figure for: not available.
    """
    kind = CellKind.NOT_AVAILABLE
    if cell is not None:
        kind = cell_kind(cell.value, decimals, cell.obs_status, cell.conf_status)
        if cell.value is not None and kind in HAS_FIGURE:
            return figure(cell.value, unit, decimals, language, sign=sign)
    return Figure(missing_text(kind), "", missing_text(kind), kind)


_MISSING: Mapping[CellKind, tuple[str, str, str]] = {
    CellKind.NOT_AVAILABLE: ("…", "暂无数据", "not available"),
    CellKind.NOT_APPLICABLE: ("—", "不适用", "not applicable"),
    CellKind.CONFIDENTIAL: ("×", "保密", "confidential"),
    CellKind.UNRELIABLE: ("※", "误差过大，不予公布", "too unreliable to be shown"),
}


def missing_text(kind: CellKind) -> str:
    """Return the sign of a cell that shows no figure."""
    return _MISSING[kind][0]


def missing_words(kind: CellKind, language: Language) -> str:
    """Return what the sign means, for hover, legend and ear."""
    return _MISSING[kind][1 if language == "zh" else 2]

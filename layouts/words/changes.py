"""Changes as text: badges with an arrow, signed numbers for tables, and words where no rate is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from data.measures import Basis, ChangeUnit, Growth, Outcome
from data.selection import Language
from data.status import rounded
from layouts.words.numbers import number

CHANGE_DECIMALS = 1
Direction = Literal["up", "down", "flat", "none"]


@dataclass(frozen=True)
class Change:
    """A change as read.

    ``direction`` is the class of the colour (up, down, flat, none); ``arrow`` ▲, ▼ or empty; ``number`` carries
    unit, no sign; ``text`` is both as the eye meets them; ``spoken`` the same for the ear; ``note`` is 名义推算
    (or 季调, 推算) where the change was worked out, else empty.
    """

    direction: Direction
    arrow: str
    number: str
    text: str
    spoken: str
    note: str


_OUTCOME_WORDS: Mapping[Outcome, Mapping[str, str]] = {
    Outcome.TURNED_PROFIT: {"zh": "扭亏为盈", "en": "turned to profit"},
    Outcome.TURNED_LOSS: {"zh": "由盈转亏", "en": "turned to loss"},
    Outcome.LOSS_NARROWED: {"zh": "减亏", "en": "loss down"},
    Outcome.LOSS_WIDENED: {"zh": "增亏", "en": "loss up"},
    Outcome.LOSS_UNCHANGED: {"zh": "亏损持平", "en": "loss unchanged"},
    Outcome.NO_BASE: {"zh": "上年同期为零", "en": "zero a year before"},
    Outcome.UNAVAILABLE: {"zh": "…", "en": "…"},
}
_OUTCOME_DIRECTIONS: Mapping[Outcome, Direction] = {
    Outcome.TURNED_PROFIT: "up",
    Outcome.LOSS_NARROWED: "up",
    Outcome.TURNED_LOSS: "down",
    Outcome.LOSS_WIDENED: "down",
    Outcome.LOSS_UNCHANGED: "flat",
}
_ARROWS: Mapping[Direction, str] = {"up": "▲", "down": "▼"}
_FLAT = {"zh": "持平", "en": "flat"}
_POINTS = {"zh": "个百分点", "en": "pp"}
_SPOKEN = {"up": {"zh": "上升", "en": "up"}, "down": {"zh": "下降", "en": "down"}}


_BASIS_NOTES: Mapping[Basis, Mapping[str, str]] = {
    Basis.NOMINAL: {"zh": "名义推算", "en": "nominal, calculated"},
    Basis.ADJUSTED: {"zh": "季调", "en": "seasonally adjusted"},
    Basis.DERIVED: {"zh": "推算", "en": "derived"},
}


def basis_note(growth: Growth, language: Language) -> str:
    """Return 名义推算, 季调 or 推算 where the figure of a change was worked out, else an empty text."""
    notes = _BASIS_NOTES.get(growth.basis) if growth.basis and growth.value is not None else None
    return notes[language] if notes else ""


def change(growth: Growth, language: Language, decimals: int = CHANGE_DECIMALS) -> Change:
    """Write a change as a badge: ▲6.4%, ▼0.7 个百分点, 持平, 扭亏为盈, 减亏 12.0%."""
    note = basis_note(growth, language)
    if growth.outcome is not Outcome.RATE or growth.value is None:
        return _change_in_words(growth, language, decimals, note)
    exact = rounded(growth.value, decimals)
    if exact == 0:
        return Change("flat", "", _FLAT[language], _FLAT[language], _FLAT[language], note)
    direction: Direction = "up" if exact > 0 else "down"
    arrow = _ARROWS[direction]
    amount = _amount(abs(growth.value), growth.unit, language, decimals)
    gap = "" if language == "zh" else " "
    return Change(direction, arrow, amount, f"{arrow}{amount}", f"{_SPOKEN[direction][language]}{gap}{amount}", note)


def _change_in_words(growth: Growth, language: Language, decimals: int, note: str) -> Change:
    words = _OUTCOME_WORDS[growth.outcome][language]
    if growth.value is not None:  # 减亏, 增亏: by how much
        words = f"{words} {_amount(growth.value, ChangeUnit.PERCENT, language, decimals)}"
    return Change(_OUTCOME_DIRECTIONS.get(growth.outcome, "none"), "", words, words, words, note)


def _amount(value: float, unit: ChangeUnit, language: Language, decimals: int) -> str:
    text = number(value, decimals)
    return f"{text}%" if unit is ChangeUnit.PERCENT else f"{text} {_POINTS[language]}"


def signed(growth: Growth, language: Language, decimals: int = CHANGE_DECIMALS) -> str:
    """Write a change for tables and heat cells: +6.4 or −1.8 (unit in the header), or its words."""
    if growth.outcome is Outcome.RATE and growth.value is not None:
        return number(growth.value, decimals, sign=True)
    return change(growth, language, decimals).text


def times_words(percent: float, language: Language) -> str:
    """Write a growth of 100 % or more as 倍: 250 is 增长2.5倍, 3.5 times. ``ValueError`` below 100 %."""
    if percent < 100:
        raise ValueError(f"{percent} % is less than 100 % and is not read as a multiple")
    if language == "zh":
        return f"增长{number(percent / 100, 1)}倍"
    return f"{number(percent / 100 + 1, 1)} times"

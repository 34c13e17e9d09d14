"""What a sentence is made from: names, facts, rules, and the choice of the first rule that holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from data.measures import Basis, Growth
from layouts.panel import Takeaway

MOST_HANZI = 22

Facts = TypeVar("Facts")


@dataclass(frozen=True, slots=True)
class Named:
    """A name in both languages, short enough for a sentence (zh at most 7 hanzi)."""

    zh: str
    en: str


# What a sentence adds to a growth worked out from levels: of money 名义, of counts and quantities 推算.
WORKED_OUT: Mapping[Basis, Named] = {
    Basis.NOMINAL: Named("名义", "nominal"),
    Basis.DERIVED: Named("推算", "derived"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One member of a ranking: its name, its value (``None`` where missing), the text of the value and its growth."""

    name: Named
    value: float | None
    text: Named
    growth: Growth


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranking: what its members are called (集群 / clusters) and the members in any order."""

    noun: Named
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Balance:
    """Exports and imports over a window of slots (``None`` is a gap), and the size of the last balance as text."""

    exports: Sequence[float | None]
    imports: Sequence[float | None]
    balance_text: Named
    exports_growth: Growth


@dataclass(frozen=True, slots=True)
class Latest:
    """One series: its name, the last period and figure as text, its growth, and the values of the window."""

    name: Named
    period: Named
    text: Named
    growth: Growth
    values: Sequence[float | None] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two series in per cent over the same slots; the first is the subject."""

    first: Named
    first_values: Sequence[float | None]
    second: Named
    second_values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Leaders:
    """The industries that lead in strength, the strongest first; ``compared`` where it is against another area."""

    names: Sequence[Named]
    compared: bool


@dataclass(frozen=True, slots=True)
class Rule(Generic[Facts]):
    """One sentence: when it is true and how it reads."""

    code: str
    holds: Callable[[Facts], bool]
    says: Callable[[Facts], Takeaway]


def takeaway(rules: Sequence[Rule[Facts]], facts: Facts) -> Takeaway | None:
    """Return what the first rule that holds says, or nothing."""
    return next((rule.says(facts) for rule in rules if rule.holds(facts)), None)


def hanzi(text: str) -> int:
    """Count the hanzi of a text; digits, letters and punctuation do not count."""
    return sum("\u4e00" <= character <= "\u9fff" for character in text)

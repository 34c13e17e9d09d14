"""What a sentence is made from: names, facts, rules, and the choice of the first rule that holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from data.measures import Basis, Growth
from data.status import rounded
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
    """Exports and imports over a window of slots (``None`` is a gap), and the size of the last balance as text.

    ``merged`` tells which slots hold two months in one (1–2月); such a slot is not compared with its neighbours.
    """

    exports: Sequence[float | None]
    imports: Sequence[float | None]
    balance_text: Named
    exports_growth: Growth
    merged: Sequence[bool] = ()


@dataclass(frozen=True, slots=True)
class Latest:
    """One series: its name, the last period and figure as text, and its growth.

    ``values`` are those of the slots shown up to the last (``None`` is a gap), where they can be compared with each
    other: none for 累计, which begins anew each year. ``growth_before`` is the growth of the slot before the last.
    """

    name: Named
    period: Named
    text: Named
    growth: Growth
    values: Sequence[float | None] = ()
    growth_before: Growth | None = None


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
    """Return what the first rule says that holds and fits the wall, else the shortest that holds, else nothing."""
    said = [rule.says(facts) for rule in rules if rule.holds(facts)]
    fitting = (each for each in said if hanzi(each.zh) <= MOST_HANZI)
    return next(fitting, min(said, key=lambda each: hanzi(each.zh), default=None))


def together(names: Sequence[Named], noun_zh: str) -> Named:
    """Name who stands first; of several that share the place one, and how many they are."""
    name, count = names[0], len(names)
    return name if count == 1 else Named(f"{name.zh}等{count}个{noun_zh}", f"{name.en} and {count - 1} more")


def as_shown(value: float) -> float:
    """Return a rate as the screen shows it, at one decimal, so that a sentence agrees with the figure beside it."""
    return float(rounded(value, 1))


def hanzi(text: str) -> int:
    """Count the hanzi of a text; digits, letters and punctuation do not count."""
    return sum("\u4e00" <= character <= "\u9fff" for character in text)

"""Sentences over what an industry is made of, what its parts add to growth, what they earn, and its chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.measures import Growth, Outcome
from layouts.panel import Takeaway
from layouts.takeaways.rankings import rounded_growth
from layouts.takeaways.rules import WORKED_OUT, Entry, Named, Rule, as_shown, together
from layouts.words import number

MOST_NAMED = 2


def _points(value: float) -> float:
    return as_shown(value)


def _note(growth: Growth) -> Named:
    found = WORKED_OUT.get(growth.basis) if growth.basis else None
    return Named("", "") if found is None else Named(f"（{found.zh}）", f" ({found.en})")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole: the entry with its growth, and its share of the whole in per cent where it may be shown."""

    entry: Entry
    share: float | None


@dataclass(frozen=True, slots=True)
class Structure:
    """The parts of an industry in any order."""

    parts: Sequence[Part]


def _rising_parts(facts: Structure) -> list[Part]:
    found = [part for part in facts.parts if part.entry.growth.outcome is Outcome.RATE and part.share is not None]
    rising = [part for part in found if part.entry.growth.value is not None and rounded_growth(part.entry) > 0]
    return sorted(rising, key=lambda part: -(part.entry.growth.value or 0.0))


def _shared(facts: Structure) -> list[Part]:
    return sorted((part for part in facts.parts if part.share is not None), key=lambda part: -(part.share or 0.0))


def _fastest_part(facts: Structure) -> Takeaway:
    part = _rising_parts(facts)[0]
    note, rate = _note(part.entry.growth), number(rounded_growth(part.entry), 1)
    share = number(part.share or 0.0, 1)
    return Takeaway(
        f"**{part.entry.name.zh}增 {rate}%{note.zh}**，占 {share}%",
        f"**{part.entry.name.en} +{rate}%{note.en}**; {share}% of the whole",
    )


def _largest_parts(facts: Structure) -> list[Part]:
    """Return who has the largest share as shown; nobody where a share that may not be shown could be larger."""
    known = _shared(facts)
    first = [part for part in known if _points(part.share or 0.0) == _points(known[0].share or 0.0)]
    left = 100 - sum(part.share or 0.0 for part in known)
    return first if len(known) == len(facts.parts) or (known and left < (known[0].share or 0.0)) else []


def _largest_part(facts: Structure) -> Takeaway:
    first = _largest_parts(facts)
    name, share = together([part.entry.name for part in first], "部分"), number(first[0].share or 0.0, 1)
    return Takeaway(f"**{name.zh}占比最高**，{share}%", f"**{name.en}: largest share**, {share}%")


STRUCTURE: tuple[Rule[Structure], ...] = (
    Rule("fastest_part", lambda facts: bool(_rising_parts(facts)), _fastest_part),
    Rule("largest_part", lambda facts: bool(_largest_parts(facts)), _largest_part),
)


@dataclass(frozen=True, slots=True)
class Pulls:
    """What the parts add to a growth, in percentage points (``None`` where it may not be told)."""

    noun: Named
    parts: Sequence[tuple[Named, float | None]]


def _pulling(facts: Pulls) -> list[tuple[Named, float]]:
    known = [(name, _points(points)) for name, points in facts.parts if points is not None]
    return sorted(known, key=lambda each: -each[1])


def _all_pull_down(facts: Pulls) -> Takeaway:
    known = _pulling(facts)
    name, points = known[-1]
    shown = number(abs(points), 1)
    return Takeaway(
        f"**{len(known)}个{facts.noun.zh}均为负拉动**，{name.zh} {shown} 个百分点",
        f"**All {len(known)} {facts.noun.en} pull down**; {name.en} by {shown} pp",
    )


def _all_told(facts: Pulls) -> bool:
    return bool(facts.parts) and all(points is not None for _, points in facts.parts)


def _leader_and_drags(facts: Pulls) -> Takeaway:
    """Say who adds most; that it is most, and how many drag, only where all are told."""
    known = _pulling(facts)
    first, drags = [name for name, points in known if points == known[0][1]], sum(points < 0 for _, points in known)
    name, shown = together(first, facts.noun.zh), number(known[0][1], 1)
    if not _all_told(facts):
        return Takeaway(f"**{first[0].zh}拉动 {shown} 个百分点**", f"**{first[0].en} adds {shown} pp**")
    if len(first) > 1:
        return Takeaway(f"**{name.zh}各拉动 {shown} 个百分点**", f"**{name.en} add {shown} pp each**, the most")
    rest = Named(f"，{drags}个{facts.noun.zh}拖累", f"; {drags} {facts.noun.en} drag") if drags else Named("", "")
    most = "" if drags else "最多"
    return Takeaway(
        f"**{name.zh}拉动 {shown} 个百分点**{most}{rest.zh}", f"**{name.en} adds {shown} pp**, the most{rest.en}"
    )


PULLS: tuple[Rule[Pulls], ...] = (
    Rule("all_down", lambda facts: _all_told(facts) and _pulling(facts)[0][1] < 0, _all_pull_down),
    Rule("leader", lambda facts: bool(_pulling(facts)) and _pulling(facts)[0][1] > 0, _leader_and_drags),
)


@dataclass(frozen=True, slots=True)
class Returns:
    """What industries earn: name, profit margin in per cent (``None`` where unknown) and the change of profit."""

    noun: Named
    entries: Sequence[tuple[Named, float | None, Growth]]


def _turned(facts: Returns, outcome: Outcome) -> list[Named]:
    return [name for name, _, growth in facts.entries if growth.outcome is outcome]


def _losses(facts: Returns) -> int:
    """Return how many earn less than nothing; 0 where some margin is unknown, because nobody can say."""
    if any(margin is None for _, margin, _ in facts.entries):
        return 0
    return sum(margin is not None and _points(margin) < 0 for _, margin, _ in facts.entries)


def _turn(facts: Returns, outcome: Outcome, zh: str, en: str) -> Takeaway:
    names, losses = _turned(facts, outcome), _losses(facts)
    many_zh = f"等{len(names)}个{facts.noun.zh}" if len(names) > 1 else ""
    many_en = f" and {len(names) - 1} more" if len(names) > 1 else ""
    rest_zh = f"，{losses}个{facts.noun.zh}亏损" if losses else ""
    rest_en = f"; {losses} {facts.noun.en} in loss" if losses else ""
    return Takeaway(f"**{names[0].zh}{many_zh}{zh}**{rest_zh}", f"**{names[0].en}{many_en} {en}**{rest_en}")


def _margins(facts: Returns) -> list[tuple[Named, float]]:
    known = [(name, _points(margin)) for name, margin, _ in facts.entries if margin is not None]
    return sorted(known, key=lambda each: -each[1])


def _best_margin(facts: Returns) -> Takeaway:
    known, losses = _margins(facts), _losses(facts)
    first = [name for name, margin in known if margin == known[0][1]]
    name, shown = together(first, facts.noun.zh), number(known[0][1], 1)
    zh, en = f"**{name.zh}利润率最高 {shown}%**", f"**{name.en}: highest margin, {shown}%**"
    if len(known) < len(facts.entries):
        return Takeaway(f"可比{len(known)}个{facts.noun.zh}中{zh}", f"Of {len(known)} comparable {facts.noun.en}, {en}")
    if not losses:
        return Takeaway(zh, en)
    return Takeaway(f"{zh}，{losses}个{facts.noun.zh}亏损", f"{en}; {losses} {facts.noun.en} in loss")


RETURNS: tuple[Rule[Returns], ...] = (
    Rule(
        "turned_profit",
        lambda facts: bool(_turned(facts, Outcome.TURNED_PROFIT)),
        lambda facts: _turn(facts, Outcome.TURNED_PROFIT, "扭亏为盈", "turned to profit"),
    ),
    Rule(
        "turned_loss",
        lambda facts: bool(_turned(facts, Outcome.TURNED_LOSS)),
        lambda facts: _turn(facts, Outcome.TURNED_LOSS, "由盈转亏", "turned to loss"),
    ),
    Rule("best_margin", lambda facts: bool(_margins(facts)), _best_margin),
)


@dataclass(frozen=True, slots=True)
class Links:
    """The links of a chain: names of the strong and the missing ones, how many are unknown, how many there are."""

    strong: Sequence[Named]
    missing: Sequence[Named]
    unknown: int
    total: int


def _missing_links(facts: Links) -> Takeaway:
    shown = facts.missing[:1]
    more_zh, more_en = ("等", " and others") if len(facts.missing) > len(shown) else ("", "")
    zh, en = "、".join(name.zh for name in shown), " and ".join(name.en for name in shown)
    return Takeaway(
        f"**缺{zh}{more_zh} {len(facts.missing)} 环**，强 {len(facts.strong)} 环",
        f"**Missing: {en}{more_en} ({len(facts.missing)})**; {len(facts.strong)} strong",
    )


def _strong_links(facts: Links) -> Takeaway:
    shown = facts.strong[:MOST_NAMED]
    zh, en = "、".join(name.zh for name in shown), ", ".join(name.en for name in shown)
    more_zh, more_en = ("等", " and others") if len(facts.strong) > len(shown) else ("", "")
    return Takeaway(f"**强 {len(facts.strong)} 环**：{zh}{more_zh}", f"**{len(facts.strong)} strong**: {en}{more_en}")


CHAIN: tuple[Rule[Links], ...] = (
    Rule("missing", lambda facts: bool(facts.missing), _missing_links),
    Rule("strong", lambda facts: bool(facts.strong), _strong_links),
)

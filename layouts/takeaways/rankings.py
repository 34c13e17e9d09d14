"""Sentences over rankings: who leads, who falls, how many rise, who is largest or strongest."""

from __future__ import annotations

from dataclasses import dataclass

from data.measures import Outcome
from data.selection import Language
from layouts.panel import Takeaway
from layouts.takeaways.rules import WORKED_OUT, Entry, Leaders, Named, Ranked, Rule
from layouts.words import number


def rates(facts: Ranked) -> list[Entry]:
    """Return the members whose growth is a rate, the fastest first."""
    known = [
        entry for entry in facts.entries if entry.growth.outcome is Outcome.RATE and entry.growth.value is not None
    ]
    return sorted(known, key=lambda entry: -(entry.growth.value or 0.0))


def rounded_growth(entry: Entry) -> float:
    """Return a growth as it is shown, at one decimal, so that a sentence agrees with the figure beside it."""
    return round(entry.growth.value or 0.0, 1)


def _rising(facts: Ranked) -> list[Entry]:
    return [entry for entry in rates(facts) if rounded_growth(entry) > 0]


def _falling(facts: Ranked) -> list[Entry]:
    return [entry for entry in rates(facts) if rounded_growth(entry) < 0]


def _largest(facts: Ranked) -> Entry | None:
    sized = [entry for entry in facts.entries if entry.value is not None]
    return max(sized, key=lambda entry: entry.value or 0.0, default=None)


def _all_known(facts: Ranked) -> bool:
    return bool(facts.entries) and len(rates(facts)) == len(facts.entries)


def _percent(entry: Entry, language: Language) -> str:
    """Return the size of a growth; one worked out from levels says so."""
    notes = WORKED_OUT.get(entry.growth.basis) if entry.growth.basis else None
    note = "" if notes is None else {"zh": f"（{notes.zh}）", "en": f" ({notes.en})"}[language]
    return f"{number(abs(rounded_growth(entry)), 1)}%{note}"


def _leader_and_falls(facts: Ranked) -> Takeaway:
    leader, falls = rates(facts)[0], len(_falling(facts))
    return Takeaway(
        f"**{leader.name.zh}增速最高 {_percent(leader, 'zh')}**，{falls}个{facts.noun.zh}下降",
        f"**{leader.name.en} fastest at +{_percent(leader, 'en')}**; {falls} {facts.noun.en} down",
    )


def _all_rise(facts: Ranked) -> Takeaway:
    leader, count = rates(facts)[0], len(facts.entries)
    return Takeaway(
        f"**{leader.name.zh}增速最高 {_percent(leader, 'zh')}**，{count}个{facts.noun.zh}全部增长",
        f"**{leader.name.en} fastest at +{_percent(leader, 'en')}**; all {count} {facts.noun.en} up",
    )


def _leader_alone(facts: Ranked) -> Takeaway:
    leader = rates(facts)[0]
    return Takeaway(
        f"**{leader.name.zh}增速最高 {_percent(leader, 'zh')}**",
        f"**{leader.name.en} fastest at +{_percent(leader, 'en')}**",
    )


def _all_fall(facts: Ranked) -> Takeaway:
    worst, count = rates(facts)[-1], len(facts.entries)
    return Takeaway(
        f"**{count}个{facts.noun.zh}全部下降**，{worst.name.zh}降 {_percent(worst, 'zh')}",
        f"**All {count} {facts.noun.en} down**; {worst.name.en} −{_percent(worst, 'en')}",
    )


def _biggest(facts: Ranked) -> Takeaway:
    largest = _largest(facts)
    assert largest is not None
    return Takeaway(f"**{largest.name.zh}居首**，{largest.text.zh}", f"**{largest.name.en} first**, {largest.text.en}")


def _largest_and_fastest(facts: Ranked) -> Takeaway:
    largest, fastest = _largest(facts), rates(facts)[0]
    assert largest is not None
    if largest is fastest:
        return Takeaway(
            f"**{largest.name.zh}居首**，增 {_percent(fastest, 'zh')} 也最快",
            f"**{largest.name.en} first** and fastest at +{_percent(fastest, 'en')}",
        )
    return Takeaway(
        f"**{largest.name.zh}居首**，{fastest.name.zh}增 {_percent(fastest, 'zh')} 最快",
        f"**{largest.name.en} first**; {fastest.name.en} fastest at +{_percent(fastest, 'en')}",
    )


def _rise_and_fall_counts(facts: Ranked) -> Takeaway:
    """Count the rises and falls; where some are not published yet, it says of how many it speaks."""
    up, down, leader, known = len(_rising(facts)), len(_falling(facts)), rates(facts)[0], len(rates(facts))
    partly_zh, partly_en = ("", "") if _all_known(facts) else ("已公布", " published")
    return Takeaway(
        f"{partly_zh}{known}个{facts.noun.zh}**{up}升{down}降**，{leader.name.zh}增速最高",
        f"**{up} of {known}{partly_en} {facts.noun.en} up**; {leader.name.en} fastest",
    )


GROWTH_RANKING: tuple[Rule[Ranked], ...] = (
    Rule("all_rise", lambda facts: _all_known(facts) and len(_rising(facts)) == len(facts.entries), _all_rise),
    Rule("all_fall", lambda facts: _all_known(facts) and len(_falling(facts)) == len(facts.entries), _all_fall),
    Rule("leader_and_falls", lambda facts: bool(_rising(facts) and _falling(facts)), _leader_and_falls),
    Rule("leader_alone", lambda facts: bool(_rising(facts)), _leader_alone),
    Rule("biggest", lambda facts: _largest(facts) is not None, _biggest),
)

SIZE_RANKING: tuple[Rule[Ranked], ...] = (
    Rule(
        "largest_and_fastest", lambda facts: _largest(facts) is not None and bool(_rising(facts)), _largest_and_fastest
    ),
    Rule("biggest", lambda facts: _largest(facts) is not None, _biggest),
)

LARGEST: tuple[Rule[Ranked], ...] = (Rule("biggest", lambda facts: _largest(facts) is not None, _biggest),)

PULSE: tuple[Rule[Ranked], ...] = (
    Rule("all_fall", lambda facts: _all_known(facts) and len(_falling(facts)) == len(facts.entries), _all_fall),
    Rule("rise_and_fall_counts", lambda facts: bool(rates(facts)), _rise_and_fall_counts),
)


def _strongest(facts: Leaders) -> Takeaway:
    zh, en = ("集中度居前", "most concentrated") if facts.compared else ("占比居前", "largest shares")
    names_zh, names_en = "、".join(name.zh for name in facts.names), " and ".join(name.en for name in facts.names)
    return Takeaway(f"**{names_zh}**{zh}", f"**{names_en}**: {en}")


STRENGTH: tuple[Rule[Leaders], ...] = (Rule("strongest", lambda facts: len(facts.names) > 0, _strongest),)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Firms by field, and the coverage of 千兆光网 as text where it is known."""

    firms: Ranked
    coverage: Named | None


def _firms(facts: Coverage) -> Takeaway:
    fastest = rates(facts.firms)[0]
    zh = f"**{fastest.name.zh}企业增{_percent(fastest, 'zh')}**"
    en = f"**{fastest.name.en} firms +{_percent(fastest, 'en')}**"
    if facts.coverage is None:
        return Takeaway(zh, en)
    return Takeaway(f"{zh}，千兆覆盖{facts.coverage.zh}", f"{en}; gigabit reaches {facts.coverage.en}")


def _covered(facts: Coverage) -> Takeaway:
    text = facts.coverage or Named("", "")
    return Takeaway(f"千兆光网**覆盖{text.zh}**", f"Gigabit network **reaches {text.en}**")


FIRMS_AND_COVERAGE: tuple[Rule[Coverage], ...] = (
    Rule("firms", lambda facts: bool(_rising(facts.firms)), _firms),
    Rule("coverage", lambda facts: facts.coverage is not None, _covered),
)

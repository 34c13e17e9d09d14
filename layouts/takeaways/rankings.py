"""Sentences over rankings: who leads, who falls, how many rise, who is largest or strongest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.measures import Outcome
from data.selection import Language
from layouts.panel import Takeaway
from layouts.takeaways.rules import WORKED_OUT, Entry, Leaders, Named, Ranked, Rule, as_shown, together
from layouts.words import number


def rates(facts: Ranked) -> list[Entry]:
    """Return the members whose growth is a rate, the fastest first."""
    known = [
        entry for entry in facts.entries if entry.growth.outcome is Outcome.RATE and entry.growth.value is not None
    ]
    return sorted(known, key=lambda entry: -(entry.growth.value or 0.0))


def rounded_growth(entry: Entry) -> float:
    """Return a growth as it is shown, at one decimal, so that a sentence agrees with the figure beside it."""
    return as_shown(entry.growth.value or 0.0)


def _rising(facts: Ranked) -> list[Entry]:
    return [entry for entry in rates(facts) if rounded_growth(entry) > 0]


def _falling(facts: Ranked) -> list[Entry]:
    return [entry for entry in rates(facts) if rounded_growth(entry) < 0]


def _sized(facts: Ranked) -> list[Entry]:
    return [entry for entry in facts.entries if entry.value is not None]


def _largest(facts: Ranked) -> list[Entry]:
    """Return who is largest: one member, or all that share the first place."""
    most = max((entry.value or 0.0 for entry in _sized(facts)), default=0.0)
    return [entry for entry in _sized(facts) if entry.value == most]


def _fastest(facts: Ranked) -> list[Entry]:
    """Return who grows fastest, as shown at one decimal: one member, or all that share the first place."""
    known = rates(facts)
    return [entry for entry in known if rounded_growth(entry) == rounded_growth(known[0])]


def _all_known(facts: Ranked) -> bool:
    return bool(facts.entries) and len(rates(facts)) == len(facts.entries)


def _together(first: Sequence[Entry], noun_zh: str) -> Named:
    return together([entry.name for entry in first], noun_zh)


def _percent(entry: Entry, language: Language) -> str:
    """Return the size of a growth; one worked out from levels says so."""
    notes = WORKED_OUT.get(entry.growth.basis) if entry.growth.basis else None
    note = "" if notes is None else {"zh": f"（{notes.zh}）", "en": f" ({notes.en})"}[language]
    return f"{number(abs(rounded_growth(entry)), 1)}%{note}"


def _leads(facts: Ranked, noun_zh: str) -> Takeaway:
    """Return the clause on the fastest; nobody else grows as fast, or it says how many do."""
    leader, name = _fastest(facts)[0], _together(_fastest(facts), noun_zh)
    return Takeaway(
        f"**{name.zh}增速最高 {_percent(leader, 'zh')}**", f"**{name.en} fastest at +{_percent(leader, 'en')}**"
    )


def _leader_and_falls(facts: Ranked) -> Takeaway:
    said, falls = _leads(facts, facts.noun.zh), len(_falling(facts))
    return Takeaway(f"{said.zh}，{falls}个{facts.noun.zh}下降", f"{said.en}; {falls} {facts.noun.en} down")


def _all_rise(facts: Ranked) -> Takeaway:
    said, count = _leads(facts, ""), len(facts.entries)
    return Takeaway(f"{said.zh}，{count}个{facts.noun.zh}全部增长", f"{said.en}; all {count} {facts.noun.en} up")


def _leader_alone(facts: Ranked) -> Takeaway:
    return _leads(facts, facts.noun.zh)


def _leader_of_known(facts: Ranked) -> Takeaway:
    """Where some have no rate of growth, say among how many the fastest was looked for."""
    said, known = _leads(facts, ""), len(rates(facts))
    return Takeaway(f"可比{known}个{facts.noun.zh}中{said.zh}", f"Of {known} comparable {facts.noun.en}, {said.en}")


def _all_fall(facts: Ranked) -> Takeaway:
    worst, count = rates(facts)[-1], len(facts.entries)
    return Takeaway(
        f"**{count}个{facts.noun.zh}全部下降**，{worst.name.zh}降 {_percent(worst, 'zh')}",
        f"**All {count} {facts.noun.en} down**; {worst.name.en} −{_percent(worst, 'en')}",
    )


def _biggest(facts: Ranked) -> Takeaway:
    """Say who is largest; of how many, where the value of some is not known."""
    largest, known = _largest(facts), len(_sized(facts))
    name, text = _together(largest, facts.noun.zh), largest[0].text
    zh, en = f"**{name.zh}居首**，{text.zh}", f"**{name.en} first**, {text.en}"
    if known == len(facts.entries):
        return Takeaway(zh, en)
    return Takeaway(f"已公布{known}个{facts.noun.zh}中{zh}", f"Of {known} published {facts.noun.en}, {en}")


def _largest_and_fastest(facts: Ranked) -> Takeaway:
    largest, fastest = _largest(facts)[0], _fastest(facts)[0]
    if largest is fastest:
        return Takeaway(
            f"**{largest.name.zh}居首**，增 {_percent(fastest, 'zh')} 也最快",
            f"**{largest.name.en} first** and fastest at +{_percent(fastest, 'en')}",
        )
    return Takeaway(
        f"**{largest.name.zh}居首**，{fastest.name.zh}增 {_percent(fastest, 'zh')} 最快",
        f"**{largest.name.en} first**; {fastest.name.en} fastest at +{_percent(fastest, 'en')}",
    )


def _one_of_each(facts: Ranked) -> bool:
    """Tell whether every member is known and exactly one is largest and one grows fastest."""
    return (
        _all_known(facts)
        and len(_sized(facts)) == len(facts.entries)
        and len(_largest(facts)) == len(_fastest(facts)) == 1
    )


def _rise_and_fall_counts(facts: Ranked) -> Takeaway:
    """Count the rises and falls; where some are not published yet, it says of how many it speaks."""
    up, down, known = len(_rising(facts)), len(_falling(facts)), len(rates(facts))
    leader = _together(_fastest(facts), "")
    partly_zh, partly_en = ("", "") if _all_known(facts) else ("已公布", " published")
    return Takeaway(
        f"{partly_zh}{known}个{facts.noun.zh}**{up}升{down}降**，{leader.zh}增速最高",
        f"**{up} of {known}{partly_en} {facts.noun.en} up**; {leader.en} fastest",
    )


GROWTH_RANKING: tuple[Rule[Ranked], ...] = (
    Rule("all_rise", lambda facts: _all_known(facts) and len(_rising(facts)) == len(facts.entries), _all_rise),
    Rule("all_fall", lambda facts: _all_known(facts) and len(_falling(facts)) == len(facts.entries), _all_fall),
    Rule("leader_of_known", lambda facts: bool(_rising(facts)) and not _all_known(facts), _leader_of_known),
    Rule("leader_and_falls", lambda facts: bool(_rising(facts) and _falling(facts)), _leader_and_falls),
    Rule("leader_alone", lambda facts: bool(_rising(facts)), _leader_alone),
    Rule("biggest", lambda facts: bool(_largest(facts)), _biggest),
)

SIZE_RANKING: tuple[Rule[Ranked], ...] = (
    Rule("largest_and_fastest", lambda facts: bool(_rising(facts)) and _one_of_each(facts), _largest_and_fastest),
    Rule("biggest", lambda facts: bool(_largest(facts)), _biggest),
)

LARGEST: tuple[Rule[Ranked], ...] = (Rule("biggest", lambda facts: bool(_largest(facts)), _biggest),)

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

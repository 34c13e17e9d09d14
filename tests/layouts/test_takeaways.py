"""The sentences over the charts, read back by a reader that does not know how they were made, and checked.

For every family of rules random facts are drawn; what the sentence claims in Chinese must be true of them, the English
one must claim the same, and it must fit the wall.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from data.measures import Basis, Growth, Outcome
from layouts import takeaways
from layouts.takeaways import (
    CHAIN,
    CONCENTRATION,
    FIRMS_AND_COVERAGE,
    GROWTH_RANKING,
    LARGEST,
    LATEST,
    MIRRORED_TRADE,
    MOST_HANZI,
    PULLS,
    PULSE,
    RETURNS,
    SIZE_RANKING,
    STRENGTH,
    STRUCTURE,
    TWO_LINES,
    Balance,
    Concentrated,
    Coverage,
    Entry,
    Latest,
    Leaders,
    Links,
    Named,
    Pair,
    Part,
    Pulls,
    Ranked,
    Returns,
    Rule,
    Structure,
    hanzi,
    takeaway,
)
from layouts.takeaways.series import in_english
from layouts.words import number
from tests.layouts.takeaway_reader import BANDS_EN, BANDS_ZH, Claim, read

NAMES = {
    "Auto & parts": "汽车及零部件",
    "Ships": "船舶海工",
    "Petrochem": "石油化工",
    "Wood": "木材加工和木竹",  # seven hanzi, the longest a name may be
    "Appliances": "家电电子",
    "Containers": "集装箱",
    "Core": "核心产业",
}
NOUNS = ("集群", "clusters")
NAMED = [Named(zh, en) for en, zh in NAMES.items()]
PERCENT = st.one_of(st.floats(-60, 120).map(lambda value: round(value, 2)), st.sampled_from([0.0, 5.3, -1.8, 5.34]))
GROWTH = st.one_of(
    st.builds(Growth, PERCENT, st.sampled_from([Basis.OFFICIAL, Basis.NOMINAL])),
    st.just(Growth(None, None, Outcome.UNAVAILABLE)),
    st.just(Growth(None, Basis.NOMINAL, Outcome.TURNED_PROFIT)),
    st.builds(
        Growth,
        st.floats(0.1, 90),
        st.just(Basis.NOMINAL),
        st.sampled_from([Outcome.LOSS_NARROWED, Outcome.LOSS_WIDENED]),
    ),
)
SIZE = st.one_of(st.floats(0, 9999).map(lambda value: round(value, 1)), st.sampled_from([10.0, 20.0]))
VALUE = st.one_of(st.none(), SIZE, SIZE, SIZE)


def money(value: float) -> Named:
    """Return a size of money as a panel writes it."""
    return Named(f"{number(value, 1)}亿元", f"CNY {value / 10:.2f} bn")


def _entry(name: Named, value: float | None, growth: Growth) -> Entry:
    return Entry(name, value, money(value or 0.0), growth)


RANKED = st.lists(st.tuples(VALUE, GROWTH), max_size=len(NAMED)).map(
    lambda found: Ranked(Named(*NOUNS), [_entry(name, *each) for name, each in zip(NAMED, found, strict=False)])
)
SLOTS = st.lists(VALUE, min_size=1, max_size=13)
COUNTED_UP = st.integers(3, 13).map(lambda count: [10.0 * slot for slot in range(1, count + 1)])
SERIES = st.one_of(SLOTS, COUNTED_UP, COUNTED_UP.map(lambda values: values[::-1]), COUNTED_UP.map(lambda v: [99.0, *v]))
RATES = st.one_of(st.lists(st.one_of(st.none(), PERCENT, PERCENT), min_size=1, max_size=13), COUNTED_UP)


@st.composite
def balances_drawn(draw: st.DrawFn) -> Balance:
    """Return exports and imports over the same slots, the last balance as text."""
    exports = draw(SERIES)
    imports = draw(st.one_of(st.just(exports), st.lists(VALUE, min_size=len(exports), max_size=len(exports))))
    merged = draw(st.lists(st.booleans(), min_size=len(exports), max_size=len(exports)))
    last = None if exports[-1] is None or imports[-1] is None else abs(exports[-1] - imports[-1])
    return Balance(exports, imports, money(last or 0.0), draw(GROWTH), merged)


@st.composite
def latest_drawn(draw: st.DrawFn) -> Latest:
    """Return one series with its window, or without one."""
    values = draw(st.one_of(st.just([]), SERIES.filter(lambda found: found[-1] is not None)))
    period = draw(st.sampled_from([Named("2024年前三季度", "Q1–Q3 2024"), Named("2024年9月", "Sep 2024")]))
    text = money(values[-1] if values else 1234.5)
    return Latest(draw(st.sampled_from(NAMED)), period, text, draw(GROWTH), values, draw(st.one_of(st.none(), GROWTH)))


PAIR = st.builds(Pair, st.just(NAMED[5]), RATES, st.just(NAMED[6]), RATES)
COVERAGE = st.builds(Coverage, RANKED, st.one_of(st.none(), st.just(Named("98.6%", "98.6%"))))
LEADERS = st.builds(Leaders, st.lists(st.sampled_from(NAMED), min_size=1, max_size=2, unique=True), st.booleans())

# --- whether a claim is true of the facts


def shown(growth: Growth | None) -> float | None:
    """Return a rate as the screen shows it."""
    if growth is None or growth.outcome is not Outcome.RATE or growth.value is None:
        return None
    return half_up(growth.value)


def half_up(value: float) -> float:
    """Round to one decimal as everybody learnt it at school."""
    return float(Decimal(repr(value)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def note_of(growth: Growth) -> str | None:
    """Return what must stand beside a growth worked out from levels."""
    return "名义" if growth.basis is Basis.NOMINAL and growth.value is not None else None


def told(growth: Growth) -> Claim:
    """Return a growth as a sentence has to claim it."""
    rate, note = shown(growth), note_of(growth)
    if rate is not None:
        size = None if rate == 0 else f"{abs(rate):.1f}"
        return (note, None if rate == 0 else "+" if rate > 0 else "−", size, size and "%", None if rate else "持平")
    if growth.outcome in {Outcome.LOSS_NARROWED, Outcome.LOSS_WIDENED}:
        less = growth.outcome is Outcome.LOSS_NARROWED
        return (note, "less" if less else "more", f"{growth.value:.1f}", "%", None)
    return (note, None, None, None, {Outcome.TURNED_PROFIT: "扭亏为盈"}[growth.outcome])


def true_of_ranking(claim: Claim, facts: Ranked, claims: Sequence[Claim]) -> bool:
    """Tell whether a claim over a ranking is true."""
    kind, *rest = claim
    rates = {each.name.zh: rate for each in facts.entries if (rate := shown(each.growth)) is not None}
    sizes = {each.name.zh: each.value for each in facts.entries if each.value is not None}
    entries = {each.name.zh: each for each in facts.entries}
    kinds = {each[0] for each in claims}
    everybody = len(rates) == len(facts.entries)
    match kind, rest:
        case "among_rates", [count]:
            return count == len(rates) < len(facts.entries)
        case "among_values", [count]:
            return count == len(sizes) < len(facts.entries)
        case "fastest", [who, together, rate, note]:
            leaders = [name for name, each in rates.items() if each == max(rates.values())]
            is_said = rate is None or (
                float(rate.replace(",", "")) == rates[who] and note == note_of(entries[who].growth)
            )
            return (
                who in leaders
                and together == len(leaders)
                and is_said
                and (everybody or bool(kinds & {"among_rates", "counted"}))
            )
        case "also_fastest", [rate, note]:
            who = next(each[1] for each in claims if each[0] == "first")
            return true_of_ranking(("fastest", who, 1, rate, note), facts, claims)
        case "falls", [count]:
            return count == sum(rate < 0 for rate in rates.values()) > 0 and everybody
        case "all_up", [count]:
            return everybody and count == len(rates) and min(rates.values()) > 0
        case "all_down", [count]:
            return everybody and count == len(rates) and max(rates.values()) < 0
        case "fell", [who, rate, note]:
            return rates[who] == -float(rate) and note == note_of(entries[who].growth)
        case "rose", [who, rate, note]:
            return rates[who] == float(rate) > 0 and note == note_of(entries[who].growth)
        case "first", [who, together]:
            leaders = [name for name, each in sizes.items() if each == max(sizes.values())]
            return (
                who in leaders and together == len(leaders) and (len(sizes) == len(entries) or "among_values" in kinds)
            )
        case "size", [size]:
            who = next(each[1] for each in claims if each[0] == "first")
            return entries[str(who)].text.zh == f"{size}亿元"
        case "counted", [partly, known, up, *down]:
            ups, downs = sum(rate > 0 for rate in rates.values()), sum(rate < 0 for rate in rates.values())
            return (partly, known, up) == (not everybody, len(rates), ups) and down in ([], [downs])
    raise AssertionError(f"no check for {claim}")


def true_of_coverage(claim: Claim, facts: Coverage, claims: Sequence[Claim]) -> bool:
    """Tell whether a claim over firms and coverage is true."""
    if claim[0] == "covered":
        return facts.coverage is not None and claim[1] == facts.coverage.zh
    return true_of_ranking(claim, facts.firms, claims)


def true_of_leaders(claim: Claim, facts: Leaders, _: Sequence[Claim]) -> bool:
    """Tell whether the leaders are named in their order, and whether they are compared with another area."""
    return claim == ("leaders", *(name.zh for name in facts.names), facts.compared)


def is_record(values: Sequence[float | None], count: int, which: str) -> bool:
    """Tell whether the last of ``count`` values, all known, is the single highest or lowest."""
    known = [value for value in values if value is not None]
    best = max(known) if which == "高" else min(known)
    return len(values) == len(known) == count and count >= 6 and known[-1] == best and known.count(best) == 1


def moves(values: Sequence[float | None], count: int, up: bool) -> bool:
    """Tell whether the last ``count`` steps all go one way, and the step before them does not."""
    tail = [None if value is None else half_up(value) for value in values]

    def goes(index: int) -> bool:
        before, after = tail[index - 1], tail[index]
        return before is not None and after is not None and (after > before if up else after < before)

    steps = [goes(index) for index in range(1, len(tail))]
    return all(steps[-count:]) and len(steps) >= count >= 3 and not any(steps[-count - 1 : -count])


def true_of_balance(claim: Claim, facts: Balance, claims: Sequence[Claim]) -> bool:
    """Tell whether a claim over exports and imports is true."""
    ends = [None if a is None or b is None else a - b for a, b in zip(facts.exports, facts.imports, strict=True)]
    last, before = ends[-1], ends[-2] if len(ends) > 1 else None
    if any(facts.merged[-2:]):
        before = None
    assert last is not None
    sign = {"顺差": 1, "逆差": -1}
    match claim:
        case "exports_record", count, which:
            return is_record(facts.exports, count, which) and not facts.merged[-1]
        case "exports_growth", *growth:
            return tuple(growth) == told(facts.exports_growth)
        case ("even",):
            return last == 0
        case "turned_to", kind, size:
            return (
                before is not None
                and last * sign[kind] > 0 >= before * sign[kind]
                and size == f"{half_up(abs(last)):,.1f}"
            )
        case "balance", kind, verb, size:
            grew = (
                None if before is None or abs(last) == abs(before) else "扩至" if abs(last) > abs(before) else "收窄至"
            )
            same = before is None or before * last > 0
            return last * sign[kind] > 0 and same and verb == grew and size == f"{half_up(abs(last)):,.1f}"
    raise AssertionError(f"no check for {claim}")


def true_of_latest(claim: Claim, facts: Latest, _: Sequence[Claim]) -> bool:
    """Tell whether a claim over one series is true."""
    match claim:
        case "stood", who, size:
            return who == facts.name.zh and facts.text.zh == f"{size}亿元"
        case (("growth" | "moved"), *growth):
            return tuple(growth) == told(facts.growth)
        case "growth_turned", way:
            now, before = shown(facts.growth), shown(facts.growth_before)
            return now is not None and before is not None and now * way > 0 > before * way
        case "record", count, which:
            return is_record(facts.values, count, which)
        case "streak", count, way:
            return moves(facts.values, count, way == "上升")
    raise AssertionError(f"no check for {claim}")


def true_of_pair(claim: Claim, facts: Pair, _: Sequence[Claim]) -> bool:
    """Tell whether a claim over two lines is true."""
    first, second = (None if v[-1] is None else half_up(v[-1]) for v in (facts.first_values, facts.second_values))
    match claim:
        case "rate_streak", who, count, way:
            return who == facts.first.zh and moves(facts.first_values, count, way == "回升")
        case "rate_turned", who, way:
            before = facts.first_values[-2]
            return who == facts.first.zh and before is not None and first * way > 0 > half_up(before) * way
        case "rate_now", rate:
            return rate == number(first, 1, sign=True)
        case "ahead", a, way, b, gap:
            right = (a, b) == (facts.first.zh, facts.second.zh)
            return right and (way == "快于") == (first > second) and float(gap) == pytest.approx(abs(first - second))
        case "alike", a, b:
            return (a, b) == (facts.first.zh, facts.second.zh) and first == second
    raise AssertionError(f"no check for {claim}")


TURNS = st.one_of(
    GROWTH,
    st.sampled_from([Outcome.TURNED_PROFIT, Outcome.TURNED_LOSS, Outcome.NO_BASE]).map(
        lambda outcome: Growth(None, Basis.NOMINAL, outcome)
    ),
)
SHARE = st.one_of(st.none(), st.floats(0, 100), st.sampled_from([25.0, 50.0]))
STRUCTURES = st.lists(st.tuples(SHARE, GROWTH), max_size=5).map(
    lambda found: Structure(
        [Part(_entry(name, 1.0, each), share) for name, (share, each) in zip(NAMED, found, strict=False)]
    )
)
POINTS_ADDED = st.one_of(st.none(), st.floats(-9, 9).map(lambda value: round(value, 2)), st.sampled_from([0.5, -0.5]))
PULLED = st.lists(POINTS_ADDED, max_size=5).map(
    lambda found: Pulls(Named(*NOUNS), list(zip(NAMED, found, strict=False)))
)
EARNED = st.lists(st.tuples(st.one_of(st.none(), st.floats(-30, 60), st.sampled_from([5.0])), TURNS), max_size=5).map(
    lambda found: Returns(Named(*NOUNS), [(name, *each) for name, each in zip(NAMED, found, strict=False)])
)
LINKED = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)).map(
    lambda counts: Links(NAMED[: counts[0]], NAMED[3 : 3 + counts[1]], counts[2], sum(counts))
)


def true_of_structure(claim: Claim, facts: Structure, claims: Sequence[Claim]) -> bool:
    """Tell whether a claim over the parts of a whole is true."""
    parts = {part.entry.name.zh: part for part in facts.parts}
    shares = {name: half_up(part.share) for name, part in parts.items() if part.share is not None}
    match claim:
        case "rose", who, rate, note:
            growth = parts[who].entry.growth
            return shown(growth) == float(rate) > 0 and note == note_of(growth)
        case "share", share:
            return shares[str(claims[0][1])] == float(share)
        case "largest_part", who, count:
            left = 100 - sum(part.share for part in facts.parts if part.share is not None)
            is_proven = len(shares) == len(parts) or left < (parts[who].share or 0)
            return (
                shares[who] == max(shares.values()) and list(shares.values()).count(shares[who]) == count and is_proven
            )
    raise AssertionError(f"no check for {claim}")


def true_of_pulls(claim: Claim, facts: Pulls, _: Sequence[Claim]) -> bool:
    """Tell whether a claim over what parts add to a growth is true."""
    points = {name.zh: half_up(each) for name, each in facts.parts if each is not None}
    match claim:
        case "all_pull_down", count:
            return count == len(points) == len(facts.parts) and max(points.values()) < 0
        case "pulls_down", who, size:
            return points[who] == -float(size)
        case "adds", who, count, size:
            is_most = points[who] == max(points.values()) and list(points.values()).count(points[who]) == count
            return points[who] == float(size) and (is_most or len(points) < len(facts.parts))
        case "drags", count:
            return count == sum(each < 0 for each in points.values()) > 0 and len(points) == len(facts.parts)
    raise AssertionError(f"no check for {claim}")


def true_of_returns(claim: Claim, facts: Returns, claims: Sequence[Claim]) -> bool:
    """Tell whether a claim over profits and margins is true."""
    margins = {name.zh: half_up(margin) for name, margin, _ in facts.entries if margin is not None}
    match claim:
        case "turned", who, count, way:
            outcome = Outcome.TURNED_PROFIT if way == "扭亏为盈" else Outcome.TURNED_LOSS
            names = [name.zh for name, _, growth in facts.entries if growth.outcome is outcome]
            return who in names and len(names) == count
        case "losses", count:
            return count == sum(margin < 0 for margin in margins.values()) > 0 and len(margins) == len(facts.entries)
        case "among_rates", count:
            return count == len(margins) < len(facts.entries)
        case "best_margin", who, count, margin:
            best = margins[who] == float(margin.replace("−", "-")) == max(margins.values())
            is_bounded = len(margins) == len(facts.entries) or claims[0][0] == "among_rates"
            return best and list(margins.values()).count(margins[who]) == count and is_bounded
    raise AssertionError(f"no check for {claim}")


def true_of_links(claim: Claim, facts: Links, _: Sequence[Claim]) -> bool:
    """Tell whether a claim over the links of a chain is true."""
    match claim:
        case "missing", who, count:
            return who in {name.zh for name in facts.missing} and count == len(facts.missing)
        case "strong", count, *named:
            return count == len(facts.strong) and set(named) <= {name.zh for name in facts.strong}
    raise AssertionError(f"no check for {claim}")


BANDS = [Named(zh, en) for zh, en in zip(BANDS_ZH, BANDS_EN, strict=True)]
INDEX = st.one_of(st.none(), st.floats(1, 10_000))
CONCENTRATIONS = st.lists(st.tuples(INDEX, st.sampled_from(BANDS), st.floats(0, 100)), max_size=4).map(
    lambda found: [
        Concentrated(name, index, None if index is None else band, covered)
        for name, (index, band, covered) in zip(NAMED, found, strict=False)
    ]
)


def true_of_concentration(claim: Claim, facts: Sequence[Concentrated], claims: Sequence[Claim]) -> bool:
    """Tell whether a claim over indices of concentration is true."""
    rows = {row.name.zh: row for row in facts}
    who = rows[str(claims[0][1])]
    match claim:
        case "most_concentrated", _:
            return who.index is not None and who.index >= max(row.index or 0 for row in facts) - 1
        case "index", index:
            return index == number(who.index or 0, 0)
        case "band", band:
            return who.band == BANDS[int(str(band))]
        case "little_covered", _, share:
            least = min(row.covered or 0 for row in facts if row.index is None)
            return who.covered == least and share == number(least, 1)
        case ("no_index",):
            return who.index is None
    raise AssertionError(f"no check for {claim}")


FAMILIES: dict[str, tuple[tuple[Rule[Any], ...], st.SearchStrategy[Any], Callable[..., bool]]] = {
    "GROWTH_RANKING": (GROWTH_RANKING, RANKED, true_of_ranking),
    "SIZE_RANKING": (SIZE_RANKING, RANKED, true_of_ranking),
    "PULSE": (PULSE, RANKED, true_of_ranking),
    "FIRMS_AND_COVERAGE": (FIRMS_AND_COVERAGE, COVERAGE, true_of_coverage),
    "STRENGTH": (STRENGTH, LEADERS, true_of_leaders),
    "MIRRORED_TRADE": (MIRRORED_TRADE, balances_drawn(), true_of_balance),
    "LATEST": (LATEST, latest_drawn(), true_of_latest),
    "TWO_LINES": (TWO_LINES, PAIR, true_of_pair),
    "LARGEST": (LARGEST, RANKED, true_of_ranking),
    "CONCENTRATION": (CONCENTRATION, CONCENTRATIONS, true_of_concentration),
    "STRUCTURE": (STRUCTURE, STRUCTURES, true_of_structure),
    "PULLS": (PULLS, PULLED, true_of_pulls),
    "RETURNS": (RETURNS, EARNED, true_of_returns),
    "CHAIN": (CHAIN, LINKED, true_of_links),
}


def without_falls(claims: Sequence[Claim]) -> list[Claim]:
    """Return claims without how many fall: an English count of rises leaves no room for it."""
    return [claim[:4] if claim[0] == "counted" else claim for claim in claims]


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_every_sentence_is_true_of_its_facts_in_both_languages(family: str, data: st.DataObject) -> None:
    rules, strategy, is_true = FAMILIES[family]
    facts = data.draw(strategy)
    said = takeaway(rules, facts)
    if said is None:
        return
    zh, en = read(said.zh, NAMES, NOUNS, english=False), read(said.en, NAMES, NOUNS, english=True)
    assert without_falls(zh) == without_falls(en), (said.zh, said.en)
    for claim in zh:
        assert is_true(claim, facts, zh), (claim, said.zh)
    assert hanzi(said.zh) <= MOST_HANZI, said.zh
    for sentence in (said.zh, said.en):
        assert len(re.findall(r"\*\*[^*]+\*\*", sentence)) == 1
        assert "None" not in sentence


def test_no_family_of_rules_goes_unread() -> None:
    declared = {
        name
        for name in takeaways.__all__
        if isinstance(rules := getattr(takeaways, name), tuple) and all(isinstance(rule, Rule) for rule in rules)
    }
    assert declared == set(FAMILIES)


@pytest.mark.parametrize(
    ("family", "code"), [(name, rule.code) for name, (rules, _, _) in FAMILIES.items() for rule in rules]
)
def test_every_rule_has_its_day(family: str, code: str) -> None:
    """A rule that a better one always comes before would never be read above."""
    rules, strategy, _ = FAMILIES[family]

    def speaks(facts: Any) -> bool:
        said = takeaway(rules, facts)
        return (
            said is not None and next((r.code for r in rules if r.holds(facts) and r.says(facts) == said), "") == code
        )

    find(strategy, speaks, settings=settings(max_examples=4000, database=None, phases=[Phase.generate]))


def test_the_reader_is_not_fooled() -> None:
    """The canary: sentences that are wrong are found to be."""
    entries = [_entry(NAMED[0], 10.0, Growth(5.3, Basis.OFFICIAL)), _entry(NAMED[1], 20.0, Growth(7.0, Basis.OFFICIAL))]
    ranked = Ranked(Named(*NOUNS), entries)
    for sentence in (
        "**汽车及零部件增速最高 5.3%**",
        "**汽车及零部件居首**",
        "**2个集群全部下降**",
        "**船舶海工等2个集群增速最高 7.0%**",
    ):
        claims = read(sentence, NAMES, NOUNS, english=False)
        assert not all(true_of_ranking(claim, ranked, claims) for claim in claims), sentence
    with pytest.raises(AssertionError, match="not understood"):
        read("**汽车及零部件再创佳绩**", NAMES, NOUNS, english=False)


def test_a_period_in_english_has_its_preposition() -> None:
    assert in_english("Full year 2023") == "in 2023"
    assert in_english("Q1–Q3 2024") == "in Q1–Q3 2024"
    assert in_english("end-Sep 2024") == "at end-Sep 2024"

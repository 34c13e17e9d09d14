"""The sentences over the charts: true of their facts, short enough for the wall, bold where the finding is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.measures import Basis, Growth, Outcome, concentration
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
    Structure,
    balances,
    hanzi,
    takeaway,
)
from layouts.takeaways.series import in_english

NAMES = ("汽车及零部件", "船舶海工", "石油化工", "新兴产业", "家电电子", "港口航运", "机械装备")
PERCENT = st.floats(-60, 120).map(lambda value: round(value, 2))
GROWTH = st.one_of(
    st.builds(Growth, PERCENT, st.sampled_from([Basis.OFFICIAL, Basis.NOMINAL])),
    st.just(Growth(None, None, Outcome.UNAVAILABLE)),
    st.just(Growth(None, Basis.NOMINAL, Outcome.TURNED_PROFIT)),
)
VALUE = st.one_of(st.none(), st.floats(0, 9999).map(lambda value: round(value, 1)))
SLOTS = st.lists(VALUE, min_size=1, max_size=13)
RANKED = st.lists(st.tuples(VALUE, GROWTH), max_size=len(NAMES)).map(
    lambda found: Ranked(
        Named("集群", "clusters"),
        [
            Entry(Named(name, name), value, Named("1,234.5亿元", "CNY 123.45 bn"), growth)
            for name, (value, growth) in zip(NAMES, found, strict=False)
        ],
    )
)
SIZE = Named("1,234.5亿元", "CNY 123.45 bn")
BALANCE = SLOTS.flatmap(
    lambda exports: st.builds(
        Balance, st.just(exports), st.lists(VALUE, min_size=len(exports), max_size=len(exports)), st.just(SIZE), GROWTH
    )
)
PAIR = st.builds(
    Pair,
    st.just(Named("软件", "Software")),
    st.lists(PERCENT, min_size=1, max_size=13),
    st.just(Named("核心", "Core")),
    st.lists(PERCENT, min_size=1, max_size=13),
)
LATEST_FACTS = st.builds(
    Latest,
    st.just(Named("集装箱", "Containers")),
    st.just(Named("2024年前三季度", "Q1–Q3 2024")),
    st.just(SIZE),
    GROWTH,
)
COVERAGE = st.builds(Coverage, RANKED, st.one_of(st.none(), st.just(Named("98.6%", "98.6%"))))
TURNS = st.one_of(
    GROWTH,
    st.sampled_from([Outcome.TURNED_PROFIT, Outcome.TURNED_LOSS, Outcome.NO_BASE]).map(
        lambda outcome: Growth(None, Basis.NOMINAL, outcome)
    ),
)
LONG = ("船舶等运输设备", "潜水救捞等设备", "电气机械", "化工", "汽车")
STRUCTURES = st.lists(st.tuples(st.one_of(st.none(), st.floats(0, 100)), GROWTH), max_size=5).map(
    lambda found: Structure(
        [
            Part(Entry(Named(name, name), 1.0, SIZE, growth), share)
            for name, (share, growth) in zip(LONG, found, strict=False)
        ]
    )
)
POINTS_ADDED = st.one_of(st.none(), st.floats(-9, 9).map(lambda value: round(value, 2)))
PULLED = st.lists(POINTS_ADDED, max_size=5).map(
    lambda found: Pulls(
        Named("集群", "clusters"),
        [(Named(name, name), points) for name, points in zip(LONG, found, strict=False)],
    )
)
EARNED = st.lists(st.tuples(st.one_of(st.none(), st.floats(-30, 60)), TURNS), max_size=5).map(
    lambda found: Returns(
        Named("行业", "divisions"),
        [(Named(name, name), margin, growth) for name, (margin, growth) in zip(LONG, found, strict=False)],
    )
)
LINKED = st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)).map(
    lambda counts: Links(
        [Named(name, name) for name in LONG[: counts[0]]],
        [Named(name, name) for name in LONG[::-1][: counts[1]]],
        counts[2],
        sum(counts),
    )
)
BANDS = (Named("较低", "low"), Named("中等", "moderate"), Named("高", "high"))
CONCENTRATIONS = st.lists(
    st.one_of(
        st.tuples(st.floats(0, 10_000), st.just(100.0)), st.tuples(st.none(), st.one_of(st.none(), st.floats(0, 99)))
    ),
    max_size=4,
).map(
    lambda found: [
        Concentrated(
            Named(name, name),
            index,
            None if index is None else BANDS[("low", "moderate", "high").index(concentration(round(index)))],
            covered,
        )
        for name, (index, covered) in zip(("出口市场", "进口来源", "出口商品", "进口商品"), found, strict=False)
    ]
)
FAMILIES = [
    (CONCENTRATION, CONCENTRATIONS),
    (LARGEST, RANKED),
    (STRUCTURE, STRUCTURES),
    (PULLS, PULLED),
    (RETURNS, EARNED),
    (CHAIN, LINKED),
    (GROWTH_RANKING, RANKED),
    (SIZE_RANKING, RANKED),
    (PULSE, RANKED),
    (MIRRORED_TRADE, BALANCE),
    (TWO_LINES, PAIR),
    (LATEST, LATEST_FACTS),
    (FIRMS_AND_COVERAGE, COVERAGE),
    (STRENGTH, st.builds(Leaders, st.just([Named(NAMES[0], "Autos"), Named(NAMES[1], "Ships")]), st.booleans())),
]


@given(st.data())
def test_a_sentence_is_short_has_one_finding_and_both_languages(data: st.DataObject) -> None:
    rules, facts = data.draw(st.sampled_from(FAMILIES))
    said = takeaway(rules, data.draw(facts))
    if said is not None:
        assert hanzi(said.zh) <= MOST_HANZI, said.zh
        assert len(re.findall(r"\*\*[^*]+\*\*", said.zh)) == 1
        assert len(re.findall(r"\*\*[^*]+\*\*", said.en)) == 1
        assert "-" not in re.sub(r"[A-Za-z0-9]-[A-Za-z0-9]|[a-z]-", "", said.en)  # a minus is a true minus
        assert "None" not in said.zh + said.en


def shown(growth: Growth) -> float | None:
    return None if growth.outcome is not Outcome.RATE or growth.value is None else round(growth.value, 1)


@given(RANKED)
def test_a_growth_ranking_tells_the_truth(facts: Ranked) -> None:
    said = takeaway(GROWTH_RANKING, facts)
    if said is None:
        assert all(entry.value is None for entry in facts.entries)
        return
    rates = {entry.name.zh: rate for entry in facts.entries if (rate := shown(entry.growth)) is not None}
    if leads := re.match(r"\*\*(.+)增速最高 ([\d.]+)%", said.zh):
        assert rates[leads[1]] == max(rates.values()) == pytest.approx(float(leads[2]))
    if falls := re.search(r"，(\d+)个集群下降", said.zh):
        assert int(falls[1]) == sum(rate < 0 for rate in rates.values()) > 0
    if "全部增长" in said.zh:
        assert len(rates) == len(facts.entries)
        assert min(rates.values()) > 0
    if "全部下降" in said.zh:
        assert len(rates) == len(facts.entries)
        assert max(rates.values()) < 0
    if "也最快" in said.zh:
        leader = re.match(r"\*\*(.+)居首\*\*，增 ([\d.]+)%", said.zh)
        assert rates[leader[1]] == max(rates.values()) == pytest.approx(float(leader[2]))
    if largest := re.match(r"\*\*(.+)居首", said.zh):
        sizes = {entry.name.zh: entry.value for entry in facts.entries if entry.value is not None}
        assert sizes[largest[1]] == max(sizes.values())


@given(RANKED)
def test_a_pulse_counts_right(facts: Ranked) -> None:
    said = takeaway(PULSE, facts)
    if said and (counted := re.search(r"(\d+)升(\d+)降", said.zh)):
        rates = [rate for entry in facts.entries if (rate := shown(entry.growth)) is not None]
        assert f"{len(rates)}个" in said.zh
        assert ("已公布" in said.zh) == (len(rates) < len(facts.entries))
        assert (int(counted[1]), int(counted[2])) == (sum(r > 0 for r in rates), sum(r < 0 for r in rates))


@given(BALANCE)
def test_trade_tells_the_truth(facts: Balance) -> None:
    said, ends = takeaway(MIRRORED_TRADE, facts), balances(facts)
    if said is None:
        assert ends[-1] is None
        return
    assert ("顺差" in said.zh) == (ends[-1] >= 0)
    before = ends[-2] if len(ends) > 1 else None
    if "扩至" in said.zh:
        assert abs(ends[-1]) > abs(before)
    if "收窄至" in said.zh:
        assert abs(ends[-1]) < abs(before)
    if "转为" in said.zh:
        assert (ends[-1] >= 0) != (before >= 0)
    if record := re.search(r"创(\d+)期新高", said.zh):
        assert int(record[1]) == len(facts.exports)
        assert facts.exports[-1] > max(facts.exports[:-1])


@given(PAIR)
def test_two_lines_tell_the_truth(facts: Pair) -> None:
    said = takeaway(TWO_LINES, facts)
    first, second = round(facts.first_values[-1], 1), round(facts.second_values[-1], 1)
    if streak := re.search(r"连续(\d+)期加快", said.zh):
        tail = [round(value, 1) for value in facts.first_values[-int(streak[1]) - 1 :]]
        assert tail == sorted(set(tail))
    elif ahead := re.search(r"(快于|慢于)核心 ([\d.]+) 个百分点", said.zh):
        assert (ahead[1] == "快于") == (first > second)
        assert float(ahead[2]) == pytest.approx(abs(first - second), abs=0.051)
    else:
        assert first == second


@given(LATEST_FACTS)
def test_a_growth_worked_out_from_levels_says_so(facts: Latest) -> None:
    said = takeaway(LATEST, facts)
    is_rate = facts.growth.outcome is Outcome.RATE
    assert ("名义" in said.zh) == (is_rate and facts.growth.basis is Basis.NOMINAL)


def test_a_period_in_english_has_its_preposition() -> None:
    assert in_english("Full year 2023") == "in 2023"
    assert in_english("Q1–Q3 2024") == "in Q1–Q3 2024"
    assert in_english("end-Sep 2024") == "at end-Sep 2024"


@given(STRUCTURES)
def test_a_structure_tells_the_truth(facts: Structure) -> None:
    said = takeaway(STRUCTURE, facts)
    shares = {part.entry.name.zh: part.share for part in facts.parts if part.share is not None}
    if said is None:
        assert not shares
        return
    name, share = re.match(r"\*\*(.+?)(?:增 [\d.]+%(?:（名义）)?\*\*，占|占比最高\*\*，) ?([\d.,]+)%", said.zh).groups()
    assert float(share.replace(",", "")) == pytest.approx(shares[name], abs=0.051)
    rates = {p.entry.name.zh: shown(p.entry.growth) for p in facts.parts if p.share is not None}
    rising = {name: rate for name, rate in rates.items() if rate is not None and rate > 0}
    if "增 " in said.zh:
        assert rising[name] == max(rising.values())
        assert float(re.search(r"增 ([\d.]+)%", said.zh)[1]) == pytest.approx(rising[name])
    else:
        assert not rising
        assert shares[name] == max(shares.values())


@given(PULLED)
def test_pulls_tell_the_truth(facts: Pulls) -> None:
    said = takeaway(PULLS, facts)
    known = {name.zh: round(points, 1) for name, points in facts.parts if points is not None}
    if said is None:
        assert not known or max(known.values()) == 0
    elif drags := re.match(r"\*\*(\d+)个集群均为负拉动\*\*，(.+) ([\d.]+) 个百分点", said.zh):
        assert int(drags[1]) == len(known)
        assert max(known.values()) < 0
        assert known[drags[2]] == min(known.values()) == pytest.approx(-float(drags[3]))
    else:
        leader = re.match(r"\*\*(.+)拉动 ([\d.]+) 个百分点", said.zh)
        assert known[leader[1]] == max(known.values()) == pytest.approx(float(leader[2]))
        fallen = sum(points < 0 for points in known.values())
        assert (f"{fallen}个集群拖累" in said.zh) == (fallen > 0)


@given(EARNED)
def test_returns_tell_the_truth(facts: Returns) -> None:
    said = takeaway(RETURNS, facts)
    margins = {name.zh: round(margin, 1) for name, margin, _ in facts.entries if margin is not None}
    turned = {
        outcome: [name.zh for name, _, growth in facts.entries if growth.outcome is outcome] for outcome in Outcome
    }
    if said is None:
        assert not margins
        assert not turned[Outcome.TURNED_PROFIT] + turned[Outcome.TURNED_LOSS]
        return
    losses = sum(margin < 0 for margin in margins.values())
    assert (f"{losses}个行业亏损" in said.zh) == (losses > 0)
    for words, outcome in (("扭亏为盈", Outcome.TURNED_PROFIT), ("由盈转亏", Outcome.TURNED_LOSS)):
        if words in said.zh:
            assert said.zh.startswith(f"**{turned[outcome][0]}")
            assert (f"等{len(turned[outcome])}个行业" in said.zh) == (len(turned[outcome]) > 1)
    if best := re.match(r"\*\*(.+)利润率最高 (−?[\d.]+)%", said.zh):
        assert margins[best[1]] == max(margins.values()) == pytest.approx(float(best[2].replace("−", "-")))


@given(LINKED)
def test_a_chain_counts_right(facts: Links) -> None:
    said = takeaway(CHAIN, facts)
    if said is None:
        assert not facts.strong
        assert not facts.missing
    elif missing := re.match(r"\*\*缺(.+?)(等)? (\d+) 环\*\*，强 (\d+) 环", said.zh):
        assert missing[1] == facts.missing[0].zh
        assert (int(missing[3]), int(missing[4])) == (len(facts.missing), len(facts.strong))
        assert bool(missing[2]) == (len(facts.missing) > 1)
    else:
        assert not facts.missing
        assert said.zh.startswith(f"**强 {len(facts.strong)} 环**：{facts.strong[0].zh}")


@given(CONCENTRATIONS)
def test_concentration_tells_the_truth(facts: list[Concentrated]) -> None:
    said, known = takeaway(CONCENTRATION, facts), [row for row in facts if row.index is not None]
    if said is None:
        assert not known
        assert all(row.covered is None for row in facts)
    elif known:
        name, index, band = re.match(r"\*\*(.+)最集中\*\*，HHI ([\d,]+)，集中度(.+)", said.zh).groups()
        highest = max(round(row.index) for row in known)
        assert int(index.replace(",", "")) == highest
        assert any(row.name.zh == name and round(row.index) == highest for row in known)
        assert band == {"low": "较低", "moderate": "中等", "high": "高"}[concentration(highest)]
    else:
        covered = float(re.search(r"仅覆盖 ([\d.]+)%", said.zh)[1])
        assert covered == pytest.approx(min(row.covered for row in facts if row.covered is not None), abs=0.051)

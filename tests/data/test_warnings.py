"""Declared warnings: each kind of rule in and out, remembered once, acknowledged, and the same on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from data.catalogue import Catalogue, load_catalogue
from data.catalogue.warning_rules import WarningRule
from data.clock import SHANGHAI, clock_for
from data.facts import SeriesKey
from data.periods import Frequency, month_period
from data.settings import ROOT, Settings
from data.warehouse import Warehouse
from data.warning_evaluation import Warned, When, evaluated
from data.warning_register import UnknownWarningError, acknowledge, events, keep, open_records, records
from data.warning_round import is_due, look
from data.warning_words import number, sentence, when_words
from data.warnings import main
from layouts import words
from tests.data.loads import declare_sources, fact, load

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, 24, tzinfo=SHANGHAI)
HOME, NATION = "370211", "100000"
M = month_period


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "data" / "catalogue")


def ruled(catalogue: Catalogue, *rules: WarningRule) -> Catalogue:
    return replace(catalogue, warnings=rules)


def rule(kind: str, level: int = 2, code: str = "r", **parts: object) -> WarningRule:
    return WarningRule(code=code, kind=kind, level=level, **parts)


def fill(warehouse: Warehouse, series: dict[SeriesKey, dict[int, float]], content: str = "a", **parts: object) -> None:
    """Store figures as one load."""
    declare_sources(warehouse)
    facts = [fact(value, key=key, period=period) for key, cells in series.items() for period, value in cells.items()]
    report = warehouse.write(load(facts, content=content, **parts))
    assert report.state == "done", report.error


def held(warehouse: Warehouse, catalogue: Catalogue, *rules: WarningRule, **how: object) -> list[Warned]:
    return evaluated(warehouse, ruled(catalogue, *rules), TODAY, simulated=True, **how)


def month_when(period: int, combined: bool = True) -> When:
    return When("M", "Y", period, combined)


def months(first: int, *values: float) -> dict[int, float]:
    """Values of February to … of 2026, in a row."""
    return {M(2026, first + step): value for step, value in enumerate(values)}


def retail_growth(catalogue: Catalogue) -> SeriesKey:
    return catalogue.indicators["retail_sales"].key(measure="yoy")


# --- the kinds of rules: figures in, warnings out ------------------------------------------------------------------

FALLS = [
    # growth from May on -> slots in a row, first month in which the rule of three held
    ((1.0, -0.1, -2.0, -0.3), (3, 8)),
    ((-1.0, -1.0, -1.0, -1.0, -2.5), (5, 7)),
    ((-1.0, -1.0, 0.0, -1.0, -1.0), None),
    ((-1.0, -1.0, -1.0, 0.4), None),
    ((-1.0, -1.0), None),
]


@pytest.mark.parametrize(("growth", "expected"), FALLS)
def test_falls(warehouse: Warehouse, catalogue: Catalogue, growth: tuple[float, ...], expected: object) -> None:
    fill(warehouse, {retail_growth(catalogue): months(5, *growth)})
    found = held(warehouse, catalogue, rule("falls", indicator="retail_sales", measure="growth", slots=3))
    told = [(each.slots, each.since.period) for each in found]
    assert told == ([] if expected is None else [(expected[0], M(2026, expected[1]))])
    assert all(each.figure == growth[-1] and each.region == HOME and not each.simulated for each in found)


def test_a_gap_between_falls_ends_them(warehouse: Warehouse, catalogue: Catalogue) -> None:
    fill(warehouse, {retail_growth(catalogue): {M(2026, month): -1.0 for month in (4, 5, 7, 8)}})
    assert not held(warehouse, catalogue, rule("falls", indicator="retail_sales", measure="growth", slots=3))


THRESHOLDS = [
    ({"below": 0.0}, (2.0, -0.2, -0.1), (-0.1, 9)),
    ({"below": 0.0}, (-1.0, -1.0, 0.0), None),  # the limit itself is not below it
    ({"above": 10.0}, (9.0, 12.0, 10.5), (0.5, 9)),
    ({"above": 10.0}, (12.0, 12.0, 10.0), None),
]


@pytest.mark.parametrize(("limit", "growth", "expected"), THRESHOLDS)
def test_threshold(
    warehouse: Warehouse, catalogue: Catalogue, limit: dict[str, float], growth: tuple[float, ...], expected: object
) -> None:
    fill(warehouse, {retail_growth(catalogue): months(8, *growth)})
    found = held(warehouse, catalogue, rule("threshold", indicator="retail_sales", measure="growth", **limit))
    told = [(round(each.gap, 6), each.since.period) for each in found]
    assert told == ([] if expected is None else [(expected[0], M(2026, expected[1]))])


PEERS = [
    # own growth and the nation's in September and October -> gap, since
    ((3.0, 1.0), (4.0, 4.5), (-3.5, 10)),
    ((1.0, 1.0), (4.0, 4.0), (-3.0, 9)),  # exactly as far as the rule says
    ((3.0, 1.5), (4.0, 4.0), None),
    ((1.0, 1.0), (4.0, None), None),  # not published there
]


@pytest.mark.parametrize(("own", "peer", "expected"), PEERS)
def test_behind_peers(warehouse: Warehouse, catalogue: Catalogue, own: tuple, peer: tuple, expected: object) -> None:
    key = catalogue.indicators["trade"].key(measure="yoy", flow="T")
    other = {period: value for period, value in months(9, *peer).items() if value is not None}
    fill(warehouse, {key: months(9, *own), key.with_(region=NATION): other})
    found = held(
        warehouse, catalogue, rule("behind_peers", indicator="trade", parts={"flow": "T"}, peer=NATION, points=3.0)
    )
    told = [(each.gap, each.since.period) for each in found]
    assert told == ([] if expected is None else [(expected[0], M(2026, expected[1]))])


def trade_levels(catalogue: Catalogue, september: float, with_history: bool) -> dict[SeriesKey, dict[int, float]]:
    """A target of 4 200: 70 % of the year were reached by September in each of the years before."""
    cells = {M(2026, 9): september}
    if with_history:
        for year in (2023, 2024, 2025):
            cells |= {M(year, 9): 2800.0, M(year, 12): 4000.0}
    return {catalogue.indicators["trade"].key(accumulation="Y", flow="T"): cells}


TARGETS = [
    (2814.0, True, -3.0, False),  # 67 % against 70 %
    (2905.0, True, None, False),  # 69.17 %: 0.8 points are less than one
    (2814.0, False, -8.0, True),  # 67 % against 9/12
]


@pytest.mark.parametrize(("september", "with_history", "gap", "evenly"), TARGETS)
def test_behind_target(
    warehouse: Warehouse, catalogue: Catalogue, september: float, with_history: bool, gap: float | None, evenly: bool
) -> None:
    fill(warehouse, trade_levels(catalogue, september, with_history))
    found = held(warehouse, catalogue, rule("behind_target", indicator="trade", points=1.0))
    assert [round(each.gap, 6) for each in found] == ([] if gap is None else [gap])
    for each in found:
        assert each.example
        said = sentence(each, catalogue, "zh")
        assert "示例目标序时进度" in said
        assert ("n/12" in said) is evenly


LATE = [(date(2026, 10, 20), 0), (date(2026, 10, 21), 1), (date(2026, 11, 20), 31)]


@pytest.mark.parametrize(("today", "days"), LATE)
def test_late(warehouse: Warehouse, catalogue: Catalogue, today: date, days: int) -> None:
    """Figures of August are there; those of September are due 20 days after it."""
    fill(warehouse, {catalogue.indicators["retail_sales"].key(): {M(2026, 8): 1.0}})
    rules = ruled(catalogue, rule("late", 3, days=31), rule("late", 4, code="s", days=1))
    found = [each for each in evaluated(warehouse, rules, today, simulated=True) if each.indicator == "retail_sales"]
    assert [(each.gap, each.level, each.since.period) for each in found] == (
        [] if not days else [(float(days), 3 if days >= 31 else 4, date(2026, 10, 20).toordinal())]
    )


def test_only_the_gravest_of_a_kind_speaks_and_its_key_stays(warehouse: Warehouse, catalogue: Catalogue) -> None:
    fill(warehouse, trade_levels(catalogue, 2814.0, True))
    light, grave = (
        rule("behind_target", 3, code="light", points=0.5),
        rule("behind_target", 1, code="grave", points=2.0),
    )
    (found,) = held(warehouse, catalogue, grave, light)
    (other,) = held(warehouse, catalogue, light)
    assert (found.level, other.level) == (1, 3)
    assert found.key == other.key == "behind_target:trade:370211:MY:level:flow=T"


def test_a_confidential_or_missing_value_holds_no_rule(warehouse: Warehouse, catalogue: Catalogue) -> None:
    declare_sources(warehouse)
    key = retail_growth(catalogue)
    hidden = [
        fact(-5.0, key=key, period=M(2026, 9), conf_status="C"),
        fact(None, key=key, period=M(2026, 10), obs_status="L"),
    ]
    report = warehouse.write(load(hidden, content="h"))
    assert report.state == "done", report.error
    assert not held(warehouse, catalogue, rule("threshold", indicator="retail_sales", measure="growth", below=0.0))


def test_as_of_tells_what_was_known(warehouse: Warehouse, catalogue: Catalogue) -> None:
    key, fallen = retail_growth(catalogue), rule("threshold", indicator="retail_sales", measure="growth", below=0.0)
    fill(warehouse, {key: {M(2026, 9): -1.0}}, vintage=date(2026, 10, 18))
    fill(warehouse, {key: {M(2026, 9): 0.5}}, content="b", vintage=date(2026, 11, 18))
    assert not held(warehouse, catalogue, fallen)
    assert len(held(warehouse, catalogue, fallen, as_of=date(2026, 10, 20))) == 1


def test_a_simulated_warning_says_so(warehouse: Warehouse, catalogue: Catalogue) -> None:
    fill(warehouse, {retail_growth(catalogue): {M(2026, 9): -1.0}}, source="simulated")
    fallen = rule("threshold", indicator="retail_sales", measure="growth", below=0.0)
    (found,) = held(warehouse, catalogue, fallen)
    assert found.simulated
    assert sentence(found, catalogue, "zh").endswith("（模拟）")
    assert evaluated(warehouse, ruled(catalogue, fallen), TODAY, simulated=False) == []


# --- remembered ------------------------------------------------------------------------------------------------------


def kept(warehouse: Warehouse, catalogue: Catalogue, *rules: WarningRule, now: datetime = NOW) -> object:
    return keep(warehouse, ruled(catalogue, *rules), held(warehouse, catalogue, *rules), now, tell=True)


def test_a_warning_is_remembered_once_raised_acknowledged_and_ended(warehouse: Warehouse, catalogue: Catalogue) -> None:
    fill(warehouse, trade_levels(catalogue, 2814.0, True))
    light, grave = (
        rule("behind_target", 3, code="light", points=0.5),
        rule("behind_target", 1, code="grave", points=2.0),
    )
    later = NOW + timedelta(days=1)
    kept(warehouse, catalogue, light)
    version = warehouse.data_version()
    for _ in range(3):
        kept(warehouse, catalogue, light, now=later)
    assert warehouse.data_version() == version, "what did not change gives no new state of the data"
    (only,) = records(warehouse)
    assert (only.level, only.first_seen, only.since) == (3, NOW, "2026-09/Y")

    acknowledge(warehouse, only.warning_id, "王工", "已约谈", later)
    known = open_records(warehouse)[only.key]
    assert (known.acknowledged_by, known.acknowledged_because, known.acknowledged_at) == ("王工", "已约谈", later)
    kept(warehouse, catalogue, light, now=later)
    assert open_records(warehouse)[only.key].is_acknowledged

    kept(warehouse, catalogue, grave, light, now=later)
    assert not open_records(warehouse)[only.key].is_acknowledged, "it became graver: somebody must look again"
    kept(warehouse, catalogue, now=later)
    assert open_records(warehouse) == {}
    with pytest.raises(UnknownWarningError):
        acknowledge(warehouse, only.warning_id, "王工", "已约谈", later)
    kept(warehouse, catalogue, light, now=later)
    assert [each.event for each in events(warehouse)] == ["new", "acknowledged", "raised", "ended", "new"]
    assert len(records(warehouse)) == 2


def test_a_look_is_due_only_when_something_changed(warehouse: Warehouse, catalogue: Catalogue) -> None:
    settings = Settings(today=TODAY)
    fill(warehouse, trade_levels(catalogue, 2814.0, True))
    clock, rules = clock_for(TODAY), ruled(catalogue, rule("behind_target", indicator="trade", points=1.0))
    assert is_due(warehouse, settings, clock, "declared")
    look(warehouse, rules, settings, clock, "declared")
    assert not is_due(warehouse, settings, clock, "declared")
    assert is_due(warehouse, settings, clock_for(date(2026, 11, 24)), "declared")
    assert is_due(warehouse, settings, clock, "other rules")


def test_the_command_lists_and_acknowledges(
    warehouse: Warehouse, warehouse_url: str, catalogue: Catalogue, monkeypatch, capsys
) -> None:
    fill(warehouse, trade_levels(catalogue, 2814.0, True))
    kept(warehouse, catalogue, rule("behind_target", indicator="trade", points=1.0))
    number_of = records(warehouse)[0].warning_id
    monkeypatch.setenv("ONESCREEN_WAREHOUSE", warehouse_url)
    monkeypatch.setenv("ONESCREEN_TODAY", TODAY.isoformat())
    assert main([]) == 0
    assert "Ⅱ 橙色 · 2026年1–9月货物进出口总额低于示例目标序时进度 3.0 个百分点" in capsys.readouterr().out
    assert main(["--acknowledge", str(number_of), "--by", "王工", "--because", "已约谈"]) == 0
    assert "王工 于 2026-11-23" in capsys.readouterr().out
    assert main(["--history", "--lang", "en"]) == 0
    assert "acknowledged Ⅱ Orange · 王工: 已约谈" in capsys.readouterr().out
    assert main(["--acknowledge", "999", "--by", "x", "--because", "y"]) == 1
    with pytest.raises(SystemExit):
        main(["--acknowledge", str(number_of)])


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("frequency", list(Frequency))
def test_periods_and_numbers_read_as_on_the_screen(frequency: Frequency, language: str) -> None:
    ends = {"A": [M(2025, 12)], "Q": [M(2026, month) for month in (3, 6, 9, 12)], "D": [TODAY.toordinal()]}
    for period in ends.get(frequency.value, [M(2026, month) for month in range(1, 13)]):
        for accumulation in ("S", "P") if frequency in "AD" else ("S", "Y", "P"):
            for combined in (False, True):
                ours = when_words(When(frequency.value, accumulation, period, combined), language)
                assert ours == words.period_label(frequency, accumulation, period, language, combined)
    for value in (0.0, -0.04, 1234.55, -3.25, 0.285):
        assert number(value, 1) == words.number(value, 1)
        assert number(value, 2, sign=True) == words.number(value, 2, sign=True)

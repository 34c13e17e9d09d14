"""The warnings of the ticker follow the declared rules, and a mistake in a rule stops the start."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from data.catalogue import CatalogueError, load_catalogue
from data.catalogue.warning_rules import WarningRule
from data.periods import month_period
from data.queries import read_frame
from data.selection import ROUTES
from data.settings import ROOT
from data.warehouse import Warehouse
from layouts import key_figures, overview
from layouts.panel import Drawing
from layouts.theme import Style

CATALOGUE = ROOT / "data" / "catalogue"
TODAY = date(2026, 11, 23)


def drawing(warehouse: Warehouse, catalogue, language: str = "zh", simulated: bool = True, **choices) -> Drawing:
    selection = ROUTES["/wall/overview"].with_(language=language, **choices)
    frame = read_frame(warehouse, overview.ask(catalogue, selection), simulated)
    return Drawing(frame, catalogue, selection, Style("dark", "cn", "wall", language))


def spoken(
    warehouse: Warehouse, *rules: WarningRule, simulated: bool = True, today: date = TODAY, **choices
) -> list[tuple[int, str]]:
    catalogue = replace(load_catalogue(CATALOGUE), warnings=rules)
    made = drawing(warehouse, catalogue, simulated=simulated, **choices)
    return [(alert.level, alert.words) for alert in overview.alerts(made, key_figures.read(made), today)]


def price_rule(**given: object) -> WarningRule:
    """Return a rule that speaks of any move of a price (its newest month in the samples is May 2026)."""
    parts = {"indicator": "price_tsr20", "percent": 1e-9, "months": 2, **given}
    return WarningRule(code="a", kind="price_moves", level=4, **parts)


def test_the_gravest_rule_of_a_kind_speaks_alone(filled_warehouse: Warehouse) -> None:
    grave = WarningRule(code="a", kind="behind_target", level=1, points=0.1)
    light = WarningRule(code="b", kind="behind_target", level=3, points=0.1)
    found = spoken(filled_warehouse, grave, light)
    assert found
    assert {level for level, _ in found} == {1}
    assert len({text for _, text in found}) == len(found)


def test_a_price_rule_speaks_of_what_the_prices_did(filled_warehouse: Warehouse) -> None:
    never = price_rule(indicator="price_brent", percent=1e9)
    found = spoken(filled_warehouse, price_rule(), never, simulated=False, today=date(2026, 6, 10))
    assert len(found) == 1
    assert "2026年5月" in found[0][1]
    assert "推算" in found[0][1]
    assert "模拟" not in found[0][1]


@pytest.mark.parametrize(
    ("today", "speaks"), [(date(2026, 7, 31), True), (date(2026, 8, 1), False), (date(2026, 11, 23), False)]
)
def test_an_old_price_is_no_news(filled_warehouse: Warehouse, today: date, speaks: bool) -> None:
    assert bool(spoken(filled_warehouse, price_rule(), simulated=False, today=today)) is speaks


def test_a_chosen_month_counts_for_the_day(filled_warehouse: Warehouse) -> None:
    assert spoken(filled_warehouse, price_rule(), simulated=False, period=month_period(2026, 5))


def test_a_warning_prints_its_period(filled_warehouse: Warehouse) -> None:
    rule = WarningRule(code="a", kind="behind_target", level=3, points=0.5)
    for accumulation in ("Y", "S"):
        found = [text for _, text in spoken(filled_warehouse, rule, accumulation=accumulation)]
        assert found
        assert all(re.match(r"2026年", text) for text in found)
        assert all("1–" in text for text in found if "序时进度" in text)


def test_less_than_half_a_point_is_no_warning(filled_warehouse: Warehouse) -> None:
    rules = [rule for rule in load_catalogue(CATALOGUE).warnings if rule.kind == "behind_target"]
    assert min(rule.points or 0.0 for rule in rules) == 0.5
    every = spoken(filled_warehouse, WarningRule(code="a", kind="behind_target", level=3, points=0.1))
    declared = spoken(filled_warehouse, *rules)
    gaps = [float(gap) for _, text in declared for gap in re.findall(r"([\d.]+) 个百分点", text)]
    assert len(declared) < len(every)
    assert min(gaps) >= 0.5


def test_a_warning_from_simulated_figures_says_so(filled_warehouse: Warehouse) -> None:
    found = spoken(filled_warehouse, WarningRule(code="a", kind="behind_target", level=1, points=0.1))
    assert all(text.endswith("（模拟）") for _, text in found)


def test_without_rules_the_ticker_is_quiet(filled_warehouse: Warehouse) -> None:
    assert spoken(filled_warehouse) == []


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("slots = 3", "slot = 3", "unknown key"),
        ("slots = 3", "points = 3.0", "kind falls needs slots"),
        ('indicator = "price_tsr20"', 'indicator = "price_tsr21"', "no indicator 'price_tsr21'"),
        ("months = 2", "months = 0", "greater than or equal to 1"),
        ("months = 2\n", "", "kind price_moves needs indicator and percent and months"),
        ("level = 4", "level = 5", "less than or equal to 4"),
    ],
)
def test_a_mistake_in_a_rule_names_file_key_and_reason(tmp_path: Path, before: str, after: str, reason: str) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(CATALOGUE, folder)
    rules = folder / "warnings.toml"
    rules.write_text(rules.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"warnings\.toml.*warning\.") as refused:
        load_catalogue(folder)
    assert reason in str(refused.value)

"""The warnings of the ticker follow the declared rules, and a mistake in a rule stops the start."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from data.catalogue import CatalogueError, load_catalogue
from data.catalogue.warning_rules import WarningRule
from data.queries import read_frame
from data.selection import ROUTES
from data.settings import ROOT
from data.warehouse import Warehouse
from layouts import key_figures, overview
from layouts.panel import Drawing
from layouts.theme import Style

CATALOGUE = ROOT / "data" / "catalogue"


def drawing(warehouse: Warehouse, catalogue, language: str = "zh", simulated: bool = True) -> Drawing:
    selection = ROUTES["/wall/overview"].with_(language=language)
    frame = read_frame(warehouse, overview.ask(catalogue, selection), simulated)
    return Drawing(frame, catalogue, selection, Style("dark", "cn", "wall", language))


def spoken(warehouse: Warehouse, *rules: WarningRule, simulated: bool = True) -> list[tuple[int, str]]:
    catalogue = replace(load_catalogue(CATALOGUE), warnings=rules)
    made = drawing(warehouse, catalogue, simulated=simulated)
    return [(alert.level, alert.words) for alert in overview.alerts(made, key_figures.read(made))]


def test_the_gravest_rule_of_a_kind_speaks_alone(filled_warehouse: Warehouse) -> None:
    grave = WarningRule(code="a", kind="behind_target", level=1, points=0.1)
    light = WarningRule(code="b", kind="behind_target", level=3, points=0.1)
    found = spoken(filled_warehouse, grave, light)
    assert found
    assert {level for level, _ in found} == {1}
    assert len({text for _, text in found}) == len(found)


def test_a_price_rule_speaks_of_what_the_prices_did(filled_warehouse: Warehouse) -> None:
    always = WarningRule(code="a", kind="price_moves", level=4, indicator="price_tsr20", percent=1e-9)
    never = WarningRule(code="b", kind="price_moves", level=4, indicator="price_brent", percent=1e9)
    found = spoken(filled_warehouse, always, never, simulated=False)
    assert len(found) == 1
    assert "推算" in found[0][1]
    assert "模拟" not in found[0][1]


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

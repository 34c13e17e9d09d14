"""The ticker says what the declared rules hold, acknowledged or not, and a mistake in a rule stops the start."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from data.catalogue import CatalogueError, load_catalogue
from data.catalogue.warning_rules import WarningRule
from data.clock import SHANGHAI
from data.settings import ROOT
from data.warehouse import Warehouse
from data.warning_evaluation import Warned, evaluated
from data.warning_register import Record
from layouts.alerts import Board, alerts
from layouts.header import ticker
from layouts.theme import Style
from tests.conftest import TODAY

CATALOGUE = ROOT / "data" / "catalogue"
NOW = datetime(2026, 11, 23, 10, 24, tzinfo=SHANGHAI)
STYLE = Style("dark", "cn", "wall", "zh")


def found_by(warehouse: Warehouse, *rules: WarningRule, simulated: bool = True) -> list[Warned]:
    catalogue = replace(load_catalogue(CATALOGUE), warnings=rules)
    return evaluated(warehouse, catalogue, TODAY, simulated=simulated)


def known(found: Warned, level: int) -> Record:
    """What the warehouse holds of a warning acknowledged at a level."""
    return Record(1, found.key, "a", level, "", "", "", "", True, NOW, None, NOW, "王工", "已约谈")


def gravest(shown: list[object]) -> str:
    return next(
        part.to_plotly_json()["props"]["data-gravest"] for part in shown if getattr(part, "className", "") == "warns"
    )


def test_only_what_nobody_acknowledged_holds_the_wall(filled_warehouse: Warehouse) -> None:
    catalogue = load_catalogue(CATALOGUE)
    found = found_by(filled_warehouse, WarningRule(code="a", kind="behind_target", level=2, points=0.5))
    assert len(found) > 1
    some = Board(NOW, found, {found[0].key: known(found[0], 2)})
    every = Board(NOW, found, {each.key: known(each, 2) for each in found})
    graver = Board(NOW, found, {each.key: known(each, 3) for each in found})
    assert gravest(ticker(alerts(some, catalogue, STYLE), STYLE)) == "2"
    assert gravest(ticker(alerts(every, catalogue, STYLE), STYLE)) == ""
    assert gravest(ticker(alerts(graver, catalogue, STYLE), STYLE)) == "2", "acknowledged when it was less grave"
    assert alerts(some, catalogue, STYLE)[-1].is_acknowledged, "it stays listed, behind the others"
    assert "已确认" in str(ticker(alerts(every, catalogue, STYLE), STYLE))


def test_a_warning_from_simulated_figures_says_so(filled_warehouse: Warehouse) -> None:
    found = found_by(filled_warehouse, WarningRule(code="a", kind="behind_target", level=1, points=0.1))
    said = [alert.words for alert in alerts(Board(NOW, found), load_catalogue(CATALOGUE), STYLE)]
    assert said
    assert all(words.endswith("（模拟）") for words in said)
    assert all(words.startswith("2026年") for words in said)


def test_without_rules_the_ticker_is_quiet(filled_warehouse: Warehouse) -> None:
    assert found_by(filled_warehouse) == []
    assert "当前没有预警" in str(ticker([], STYLE))


def test_every_declared_rule_is_evaluated_on_the_filled_warehouse(filled_warehouse: Warehouse) -> None:
    declared = load_catalogue(CATALOGUE).warnings
    assert {rule.kind for rule in declared} == {
        "falls", "behind_target", "price_moves", "threshold", "behind_peers", "late",
    }  # fmt: skip
    found = evaluated(filled_warehouse, load_catalogue(CATALOGUE), TODAY, simulated=True)
    assert {each.rule for each in found} <= {rule.code for rule in declared}
    assert len({each.key for each in found}) == len(found)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("slots = 3", "slot = 3", "unknown key"),
        ("slots = 3", "points = 3.0", "kind falls needs slots"),
        ('indicator = "price_tsr20"', 'indicator = "price_tsr21"', "no indicator 'price_tsr21'"),
        ("months = 2", "months = 0", "greater than or equal to 1"),
        ("months = 2\n", "", "kind price_moves needs indicator and percent and months"),
        ("level = 4", "level = 5", "less than or equal to 4"),
        ("below = 0.0", "below = 0.0\nabove = 1.0", "either above or below"),
        ('peer = "100000"', 'peer = "100009"', "no region '100009'"),
        ('parts = { flow = "T" }', 'parts = { industry = "C26" }', "no dimension 'industry'"),
        ('indicator = "retail_sales"', 'indicator = "price_brent"', "no official growth"),
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

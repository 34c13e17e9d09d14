"""The bar, the breadcrumb and the pills: what they offer, and where their links lead."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from dash._utils import to_json

from data.catalogue import load_catalogue
from data.periods import month_period
from data.selection import ROUTES, Selection
from data.settings import ROOT
from layouts import filters
from layouts.crumbs import crumbs, hint
from layouts.filter_bar import filter_bar
from layouts.panels import PANELS
from layouts.screens import panels_of
from layouts.theme import Style

DESK = ROUTES["/clusters"]
CATALOGUE = load_catalogue(ROOT / "data" / "catalogue")
MONTHS = [("2026-10", "2026年10月"), ("2026-09", "2026年9月")]
ZH = Style("light", "cn", "desk", "zh")


def walked(component: Any) -> list[dict[str, Any]]:
    """Return the properties of every component, outermost first."""
    found, left = [], json.loads(to_json(component))
    left = left if isinstance(left, list) else [left]
    while left:
        each = left.pop(0)
        if isinstance(each, dict) and "props" in each:
            found.append({"type": each["type"], **each["props"]})
            inside = each["props"].get("children")
            left = [*(inside if isinstance(inside, list) else [inside]), *left]
    return found


def bar(page: str, **choices: Any) -> list[dict[str, Any]]:
    selection = ROUTES[page].with_(**choices)
    usable = filters.usable(panels_of(selection, PANELS))
    return walked(filter_bar(selection, MONTHS, CATALOGUE, usable, ZH))


def fields(page: str) -> set[str]:
    found = bar(page)
    choices = {each["data-choice"].partition("=")[0] for each in found if "data-choice" in each}
    menus = {each["data-menu"] for each in found if "data-menu" in each}
    return {each["data-field"] for each in found if "data-field" in each} | choices | menus


def test_a_page_offers_what_its_panels_follow_and_nothing_else() -> None:
    for page in ("/", "/clusters", "/trade", "/digital"):
        usable = filters.usable(panels_of(ROUTES[page], PANELS))
        plain = {"industry", "region", "reference", "currency", "window", "accumulation"}
        assert fields(page) & plain == usable & plain
        assert ("growth" in fields(page)) == any(name.startswith("growth.") for name in usable)


def options(found: list[dict[str, Any]], field: str) -> dict[str, str]:
    at = next(each for each in found if each.get("data-field") == field)
    return dict(re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)</option>', at["children"]))


def test_a_month_chosen_elsewhere_stands_among_the_others() -> None:
    found = bar("/clusters", period=month_period(2019, 5), since=month_period(2018, 5), compare=month_period(2017, 5))
    assert options(found, "period")["2019-05"] == "2019年5月"
    assert options(found, "since")["2018-05"] == "2018年5月"
    assert options(found, "compare")["2017-05"] == "2017年5月"
    assert options(found, "window")[""] == "自选"
    assert "" not in options(bar("/clusters"), "window")


def test_the_areas_are_the_district_and_what_contains_it() -> None:
    found = bar("/clusters", reference="330200")
    assert list(options(found, "region").values()) == ["西海岸新区", "青岛", "山东", "全国"]
    assert list(options(found, "reference").values()) == ["青岛", "山东", "全国", "宁波"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_control_has_a_name(language: str) -> None:
    selection = ROUTES["/trade"].with_(language=language)
    usable = filters.usable(panels_of(selection, PANELS))
    for each in walked(filter_bar(selection, MONTHS, CATALOGUE, usable, Style("light", "cn", "desk", language))):
        if each["type"] == "Select" or each.get("role") in {"radiogroup", "group"}:
            assert each["aria-label"]


def links(components: Any) -> list[tuple[str, str]]:
    return [
        (each.get("data-pill") or ("undo" if "data-undo" in each else "step"), each["href"])
        for each in walked(components)
        if each["type"] == "A"
    ]


def shown(chosen: Selection) -> list[tuple[str, str]]:
    usable = filters.usable(panels_of(chosen, PANELS))
    return links(crumbs(chosen, CATALOGUE, usable, ZH))


def test_breadcrumb_and_pills_lead_to_the_screens_they_name() -> None:
    chosen = DESK.with_(partner="USA").with_(industry="C26")
    assert chosen.stack == ("partner", "industry")
    assert shown(chosen) == [
        ("step", chosen.with_(industry=None).address()),
        ("step", chosen.with_(industry="CL_PETRO").address()),
        ("partner", chosen.with_(partner=None).address()),
        ("industry", chosen.with_(industry=None).address()),
    ]
    assert shown(DESK) == []


def test_the_hint_counts_panels_and_undoes_the_last_step() -> None:
    chosen = DESK.with_(industry="C26")
    panels = panels_of(chosen, PANELS)
    found = hint(chosen, CATALOGUE, panels, ZH)
    following = sum("industry" in panel.follows for panel in panels)
    assert f"联动影响 {following} 个面板" in str(found)
    assert links(found) == [("undo", chosen.with_(industry="CL_PETRO").address())]
    assert hint(DESK, CATALOGUE, panels, ZH) == []


def test_two_sides_are_named_beside_the_stack() -> None:
    found = str(hint(DESK.with_(compare=month_period(2025, 9)), CATALOGUE, [], ZH))
    assert "左 · 最新，右 · 2025年9月；核心指标为左侧" in found

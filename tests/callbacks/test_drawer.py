"""The drawer tells what is true of the figures shown: revisions from the history, findings of their loads, dates."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from callbacks.context import Context
from callbacks.tools import expanded
from data.catalogue import load_catalogue
from data.clock import clock_for
from data.facts import Fact, Load
from data.findings import Finding
from data.periods import month_period
from data.selection import ROUTES
from data.settings import ROOT, Settings
from data.warehouse import Warehouse
from layouts.panels import PANELS

SEPTEMBER = month_period(2024, 9)


def context_over(warehouse: Warehouse, **choices: Any) -> Context:
    settings = Settings(warehouse="sqlite:///unused.db", today=date(2024, 10, 20), **choices)
    return Context(settings, load_catalogue(settings.catalogue), warehouse, clock_for(settings.today), PANELS, "build")


def load_of(value: float, vintage: date, digit: str, conf: str = "F", findings: tuple[Finding, ...] = ()) -> Load:
    catalogue = load_catalogue(Settings(warehouse="sqlite:///unused.db").catalogue)
    indicator = catalogue.indicators["container_throughput"]
    key = indicator.key(accumulation="S")
    facts = [
        Fact(key, SEPTEMBER, value, indicator.unit, "row 7, TEU", str(value), 1, "P", conf),
        Fact(key, SEPTEMBER - 1, 250.0, indicator.unit, "row 6, TEU", "250.0", 1),
    ]
    return Load("port", f"port-{vintage}.csv", digit * 64, 100, vintage, facts, rows_read=2, findings=findings)


@pytest.fixture
def port(warehouse: Warehouse) -> Warehouse:
    """A warehouse with one source of two editions: September was 261.0 and became 264.5."""
    from sqlalchemy import insert

    from data import schema

    with warehouse.writing.begin() as connection:
        connection.execute(insert(schema.source).values(SOURCE))
    remark = Finding("growth", "warn", "row 7, TEU", "264.5", "增速差异较大", "growth is far off")
    assert warehouse.write(load_of(261.0, date(2024, 10, 8), "a")).state == "done"
    assert warehouse.write(load_of(264.5, date(2024, 10, 18), "b", findings=(remark,))).state == "done"
    return warehouse


SOURCE: dict[str, Any] = {
    "code": "port",
    "title_zh": "港口月报",
    "title_en": "Port monthly",
    "publisher_zh": "青岛港",
    "publisher_en": "Port of Qingdao",
    "licence": "CC0",
    "page": "",
    "simulated": False,
}


def sections(warehouse: Warehouse, **choices: Any) -> dict[str, list[list[str]]]:
    content = expanded(context_over(warehouse), "teu", ROUTES["/"].with_(**choices))
    return {section["title"]: section["rows"] for section in content["drawer"]["sections"]}


def test_a_revision_is_told_with_its_vintage_on_both_engines(port: Warehouse) -> None:
    assert sections(port)["修订记录"] == [["2024-10-18", "2024年9月 261.0 → 264.5"]]
    assert sections(port, language="en")["Revisions"] == [["2024-10-18", "Sep 2024 261.0 → 264.5"]]


def test_chain_checks_and_next_release_are_those_of_the_figures(port: Warehouse) -> None:
    told = sections(port)
    chain = " ".join(part for row in told["数据链路"] for part in row)
    for part in (
        "青岛港《港口月报》",
        "port-2024-10-18.csv",
        "SHA-256 bbbbbbbbbbbb",
        "发布 2024-10-18",
        "row 7, TEU",
        "修订 1",
    ):
        assert part in chain
    checks = [text for _, text in told["质量检查"]]
    assert "row 7, TEU：增速差异较大" in checks
    assert any("初步" in text for text in checks)
    assert told["下次更新"][0][1] == "2024-11-10（2024年10月数据） · 正常 · 按期后约 10 天推算"
    assert "青岛港" in told["引用与复用"][0][1]


def test_a_revision_of_a_confidential_figure_tells_no_number(port: Warehouse) -> None:
    hidden = load_of(270.0, date(2024, 10, 19), "c", conf="C")
    assert port.write(hidden).state == "done"
    content = expanded(context_over(port), "teu", ROUTES["/"])
    text = str(content)
    assert "270" not in text
    assert "264.5" not in text
    assert "261.0" not in text


def test_the_next_release_is_the_one_of_the_calendar_of_the_source(port: Warehouse, tmp_path: Path) -> None:
    declared = (ROOT / "data" / "sources" / "eia_wti_monthly.toml").read_text(encoding="utf-8")
    release = re.sub(r"release = .*", 'release = { every = "month", day = 10 }', declared)
    tmp_path.joinpath("port.toml").write_text(release.replace('"eia_wti_monthly"', '"port"'), encoding="utf-8")
    context = context_over(port, sources=tmp_path)
    for language, title, said in (
        (
            "zh",
            "下次更新",
            "2024-11-11（2024年10月数据） · 正常 · 来源发布日历：每月数据：次月 10 日，遇节假日顺延 09:00",
        ),
        (
            "en",
            "Next release",
            "2024-11-11 (Oct 2024) · current · release calendar of the source: every month: day 10,",
        ),
    ):
        content = expanded(context, "teu", ROUTES["/"].with_(language=language))
        (row,) = next(each["rows"] for each in content["drawer"]["sections"] if each["title"] == title)
        assert row[1].startswith(said)  # the 10th of November 2024 is a Sunday

"""A panel whose figures are all confidential or not for publication says so, and gives none of them away."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from flask import Flask

from app import create_app
from callbacks import panels
from callbacks.context import Context
from callbacks.exports import add_exports
from data.catalogue import Catalogue, load_catalogue
from data.periods import month_period
from data.queries import Want, read_frame
from data.selection import ROUTES
from data.settings import ROOT, Settings
from data.warehouse import Warehouse
from layouts.panels import PANELS
from tests.data.loads import declare_sources, fact, load

OCTOBER, YEAR_BEFORE = month_period(2024, 10), month_period(2023, 10)
KINDS = ("csv", "json", "xlsx")
SECRET, BASE, RATE = 987.6, 876.5, 7.3


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "data" / "catalogue")


@pytest.fixture
def context(warehouse_url: str, warehouse: Warehouse) -> Iterator[Context]:
    """What the callbacks of an app over the warehouse of this test are given."""
    declare_sources(warehouse)
    found: Context = create_app(Settings(warehouse=warehouse_url)).server.extensions["onescreen"]
    yield found
    found.warehouse.dispose()


def hidden(catalogue: Catalogue, indicator: str, conf: str = "C", **dims: str) -> list[Any]:
    """Return a figure and its growth that may not be shown, and the free one of the year before."""
    key = catalogue.indicators[indicator].key(accumulation="S", **dims)
    return [
        fact(SECRET, key=key, period=OCTOBER, conf_status=conf),
        fact(BASE, key=key, period=YEAR_BEFORE),
        fact(RATE, key=key.with_(measure="yoy"), period=OCTOBER, unit="PERCENT"),
    ]


def answers(client: Any, code: str) -> str:
    """Return everything a reader can be sent of a panel, as text."""
    found = {kind: client.get(f"/export/{code}.{kind}", headers={"Host": "localhost"}) for kind in KINDS}
    assert {each.status_code for each in found.values()} == {200}
    book = openpyxl.load_workbook(io.BytesIO(found.pop("xlsx").data))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    return "\n".join([*(each.get_data(as_text=True) for each in found.values()), *cells])


@pytest.mark.parametrize(
    ("conf", "zh", "en"), [("C", "保密", "Confidential"), ("N", "不对外公布", "Not for publication")]
)
def test_a_panel_of_confidential_figures_says_so_and_whom_to_ask(
    context: Context, warehouse: Warehouse, catalogue: Catalogue, conf: str, zh: str, en: str
) -> None:
    teu = [each for each in hidden(catalogue, "container_throughput", conf) if each.period == OCTOBER]
    warehouse.write(load(teu, content="secret"))
    for language, word, publisher in (("zh", zh, "统计局"), ("en", en, "Bureau")):
        selection = ROUTES["/trade"].with_(language=language)
        with context.warehouse.snapshot() as data:
            view = panels.view(context, data, PANELS["teu"], selection)
            told = repr(panels.parts(context, data, "teu", selection))
        assert view.drawn.empty is not None
        assert word in (view.drawn.empty.reason_zh, view.drawn.empty.reason_en)[language == "en"]
        assert publisher in told
        assert "bi-lock" in told
        assert str(SECRET) not in told
        assert str(RATE) not in told
    server = Flask(__name__)
    add_exports(server, context)
    text = answers(server.test_client(), "teu")
    assert zh in text
    assert str(SECRET) not in text
    assert str(RATE) not in text


def test_one_free_figure_is_shown_and_the_panel_stays_open(
    context: Context, warehouse: Warehouse, catalogue: Catalogue
) -> None:
    warehouse.write(load(hidden(catalogue, "container_throughput"), content="secret"))
    with context.warehouse.snapshot() as data:
        view = panels.view(context, data, PANELS["teu"], ROUTES["/trade"])
    assert view.drawn.empty is None


def test_growth_that_would_give_a_confidential_level_back_is_hidden_with_it(
    warehouse: Warehouse, catalogue: Catalogue
) -> None:
    declare_sources(warehouse)
    level = catalogue.indicators["container_throughput"].key(accumulation="S")
    growth, average = level.with_(measure="yoy"), level.with_(measure="avg2")
    year_after = OCTOBER + 12
    facts = [
        *hidden(catalogue, "container_throughput"),
        fact(1000.0, key=level, period=year_after),
        *(fact(RATE, key=growth, period=period, unit="PERCENT") for period in (YEAR_BEFORE, year_after)),
        *(fact(3.0, key=average, period=period, unit="PERCENT") for period in (year_after, year_after + 12)),
    ]
    warehouse.write(load(facts, content="secret"))
    frame = read_frame(warehouse, [Want(key, 0, 10**6) for key in (level, growth, average)], True)
    values = {key.measure: [cell.value for cell in frame[key]] for key in (level, growth, average)}
    # The growth of the year after gives the hidden level back from the free one; that of the year before does not.
    assert values == {"level": [BASE, None, 1000.0], "yoy": [RATE, None, None], "avg2": [None, None]}
    assert {cell.conf_status for cell in frame[growth]} == {"F", "C"}
    assert not [cell.place for cell in frame[growth] if cell.value is None and cell.place]

"""With ``ONESCREEN_SIMULATED=off`` nothing simulated is on a page, in a table or among the rows that are read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from sqlalchemy import event, select

from app import create_app
from data import schema
from data.settings import Settings
from data.warehouse import open_warehouse
from tests.screenshots import ALL_DRAWN
from tests.servers import LiveServer

WORDS = ("模拟", "imulated", "Sim.")


@pytest.fixture(scope="module")
def settings(filled_settings: Settings) -> Settings:
    """The warehouse holds simulated rows: hiding them must not depend on their absence."""
    warehouse = open_warehouse(filled_settings.warehouse, readonly=True)
    assert warehouse.read(select(schema.observation.c.period).where(schema.observation.c.simulated).limit(1))
    warehouse.dispose()
    return filled_settings.model_copy(update={"simulated": False})


@pytest.fixture(scope="module")
def real_only(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    server = LiveServer(settings, tmp_path_factory.mktemp("real") / "log")
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("path", ["/", "/wall/overview"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_shows_anything_simulated(browser: Browser, real_only: LiveServer, path: str, language: str) -> None:
    page = browser.new_page(viewport={"width": 3840, "height": 1080})
    page.goto(f"{real_only.url}{path}?language={language}")
    page.wait_for_function(ALL_DRAWN, timeout=60_000)
    html = page.content()
    empty = page.evaluate(
        "() => [...document.querySelectorAll('[data-panel]')].filter((panel) => panel.querySelector('.emptybox'))"
        ".map((panel) => [panel.dataset.panel, panel.querySelector('.emptybox').innerText.trim()])"
    )
    drawn = page.evaluate("() => document.querySelectorAll('[data-panel].drawn').length")
    page.close()
    assert [word for word in WORDS if word in html] == []
    assert dict(empty).keys() >= {"clusters", "heat"}  # no open source publishes them, and they say so
    assert all(len(words.split("\n")) >= 2 for _, words in empty)  # why, and what to do
    assert drawn >= 2  # what is real is still there


def test_no_row_read_for_any_panel_or_table_is_simulated(settings: Settings) -> None:
    context = create_app(settings).server.extensions["onescreen"]
    from callbacks import overview, panels, tools
    from data.selection import ROUTES

    statements: list[str] = []
    engine = context.warehouse.reading
    event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    for selection in (ROUTES["/"], ROUTES["/wall/overview"], ROUTES["/"].with_(accumulation="S", language="en")):
        with context.warehouse.snapshot() as data:
            made: list[object] = [panels.parts(context, data, code, selection) for code in context.panels]
            made.append(overview.head_parts(context, data, selection))
            made.append(overview.key_figure_cards(context, data, selection, selection.page))
        made += [tools.expanded(context, code, selection) for code in context.panels]
        told = repr(made).replace("'simulated': False", "")  # what the dialog is told, no word on it
        assert [word for word in WORDS if word in told] == []
    # The data catalogue counts what each source has brought, by source; it reads no value.
    counting = "SELECT load.source_code"
    reading = [statement for statement in statements if not statement.startswith(counting)]
    asked = [statement for statement in reading if "FROM observation" in statement]
    assert asked
    assert [statement for statement in asked if "observation.simulated IS 0" not in statement] == []


def test_a_warehouse_filled_without_simulation_holds_none(tmp_path) -> None:
    from data.refresh import refresh

    settings = Settings(warehouse=f"sqlite:///{tmp_path}/onescreen.db", simulated=False)
    assert not refresh(settings).failed
    warehouse = open_warehouse(settings.warehouse, readonly=True)
    simulated = schema.observation.c.simulated
    rows = warehouse.read(select(simulated).distinct())
    simulated_source = schema.source.c.code == schema.load.c.source_code
    loads = warehouse.read(
        select(schema.load.c.load_id).join(schema.source, simulated_source).where(schema.source.c.simulated)
    )
    warehouse.dispose()
    assert [row[0] for row in rows] == [False]
    assert loads == []

"""A page drawn as a whole: the same as its panels alone, each failing alone, and never keeping the page waiting."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from dash import Dash

from app import create_app
from callbacks import panels
from callbacks.context import Context
from callbacks.drawing import drawing, panel_written
from callbacks.page import FirstPages
from callbacks.refusals import RefusalError
from data.periods import month_period
from data.queries import read_frame, read_frames
from data.selection import ROUTES, Selection
from data.settings import Settings
from layouts.screens import drawn_on

CHOICES: list[tuple[str, dict[str, Any]]] = [
    ("/", {}),
    ("/", {"period": month_period(2025, 3), "accumulation": "S", "language": "en"}),
    ("/clusters", {"industry": "CL_PETRO", "stack": ("industry",)}),
    ("/trade", {"compare": month_period(2025, 6)}),
    ("/wall/overview", {}),
]


@pytest.fixture(scope="module")
def app(filled_settings: Settings) -> Iterator[Dash]:
    """Return the real application over the filled warehouse."""
    made = create_app(filled_settings)
    yield made
    made.server.extensions["onescreen"].warehouse.dispose()


@pytest.fixture
def context(app: Dash) -> Context:
    """Return its context with nothing kept from the test before."""
    context: Context = app.server.extensions["onescreen"]
    return replace(context, results=type(context.results)())


def chosen(path: str, choices: dict[str, Any]) -> Selection:
    return ROUTES[path].with_(**choices)


def drawn(context: Context, selection: Selection, page: str = "") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(drawing(context, page or selection.page, selection))
    return found


@pytest.mark.parametrize(("path", "choices"), CHOICES)
def test_everybody_gets_the_frame_it_would_have_got_alone(context: Context, path: str, choices: Any) -> None:
    selection = chosen(path, choices)
    names = drawn_on(selection.page, selection, context.panels)
    asked = {name: context.panel(name).ask(context.catalogue, selection) for name in names}
    with context.warehouse.snapshot() as data:
        together = read_frames(data, asked, True, selection.as_of)
        alone = {name: read_frame(data, wants, True, selection.as_of) for name, wants in asked.items()}
    assert together == alone
    assert any(len(frame) for frame in alone.values())
    assert [list(frame) for frame in together.values()] == [list(frame) for frame in alone.values()]


@pytest.mark.parametrize(("path", "choices"), CHOICES)
def test_a_page_shows_of_every_panel_what_the_panel_alone_shows(context: Context, path: str, choices: Any) -> None:
    selection = chosen(path, choices)
    found = drawn(context, selection)
    areas = drawn_on(selection.page, selection, context.panels)
    assert set(found["panels"]) == set(areas)
    with context.warehouse.snapshot() as data:
        for name, area in areas.items():
            alone = panel_written(panels.parts(context, data, name, selection, area=area))
            assert found["panels"][name] == json.loads(orjson.dumps(alone)), name
    assert (found["query"], found["version"]) == (selection.to_query(), context.data_version())


def test_a_panel_that_fails_fails_alone_and_is_tried_again(context: Context) -> None:
    def broken(*_: object) -> Any:
        raise ZeroDivisionError("secret detail")

    whole = context.panels
    for fault in ("ask", "draw"):
        panels_torn = {**whole, "trade": replace(whole["trade"], **{fault: broken})}
        torn = replace(context, panels=panels_torn, results=type(context.results)())
        found = drawn(torn, ROUTES["/"])
        parts = {(part, name): value for part, name, value in found["panels"]["trade"]["parts"]}
        assert parts["root", "data-state"] == "error"
        assert ("root", "data-version") not in parts  # the picture stays, and is known to be old
        assert "figure" not in found["panels"]["trade"]
        assert "secret detail" not in json.dumps(found)
        others = [panel for name, panel in found["panels"].items() if name != "trade"]
        assert all(["root", "data-version", context.data_version()] in panel["parts"] for panel in others)
        assert drawn(replace(torn, panels=whole), ROUTES["/"])["panels"]["trade"]["figure"]  # nothing of it was kept


def test_a_page_the_screen_does_not_have_is_refused(context: Context) -> None:
    assert drawn(context, ROUTES["/wall/overview"], "clusters")["panels"].keys() >= {"bubble@clusters"}
    with pytest.raises(RefusalError):
        drawing(context, "clusters", ROUTES["/"])
    with pytest.raises(RefusalError):
        drawing(context, "city", ROUTES["/wall/overview"])


def test_a_text_in_the_first_drawing_cannot_end_its_element(app: Dash) -> None:
    index = app.server.test_client().get("/", headers={"Host": "localhost"}).get_data(as_text=True)
    block = index.split('id="first-drawing">')[1].split("</script>")[0]
    assert "<" not in block
    assert json.loads(block)["panels"]["trade"]["figure"]["data"]


def test_a_drawing_that_takes_long_does_not_keep_the_page_waiting(context: Context) -> None:
    """The page goes out with skeletons; who asks afterwards gets what was being worked out meanwhile."""
    slow, go_on, calls = context.panels["trade"], threading.Event(), []

    def waiting(given: Any) -> Any:
        calls.append(given)
        assert go_on.wait(60)
        return slow.draw(given)

    held = replace(context, panels={**context.panels, "trade": replace(slow, draw=waiting)})
    html, first = FirstPages(held, patience_s=0.2).make(ROUTES["/"])
    assert html.count('data-state="loading"') == len(drawn_on("overview", ROUTES["/"], held.panels))
    assert json.loads(first)["panels"] == {}
    assert json.loads(first)["version"] == ""
    go_on.set()
    assert drawn(held, ROUTES["/"])["panels"]["trade"]["figure"]
    assert len(calls) == 1

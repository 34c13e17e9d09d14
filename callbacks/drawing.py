"""One callback draws a page: read the selection strictly, ask the warehouse once, draw every panel, write it as JSON.

A page asks as a whole because its panels ask for much the same: one statement reads the figures of all of them, from
one state of the data. A panel that fails fails alone. What is written is made once for everybody who looks at it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from dash import MATCH, ClientsideFunction, Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from callbacks import overview, panels
from callbacks.board import asked_by_warnings
from callbacks.context import Context, style_of
from callbacks.doorman import Doorman, QueryText, ShortText, Wire
from callbacks.filters import bar_places
from callbacks.refusals import RefusalError
from callbacks.security import report
from layouts import ids, panel
from layouts.counts import COUNTED
from layouts.markup import markup
from layouts.screens import drawn_on

if TYPE_CHECKING:
    from data.queries import Frame, Want
    from data.selection import Selection
    from data.warehouse import Snapshot
    from layouts.panel import Parts

HEAD, CARDS, WARNINGS = "head", "key figures", "warnings"  # what of a page asks for figures beside its panels


@dataclass
class Drawn:
    """A drawing on its way: panels by name, other places by their id, and whether something of it failed."""

    panels: dict[str, Parts]
    places: dict[str, Any]
    version: str = ""
    failed: bool = False


class UnfinishedError(Exception):
    """A drawing of which something failed: it is shown, and made anew for the next who asks."""

    def __init__(self, written: bytes) -> None:
        super().__init__()
        self.written = written


def register(app: Dash, doorman: Doorman, context: Context) -> None:
    """Register the callback that draws a page, and the clientside ones that ask for it and write it."""

    @doorman.callback(
        [Output(ids.drawn(MATCH), "data")],
        Wire(Input(ids.asked(MATCH), "data"), ShortText),
        Wire(State(ids.SELECTION, "data"), QueryText),
        Wire(State(ids.LOCATION, "pathname"), ShortText),
        prevent_initial_call=True,
    )
    def draw_page(page: str, asked: str | None, query: str | None, path: str | None) -> list[orjson.Fragment]:
        if not asked or query is None or path is None:
            raise PreventUpdate
        return [orjson.Fragment(drawing(context, page, context.selection_at(path, query)))]

    own = {"prevent_initial_call": True}
    app.clientside_callback(
        ClientsideFunction("onescreen", "write"),
        Output(ids.shown(MATCH), "data"),
        Input(ids.drawn(MATCH), "data"),
        **own,
    )
    app.clientside_callback(
        ClientsideFunction("onescreen", "follow"), Input(ids.SELECTION, "data"), Input(ids.TICK, "data"), **own
    )


def drawing(context: Context, page: str, selection: Selection) -> bytes:
    """Return the JSON of a page under a selection as ``assets/drawing.js`` writes it.

    ``RefusalError`` for a page the screen does not have. A warehouse that is away draws a page on which every panel
    says so.
    """
    try:
        areas = drawn_on(page, selection, context.panels)
    except KeyError:
        raise RefusalError("bad_payload") from None
    try:
        with context.warehouse.snapshot() as data:
            key = ("page", page, selection.address(), data.version, context.clock.today(), _moment(context, areas))
            made: bytes = context.results.get_or_make(key, lambda: _made(context, data, page, selection, areas))
        return made
    except RefusalError:
        raise
    except UnfinishedError as unfinished:
        return unfinished.written
    except Exception as error:  # noqa: BLE001 - whatever the reason, the screen must say that it failed
        failed = _failed(context, selection, error)
        return _written(Drawn(dict.fromkeys(areas, failed), {}, failed=True), page, selection)


def unmade(page: str, selection: Selection) -> bytes:
    """Return the JSON of a page of which nothing is drawn yet: the browser asks for it as soon as it can."""
    return _written(Drawn({}, {}), page, selection)


def _moment(context: Context, names: Mapping[str, str]) -> str:
    """Return the minute for a page about runs of sources, which come and go without a new state of the data."""
    about_runs = any("sources" in context.panel(name).reads for name in names)
    return f"{context.clock.now():%H:%M}" if about_runs else ""


def _made(context: Context, data: Snapshot, page: str, selection: Selection, areas: Mapping[str, str]) -> bytes:
    """Draw and write a page. ``UnfinishedError`` with what was written if something of it failed."""
    drawn = _drawn(context, data, page, selection, areas)
    written = _written(drawn, page, selection)
    if drawn.failed:
        raise UnfinishedError(written)
    return written


def _drawn(context: Context, data: Snapshot, page: str, selection: Selection, areas: Mapping[str, str]) -> Drawn:
    drawn = Drawn({}, {}, data.version)
    asked = _asked(context, drawn, page, selection, areas)
    frames = context.frames(data, asked, selection)
    for name, area in areas.items():
        if name not in drawn.panels:
            drawn.panels[name] = _panel(
                context, data, drawn, name, selection, area, panels.Answer(asked[name], frames[name])
            )
    for make in _places(context, data, page, selection, frames):
        try:
            drawn.places |= make()
        except Exception as error:  # noqa: BLE001 - as for a panel: what stands there stays
            report(error)
            drawn.failed = True
    return drawn


def _places(
    context: Context, data: Snapshot, page: str, selection: Selection, frames: Mapping[str, Frame]
) -> list[Callable[[], dict[str, Any]]]:
    """Return what makes the places of a page that are no panel, by their ids."""
    cards = partial(_cards, context, data, page, selection, frames.get(CARDS))
    if page != selection.page:
        return [cards]
    head = partial(overview.head_parts, context, data, selection, frames[HEAD], frames[WARNINGS])
    return [cards, head, partial(bar_places, context, data, selection)]


def _cards(context: Context, data: Snapshot, page: str, selection: Selection, frame: Frame | None) -> dict[str, Any]:
    return {ids.kpis(page): overview.key_figure_cards(context, data, selection, page, frame)}


def _asked(
    context: Context, drawn: Drawn, page: str, selection: Selection, areas: Mapping[str, str]
) -> dict[str, Sequence[Want]]:
    """Return what every part of the page asks for; a panel that cannot even ask has failed."""
    asked: dict[str, Sequence[Want]] = {}
    for name in areas:
        try:
            asked[name] = context.panel(name).ask(context.catalogue, selection)
        except Exception as error:  # noqa: BLE001 - one panel's fault is not the others'
            drawn.panels[name], drawn.failed = _failed(context, selection, error), True
    if page not in COUNTED:
        asked[CARDS] = overview.ask_for(context, selection.with_(page=page))
    if page == selection.page:
        asked[HEAD] = overview.ask_for(context, overview.of_head(selection))
        asked[WARNINGS] = asked_by_warnings(context, selection)
    return asked


def _panel(
    context: Context, data: Snapshot, drawn: Drawn, name: str, selection: Selection, area: str, answer: panels.Answer
) -> Parts:
    try:
        return panels.parts(context, data, name, selection, answer, area)
    except Exception as error:  # noqa: BLE001 - as above
        drawn.failed = True
        return _failed(context, selection, error)


def _failed(context: Context, selection: Selection, error: Exception) -> Parts:
    """Return what a panel shows after a failure: the last good picture stays and a banner says so."""
    return panel.failed_parts(style_of(selection), f"{context.clock.now():%H:%M}", report(error))


def _written(drawn: Drawn, page: str, selection: Selection) -> bytes:
    return orjson.dumps(
        {
            "page": page,
            "query": selection.to_query(),
            "version": drawn.version,
            "panels": {name: panel_written(parts) for name, parts in drawn.panels.items()},
            "places": {name: markup(children) for name, children in drawn.places.items()},
        }
    )


def panel_written(parts: Parts) -> dict[str, Any]:
    """Return a panel as ``{"figure": …, "parts": [[part, property, text], …]}``; without a key nothing changes."""
    figure = {name: value for (_, name), value in parts.items() if name == "figure"}
    rest = [
        (where, name, markup(value) if name == "html" else value)
        for (where, name), value in parts.items()
        if name != "figure"
    ]
    return {**figure, "parts": rest}

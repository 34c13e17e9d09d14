"""The page: what every address carries, and the screen that stands in its first byte."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.context import Context, style_of
from callbacks.drawing import drawing, unmade
from callbacks.filters import bar_of
from callbacks.security import report
from data.selection import ROUTES
from layouts import expanded, ids
from layouts.markup import markup
from layouts.screens import NO_BAR, Bar, screen

if TYPE_CHECKING:
    from data.queries import Reader
    from data.selection import Selection

PATIENCE_S = 1.5
MOST_WORKERS = 8
STORES = (
    *(ids.TICK, ids.SELECTION, ids.MIRROR, ids.ADDRESS, ids.CHOICE, ids.MARK, ids.TREE_OPENED, ids.TREE_CONTENT),
    *(ids.OPENED, ids.EXPANDED_CONTENT),
)


def root_layout() -> html.Div:
    """Return what Dash keeps: the address, and the stores between browser and server. All that is seen is HTML.

    It is the same for every address and asks nothing of the warehouse, so that a page opened while the warehouse is
    away comes to life when it is back.
    """
    pages = sorted({route.page for route in ROUTES.values()})
    stores: list[Component] = [dcc.Store(id=each) for each in STORES]
    stores += [dcc.Store(id=make(page)) for page in pages for make in (ids.asked, ids.drawn, ids.shown)]
    return html.Div([dcc.Location(id=ids.LOCATION, refresh=False), *stores], id="root")


class FirstPages:
    """Makes what the first byte of a page carries: the screen before its data, and the first drawing.

    A drawing that is not there in ``patience_s`` is not waited for: the page goes out with its skeletons and asks for
    it by itself, and whoever works it out goes on, once for all who ask.
    """

    def __init__(self, context: Context, patience_s: float = PATIENCE_S) -> None:
        self._context = context
        self._patience_s = patience_s
        self._of_process: tuple[int, ThreadPoolExecutor] | None = None

    def make(self, selection: Selection) -> tuple[str, bytes]:
        """Return the screen as HTML and its first drawing as JSON."""
        made = self._workers().submit(_first_page, self._context, selection)
        try:
            return made.result(self._patience_s)
        except TimeoutError:
            return screen_of(self._context, selection, NO_BAR), unmade(selection.page, selection)

    def _workers(self) -> ThreadPoolExecutor:
        """Return the threads of this process: none of another one's cross a fork."""
        if self._of_process is None or self._of_process[0] != os.getpid():
            self._of_process = os.getpid(), ThreadPoolExecutor(MOST_WORKERS, thread_name_prefix="first-drawing")
        return self._of_process[1]


def _first_page(context: Context, selection: Selection) -> tuple[str, bytes]:
    return _screen(context, selection), drawing(context, selection.page, selection)


def screen_of(context: Context, selection: Selection, bar: Bar) -> str:
    """Return the screen of a selection before its data as HTML."""
    style = style_of(selection)
    title, pages = context.title(selection.language), context.catalogue.pages
    shown: list[Component] = [screen(selection, context.panels, title, pages, bar)]
    if not style.wall:
        shown.append(expanded.dialog(style))
    return markup(shown)


def _screen(context: Context, selection: Selection) -> str:
    """Return the screen before its data, written once for a selection, a state of the data and a day.

    Where the warehouse is away the bar of the desk is empty; the next drawing fills it.
    """
    try:
        with context.warehouse.snapshot() as data:
            key = ("screen", selection.address(), data.version, context.clock.today())
            made: str = context.results.get_or_make(
                key, lambda: screen_of(context, selection, _bar(context, data, selection))
            )
        return made
    except Exception as error:  # noqa: BLE001 - the page says so on its panels, and comes to life without a reload
        report(error)
        return screen_of(context, selection, NO_BAR)


def _bar(context: Context, data: Reader, selection: Selection) -> Bar:
    return NO_BAR if style_of(selection).wall else bar_of(context, data, selection)

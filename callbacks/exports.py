"""Files of a panel or a page, as shown: ``/export/<panel>.<kind>`` and ``/export/page/<page>.xlsx``.

The query is the selection's own, read as strictly as a page's; panel, page and kind are known codes or a 404. A file
is made from one state of the data by the code that draws the screen, and kept for as long as that state lasts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson
from flask import Flask, Response, request

from callbacks import panels
from callbacks.cache import ResultCache
from callbacks.context import Context
from callbacks.refusals import RefusalError
from callbacks.tools import origins_of
from data.selection import ROUTES, Selection
from layouts.compare import SUFFIX
from layouts.export_files import csv_file, xlsx
from layouts.export_names import disposition, page_stem, stem
from layouts.export_page import page_sheets
from layouts.export_picture import picture, picture_style
from layouts.export_sheets import sheets
from layouts.screens import desk_places, laid_out, page_of

if TYPE_CHECKING:
    from data.warehouse import Snapshot
    from layouts.view import View

MOST_KEPT = 64
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
File = tuple[str, bytes]


def add_exports(server: Flask, context: Context) -> None:
    """Add the routes of exported files; they answer GET only."""
    kept: ResultCache[File] = ResultCache(MOST_KEPT)

    def panel_file(code: str, kind: str) -> Response:
        if code not in context.panels or kind not in TYPES:
            raise RefusalError("not_found")
        page = page_of(code.removesuffix(SUFFIX), context.panels)
        selection = context.selection_at(_path(page), _query())
        return _answer(
            code,
            kind,
            _kept(context, kept, (code, kind), selection, lambda data: _make(context, data, code, kind, selection)),
        )

    def page_file(page: str) -> Response:
        selection = context.selection_at(_path(page), _query())
        return _answer(
            page, "xlsx", _kept(context, kept, (page,), selection, lambda data: page_workbook(context, data, selection))
        )

    server.add_url_rule("/export/<code>.<kind>", endpoint="export_panel", view_func=panel_file, methods=["GET"])
    server.add_url_rule("/export/page/<page>.xlsx", endpoint="export_page", view_func=page_file, methods=["GET"])


def _path(page: str) -> str:
    """Return the path of a planners' page; ``RefusalError`` if there is none of that name."""
    path = next((path for path, route in ROUTES.items() if (route.page, route.kind) == (page, "desk")), None)
    if path is None:
        raise RefusalError("not_found")
    return path


def _query() -> str:
    return request.query_string.decode("latin-1")


def _kept(
    context: Context,
    kept: ResultCache[File],
    key: tuple[str, ...],
    selection: Selection,
    make: Callable[[Snapshot], File],
) -> File:
    with context.warehouse.snapshot() as data:
        whole = (*key, selection.address(), data.version, context.clock.today())
        return kept.get_or_make(whole, lambda: make(data))


def _answer(code: str, kind: str, file: File) -> Response:
    name, content = file
    response = Response(content, content_type=TYPES[kind])
    if kind != "json":
        response.headers["Content-Disposition"] = disposition(name, f"{code}.{kind}")
    return response


def _make(context: Context, data: Snapshot, code: str, kind: str, selection: Selection) -> File:
    return MAKERS[kind](context, data, code, selection)


def _view(context: Context, data: Snapshot, code: str, selection: Selection) -> View:
    return panels.view(context, data, context.panels[code], selection)


def workbook(context: Context, data: Snapshot, code: str, selection: Selection) -> File:
    """Return a panel's workbook: data, table as shown, definitions."""
    view = _view(context, data, code, selection)
    return f"{stem(view)}.xlsx", xlsx(sheets(view, origins_of(context, data, view), selection.address()))


def data_file(context: Context, data: Snapshot, code: str, selection: Selection) -> File:
    """Return a panel's data as CSV: the first sheet of its workbook."""
    view = _view(context, data, code, selection)
    return f"{stem(view)}.csv", csv_file(sheets(view, origins_of(context, data, view), selection.address())[0])


def picture_file(context: Context, data: Snapshot, code: str, selection: Selection) -> File:
    """Return what the browser draws a panel's picture from."""
    view = panels.view(context, data, context.panels[code], selection, picture_style(selection))
    return "", orjson.dumps(picture(view, context.build))


MAKERS: dict[str, Callable[[Context, Any, str, Selection], File]] = {
    "xlsx": workbook,
    "csv": data_file,
    "json": picture_file,
}


def page_workbook(context: Context, data: Snapshot, selection: Selection) -> File:
    """Return a workbook of every panel on a page: the data of all, then each panel's table and definitions.

    Of two screens side by side it holds both.
    """
    places = laid_out(selection, desk_places(selection.page, context.panels))
    views = [_view(context, data, place.panel, selection) for place in places]
    every = [sheets(view, origins_of(context, data, view), selection.address()) for view in views]
    page = context.catalogue.pages[selection.page].word("name", selection.language)
    return f"{page_stem(views, page)}.xlsx", xlsx(page_sheets(views, every, page))

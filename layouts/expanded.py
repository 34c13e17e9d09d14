"""The dialog of one panel: chart, table or both, the drawer beside them, and what stands in it.

``dialog`` is the empty frame, the same on every page; ``content`` is all that ``assets/later-1-dialog.js`` fills it
with, as plain data: hundreds of rows of components would hold the page for many seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from dash import html

from layouts import ids, marks, words
from layouts.drawer import drawer
from layouts.lineage import lineage
from layouts.markup import markup
from layouts.texts import text
from layouts.toolbar import button
from layouts.twin import twin

if TYPE_CHECKING:
    from layouts.drawer import Origins
    from layouts.theme import Style
    from layouts.twin import Twin, TwinCell, TwinRow
    from layouts.view import View

VIEWS = ("chart", "table", "both")
SAID_BY_SCRIPT = (
    *("copied", "copy_by_hand", "exporting", "exported", "export_failed", "content_failed", "status", "close"),
    *("tool_export", "tool_lineage", "sources_table"),
    *(f"export_{kind}{part}" for kind in ("png", "svg", "xlsx", "csv") for part in ("", "_hint")),
)


def dialog(style: Style) -> html.Dialog:
    """Return the dialog before a panel was opened; ``data-words`` are the texts its script says."""
    said = {name: _template(name, style) for name in SAID_BY_SCRIPT}
    tools = [
        button("export", "download", "menu", style),
        button("lineage", "info-circle", "", style),
        button("share", "link-45deg", "", style),
        html.Button(
            marks.icon("x-lg"),
            className="tool",
            type="button",
            title=text("close", style.language),
            **marks.attributes(data_close="", aria_label=text("close", style.language)),
        ),
    ]
    head = [
        html.Div(
            [html.H2(id="expanded-title"), html.P(**marks.attributes(data_place="takeaway"))], className="x-title"
        ),
        html.Div(
            [_place("flags", "x-flags"), _view_switch(style), html.Div(tools, className="x-tools")], className="x-side"
        ),
    ]
    body = [
        _place("chart", "x-chart", role="img", tabIndex="0"),
        html.Div(id=ids.EXPANDED_BODY, className="x-html p-html"),
        _place("table", "x-table"),
    ]
    main = [html.Header(head, className="x-head"), html.Div(body, className="x-body"), _place("foot", "x-foot")]
    aside = html.Aside(className="x-drawer", tabIndex="0", **marks.attributes(data_place="drawer"), hidden=True)
    return html.Dialog(
        [
            html.Div(main, className="x-main"),
            aside,
        ],
        id=ids.EXPANDED,
        className="x-dialog",
        **marks.attributes(aria_labelledby="expanded-title", data_words=orjson.dumps(said).decode()),
    )


def _template(name: str, style: Style) -> str:
    return text(name, style.language, n="{n}", name="{name}", reason="{reason}")


def _place(name: str, class_name: str, **more: Any) -> html.Div:  # noqa: ANN401 - attributes of a component
    return html.Div(className=class_name, **more, **marks.attributes(data_place=name))


def _view_switch(style: Style) -> html.Div:
    """Return 图 / 表 / 图+表; the arrows change it, as in every group of radio buttons."""
    buttons = [
        html.Button(
            text(f"view_{name}", style.language),
            type="button",
            role="radio",
            **marks.attributes(data_view=name, aria_checked="false"),
        )
        for name in VIEWS
    ]
    return html.Div(
        buttons, className="seg", role="radiogroup", **marks.attributes(aria_label=text("view", style.language))
    )


def content(view: View, origins: Origins) -> dict[str, Any]:
    """Return everything the dialog shows of a panel."""
    style, stamp = view.style, view.stamp
    said = view.drawn.takeaway
    late = [["stale", stamp.overdue.sentence(style)]] if stamp.overdue else []
    return {
        "panel": view.panel.code,
        "title": view.title,
        "unit": view.unit,
        "takeaway": "" if said is None or view.drawn.empty else style.words(said.zh, said.en),
        "flags": [*([each.code, each.text] for each in stamp.worn(style)), *late],
        "simulated": stamp.simulated,
        "figure": None if view.drawn.empty else view.drawn.figure,
        "body": "" if view.drawn.empty else markup(view.drawn.children),
        "alt": view.drawn.alt,
        "table": table(twin(view), style),
        "sources": lineage(view.panel, view.frame, view.catalogue, style),
        "drawer": {"title": text("tool_lineage", style.language), "sections": drawer(view, origins)},
        "foot": foot(view),
    }


def foot(view: View) -> list[str]:
    """Return the line under the dialog: source at the left, how many periods and when loaded at the right."""
    spans = stamp_texts(view)
    return [spans[0], " · ".join(part for part in spans[1:] if part)]


def stamp_texts(view: View) -> list[str]:
    """Return source with note, period, and time of loading of what is shown, each as a text."""
    stamp, style = view.stamp, view.style
    loaded = f"{text('loaded', style.language)} {words.time_label(stamp.loaded_at)}" if stamp.loaded_at else ""
    return [stamp.source_line(style, view.drawn.note_zh, view.drawn.note_en), stamp.period_text, loaded]


def table(made: Twin, style: Style) -> dict[str, Any]:
    """Return the table twin as plain data: heads, and rows of cells as ``[text, direction, spoken, mark]``."""
    return {
        "caption": made.caption,
        "corner": made.corner,
        "heads": [[column.head, column.unit, column.kind] for column in made.columns],
        "status": text("status", style.language),
        "rows": [_row(row, style) for row in made.rows],
        "empty": made.empty,
        "byPeriod": made.by_period,
    }


def _row(row: TwinRow, style: Style) -> dict[str, Any]:
    badges = [[badge.code, badge.text] for badge in row.badges]
    return {
        "head": row.head,
        "cells": [_cell(cell) for cell in row.cells],
        "badges": badges or [["", text("as_published", style.language)]],
    }


def _cell(cell: TwinCell) -> list[str]:
    return [cell.text, cell.direction, cell.spoken, cell.mark]

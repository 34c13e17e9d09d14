"""The five tools of a panel on the desk: expand, table, export, definition and sources, share. A wall has none.

The buttons carry no component ids: ``assets/later-1-dialog.js`` hears them wherever they stand, and knows the panel
from the section around them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from layouts import marks
from layouts.texts import text

if TYPE_CHECKING:
    from layouts.theme import Style

TOOLS = (
    ("expand", "arrows-angle-expand", "dialog"),
    ("table", "table", "dialog"),
    ("export", "download", "menu"),
    ("lineage", "info-circle", "dialog"),
    ("share", "link-45deg", ""),
)


def toolbar(title: str, style: Style) -> list[html.Div]:
    """Return the toolbar of a panel with this title; one stop for the Tab key, arrows go on inside it."""
    if style.wall:
        return []
    label = text("tools", style.language, title=title)
    buttons = [button(*tool, style, in_tab_order=number == 0) for number, tool in enumerate(TOOLS)]
    return [html.Div(buttons, className="p-tools", role="toolbar", **marks.attributes(aria_label=label))]


def button(name: str, icon: str, popup: str, style: Style, *, in_tab_order: bool = True) -> html.Button:
    """Return the button of one tool."""
    label = text(f"tool_{name}", style.language)
    opens = {"aria_haspopup": popup} if popup else {}
    return html.Button(
        marks.icon(icon),
        className="tool",
        title=label,
        type="button",
        tabIndex="0" if in_tab_order else "-1",
        **marks.attributes(data_tool=name, aria_label=label, **opens),
    )


def page_export(page: str, style: Style) -> html.Button:
    """Return the button that exports every panel of a planners' page as one workbook."""
    label = text("export_page", style.language)
    return html.Button(
        marks.icon("download"),
        className="tool",
        title=label,
        type="button",
        **marks.attributes(data_export_page=page, aria_label=label),
    )

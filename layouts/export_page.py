"""The workbook of a whole page: contents, the data of every panel, each panel's table as shown, and definitions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from layouts.export_sheets import Row, Sheet
from layouts.texts import text

if TYPE_CHECKING:
    from layouts.view import View


def page_sheets(views: Sequence[View], of_panels: Sequence[Sequence[Sheet]], page: str) -> list[Sheet]:
    """Return the sheets of a page from its panels and their three sheets each."""
    first = views[0]
    say, simulated = first.style.words, any(view.stamp.simulated for view in views)
    mark = say("（含模拟）", " (simulated)") if simulated else ""
    notes = [page, *([text("some_simulated", first.style.language)] if simulated else [])]
    data, _, definitions = zip(*of_panels, strict=True)
    heads = [
        say(*head) for head in (("面板", "Panel"), ("结论", "Takeaway"), ("时期", "Period"), ("数据状态", "Status"))
    ]
    return [
        Sheet(say("目录", "Contents") + mark, notes, heads, [_contents_row(view) for view in views]),
        Sheet(say("数据", "Data") + mark, notes, data[0].heads, [row for sheet in data for row in sheet.rows]),
        *(_of_panel(view, sheets[1]) for view, sheets in zip(views, of_panels, strict=True)),
        Sheet(say("口径与来源", "Definitions") + mark, notes, [], _definitions(views, definitions)),
    ]


def _contents_row(view: View) -> Row:
    say, badges = view.style.words, view.stamp.worn(view.style)
    status = say("、", ", ").join(each.text for each in badges) or text("as_published", view.style.language)
    empty = view.drawn.empty
    said = say(empty.reason_zh, empty.reason_en) if empty else view.headline
    return [view.title, said, view.stamp.period_text, status]


def _of_panel(view: View, sheet: Sheet) -> Sheet:
    """Return the table of a panel on a sheet with the panel's name."""
    mark = view.style.words("（含模拟）", " (sim.)") if view.stamp.simulated else ""
    return Sheet(view.title[: 30 - len(mark)] + mark, sheet.notes, sheet.heads, sheet.rows)


def _definitions(views: Sequence[View], definitions: Sequence[Sheet]) -> list[Row]:
    rows: list[Row] = []
    for view, sheet in zip(views, definitions, strict=True):
        rows += [[view.title, "", ""], *sheet.rows, []]
    return rows

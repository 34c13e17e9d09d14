"""The picture of a panel as data: everything ``assets/later-2-picture.js`` sets on a sheet of 1200 × 675.

The takeaway is the headline; below it stand measure, periods and area; the chart (or the table, where a panel has no
chart) is the one of a light page at k = 1.4; the foot names source, definition, date and status, and the system.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layouts import words
from layouts.drawer import indicators_of
from layouts.export_names import stem
from layouts.texts import text
from layouts.theme import FONT_NUM, Style
from layouts.twin import twin

if TYPE_CHECKING:
    from data.facts import SeriesKey
    from data.selection import Selection
    from layouts.twin import Twin, TwinRow
    from layouts.view import View

SIZE = (1200, 675)
SCALE = 1.4
TEMPLATE = "light-desk"
FONT = 'Barlow, "Noto Sans SC", "Microsoft YaHei", sans-serif'
COLORS = {
    "surface": "surface",
    "surface2": "surface-2",
    "text": "text",
    "text2": "text-2",
    "line": "line-strong",
    "accent": "accent",
    "aging": "aging",
}


def picture_style(selection: Selection) -> Style:
    """Return how a picture is drawn, whatever the screen looks like: light, as a desk, in the reader's words."""
    return Style("light", selection.rise, "desk", selection.language)


def picture(view: View, build: str) -> dict[str, Any]:
    """Return the picture of a panel; ``view`` was drawn in ``picture_style``."""
    style, drawn, empty = view.style, view.drawn, view.drawn.empty
    made = twin(view)
    colors = {name: style.token(token) for name, token in COLORS.items()}
    colors |= {direction: style.change_color(direction) for direction in ("up", "down")}
    return {
        "name": stem(view),
        "size": SIZE,
        "k": SCALE,
        "template": TEMPLATE,
        "family": FONT,
        "numbers": FONT_NUM,
        "colors": colors,
        "headline": view.headline or view.title,
        "measure": measure_line(view),
        "legend": [] if empty else [list(each) for each in drawn.legend],
        "chart": None if empty else drawn.figure,
        "table": None if empty else _table(view, made),
        "reason": made.empty if empty else "",
        "alt": drawn.alt,
        "source": source_line(view),
        "system": system_line(view, build),
        "mark": _mark(view),
        "watermark": text("simulated_data", style.language) if view.stamp.simulated else "",
    }


def measure_line(view: View) -> str:
    """Return title, unit, periods and area: 外贸进出口　当月 亿元　|　2023年9月–2024年9月　|　西海岸新区."""
    head = f"{view.title}　{view.unit}" if view.style.language == "zh" else f"{view.title}, {view.unit}"
    areas = view.style.words("、", ", ").join(_areas(view))
    return "　|　".join(part for part in (head, _periods(view), areas) if part)


def _areas(view: View) -> list[str]:
    regions = dict.fromkeys(each.key.region for each in view.listed())
    known = [code for code in regions if code in view.catalogue.regions]
    return [view.catalogue.regions[code].word("name", view.style.language) for code in known]


def _periods(view: View) -> str:
    """Return the stretch of periods shown, of the series whose period is printed."""
    listed = view.listed()
    lead = next((each for each in listed if each.key == view.drawn.lead), listed[0] if listed else None)
    if lead is None or not lead.periods:
        return view.stamp.period_text
    first, last = min(lead.periods), max(lead.periods)
    labels = [_label(view, lead.key, period) for period in dict.fromkeys((first, last))]
    return " – ".join(labels)


def _label(view: View, key: SeriesKey, period: int) -> str:
    combined = view.catalogue.indicators[key.indicator].combined_january_february
    return words.period_label(key.frequency, key.accumulation, period, view.style.language, combined)


def source_line(view: View) -> str:
    """Return source, definition of the first indicator, date of the data, and their status."""
    style, stamp = view.style, view.stamp
    found = indicators_of(view)[:1]
    scope = [style.words(f"口径：{each.definition_zh}", f"Scope: {each.definition_en}") for each in found]
    loaded = words.time_label(stamp.loaded_at)[:10] if stamp.loaded_at else "…"
    dated = style.words(f"数据截至 {loaded}", f"Data as of {loaded}")
    if view.selection.as_of is not None:
        dated = style.words(f"截至 {view.selection.as_of} 所知", f"As known on {view.selection.as_of}")
    status = style.words("、", ", ").join(each.text for each in stamp.worn(style))
    late = [stamp.overdue.sentence(style)] if stamp.overdue else []
    note = stamp.source_line(style, view.drawn.note_zh, view.drawn.note_en)
    return "　".join([note, *scope, f"{dated} · {status or text('as_published', style.language)}", *late])


def system_line(view: View, build: str) -> str:
    """Return the name of the system, the code of the chart, and the versions of data and program."""
    district = view.catalogue.district
    name = view.style.words(district.title_zh, district.title_en)
    return f"{name}　{view.panel.code} · v{view.version} · {build[:7]}"


def _mark(view: View) -> str:
    if not view.stamp.simulated:
        return ""
    name = "simulated_data" if view.stamp.all_simulated else "some_simulated"
    return text(name, view.style.language)


def _table(view: View, made: Twin) -> dict[str, Any] | None:
    """Return the table of a panel without chart, or the figures that stand beside its chart; else nothing."""
    beside = [row for row in made.rows if row.beside]
    if view.drawn.figure is not None and not beside:
        return None
    rows = beside if view.drawn.figure is not None else list(made.rows)
    status = text("status", view.style.language)
    heads = [[made.corner, "", False]]
    heads += [[_head(column.head, column.unit), "", column.kind != "text"] for column in made.columns]
    more = view.style.words("另有 {n} 行，见数据文件", "{n} more rows: see the data file")
    listed = [_row(view, row, made) for row in rows]
    if view.drawn.figure is not None:
        return {"heads": [], "rows": [_without_period(row, made) for row in listed], "more": more}
    return {"heads": [*heads, [status, "", False]], "rows": listed, "more": more}


def _head(name: str, unit: str) -> str:
    return f"{name} {unit}".strip()


def _row(view: View, row: TwinRow, made: Twin) -> list[list[Any]]:
    cells = [
        [f"{cell.text} {cell.mark}".strip(), cell.direction, column.kind != "text"]
        for cell, column in zip(row.cells, made.columns, strict=True)
    ]
    badges = view.style.words("、", ", ").join(each.text for each in row.badges)
    return [[row.head, "", False], *cells, [badges or text("as_published", view.style.language), "", False]]


def _without_period(row: list[list[Any]], made: Twin) -> list[list[Any]]:
    """Return a narrow row for the place beside a chart: name, figure, unit, growth."""
    kept = [0, *(number + 1 for number, column in enumerate(made.columns) if column.head or column.kind != "text")]
    return [row[number] for number in kept]

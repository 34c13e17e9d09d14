"""The pulse of industry: growth by month, as a heat map of industries and as lines of the chosen one and the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.catalogue import Catalogue
from data.derived import reference_of
from data.facts import TOTAL
from data.industries import standing
from data.measures import Growth, Outcome
from data.queries import Cell, Want
from data.selection import Selection
from layouts import marks, words
from layouts.charts.heat import HeatRow, heat
from layouts.charts.lines import Line, Point, axis_values, lines
from layouts.mark_list import month_code
from layouts.panel import Drawing, Drawn, Empty, Panel
from layouts.panels import ranges, reading, views
from layouts.panels.cluster_figures import CLUSTERS, DIVISIONS, VIEWS, Measured, both_names, measured_by, name_of
from layouts.takeaways import PULSE, TWO_LINES, Entry, Named, Pair, Ranked, takeaway
from layouts.view import Listed

HEAT_SLOTS, LINE_SLOTS = 11, 12
UNITS = ("增加值当月同比 %", "y/y, %")
NO_PULSE = Empty(
    "没有公开的分行业月度增速",
    "No monthly growth by industry is published",
    "接入区工信、统计部门的月报后显示",
    "Connect the district's monthly returns to see it",
)


def _heat_codes(catalogue: Catalogue, industry: str | None) -> tuple[str, ...]:
    """Return the rows: every cluster, or the chosen cluster with its divisions below it."""
    stands = standing(catalogue, industry)
    if stands.cluster is None:
        return tuple(each.code for each in catalogue.clusters_in_order)
    return (stands.cluster.code, *stands.cluster.divisions)


def ask_heat(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return a year of growth rates per industry: of the single month where one is published, else 累计."""
    measured = measured_by(catalogue, "va_growth", "S", _heat_codes(catalogue, selection.industry))
    before = reading.MONTHS_PER_YEAR if views.view_of(selection, VIEWS) == "avg2" else 0
    return ranges.asked([each.key for each in measured], measured[0].key, selection, reading.MONTHS_PER_YEAR, before)


def draw_heat(drawing: Drawing) -> Drawn:
    """Draw the growth of each industry by month; 1–2月 is one column, a missing month a hole."""
    catalogue, selection = drawing.catalogue, drawing.selection
    measured = measured_by(catalogue, "va_growth", "S", _heat_codes(catalogue, selection.industry))
    lead = measured[0]
    period = drawing.frame.latest.get(lead.key)
    if period is None:
        return Drawn(empty=NO_PULSE)
    stands = standing(catalogue, selection.industry)
    chosen = stands.division or (stands.cluster.code if stands.cluster else "")
    keys = [each.key for each in measured]
    slots = ranges.shown(drawing.frame, lead.indicator, keys, selection, HEAT_SLOTS)
    if not slots:
        return Drawn(empty=ranges.NOTHING_IN_RANGE)
    rows = [_heat_row(drawing, each, slots, each.code == chosen) for each in measured]
    told = [(each, row) for each, row in zip(measured, rows, strict=True) if not stands.cluster or each is not lead]
    entries = [_entry(catalogue, each, row) for each, row in told]
    odd = any(each.key.accumulation == "Y" for each in measured)
    view = views.view_of(selection, VIEWS)
    unit_zh, unit_en = views.view_unit(drawing, view, *UNITS)
    said = takeaway(PULSE, Ranked(DIVISIONS if stands.cluster else CLUSTERS, entries)) if told[1:] else None
    title = drawing.style.words("行业增加值增速", "Growth of value added")
    spoken = "；".join(f"{row.name} {row.texts[-1]}{'' if row.values[-1] is None else '%'}" for row in rows)
    return Drawn(
        figure=heat(rows, reading.ticks(drawing, lead.indicator, slots), drawing.style),
        takeaway=views.said_in(view, said),
        alt=f"{title}，{reading.period_words(drawing, lead.key, period)}：{spoken}",
        extra_side=marks.diverging_legend(drawing.style),
        lead=lead.key,
        note_zh="＊累计增速" if odd else "",
        note_en="* year to date" if odd else "",
        flags=frozenset({"derived"} if view == "avg2" else ()),
        unit_zh=unit_zh,
        unit_en=unit_en,
        listed=[Listed(each.key, slots, growth=view == "avg2") for each in measured],
    )


def _entry(catalogue: Catalogue, each: Measured, row: HeatRow) -> Entry:
    return Entry(
        both_names(catalogue, each.code), row.values[-1], Named(row.texts[-1], row.texts[-1]), _rate(row.values[-1])
    )


def _rate(value: float | None) -> Growth:
    return Growth(value, None, Outcome.UNAVAILABLE if value is None else Outcome.RATE)


def _heat_row(drawing: Drawing, each: Measured, slots: Sequence[int], selected: bool) -> HeatRow:
    values = [_value(drawing, each, slot) for slot in slots]
    texts = [_heat_text(drawing, each, slot, value) for slot, value in zip(slots, values, strict=True)]
    name = name_of(drawing, each.code) + ("*" if each.key.accumulation == "Y" else "")
    last = reading.as_change(_rate(values[-1]), drawing)
    return HeatRow(name, values, texts, last, code=each.code, selected=selected)


def _value(drawing: Drawing, each: Measured, slot: int) -> float | None:
    """Return a rate as it is published, or the average of two years of it."""
    if views.view_of(drawing.selection, VIEWS) == "avg2":
        return views.two_year_average(drawing.frame, each.indicator, each.key, slot).value
    return drawing.frame.value(each.key, slot)


def _heat_text(drawing: Drawing, each: Measured, slot: int, value: float | None) -> str:
    """Return a rate with its sign, or the sign of what cannot be shown (…, ×)."""
    if value is not None:
        return words.number(value, each.indicator.decimals, sign=True)
    cell = drawing.frame.at(each.key, slot)
    return reading.cell_words(drawing, each.indicator, None if cell is None or cell.value is not None else cell).number


@dataclass(frozen=True, slots=True)
class Series:
    """One line: what it is called in a sentence, and its series."""

    name: Named
    measured: Measured


def series_of(catalogue: Catalogue, selection: Selection) -> list[Series]:
    """Return the chosen division, its cluster and the district; without a choice the district and the reference area.

    The reference area stands beside them wherever it was chosen.
    """
    stands = standing(catalogue, selection.industry)
    codes = [code for code in (stands.division, stands.cluster.code if stands.cluster else "") if code]
    found = [Series(both_names(catalogue, each.code), each) for each in measured_by(catalogue, "va_growth", "S", codes)]
    lead = found[0].measured if found else measured_by(catalogue, "va_growth", "S")[0]
    whole = Measured(lead.indicator, lead.key.with_(industry=TOTAL))
    found.append(Series(Named("全区", "District"), whole))
    if selection.reference or not codes:
        area = catalogue.regions[reference_of(catalogue, selection)]
        there = Measured(whole.indicator, whole.key.with_(region=area.code))
        found.append(Series(Named(area.short_zh, area.short_en), there))
    return found


def ask_lines(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return a year of growth per line."""
    found = series_of(catalogue, selection)
    keys = [each.measured.key for each in found]
    return ranges.asked(keys, keys[0], selection, reading.MONTHS_PER_YEAR)


def draw_lines(drawing: Drawing) -> Drawn:
    """Draw the growth of the chosen industry against the district."""
    found = series_of(drawing.catalogue, drawing.selection)
    lead = found[0].measured
    period = drawing.frame.latest.get(lead.key)
    if period is None:
        return Drawn(empty=NO_PULSE)
    keys = [each.measured.key for each in found]
    slots = ranges.shown(drawing.frame, lead.indicator, keys, drawing.selection, LINE_SLOTS)
    if not slots:
        return Drawn(empty=ranges.NOTHING_IN_RANGE)
    known = [each for each in found if drawing.frame.last(each.measured.key)]
    drawn = [_line(drawing, each, slots, place) for place, each in enumerate(known)]
    figures = [[drawing.frame.value(each.measured.key, slot) for slot in slots] for each in known[:2]]
    pair = Pair(known[0].name, figures[0], known[1].name, figures[1]) if len(known) > 1 else None
    ticks = [(value, f"{value:g}%".replace("-", words.MINUS)) for value in axis_values(drawn)]
    spoken = "；".join(f"{line.name} {line.last_label}" for line in drawn)
    title = drawing.style.words("增加值增速", "Growth of value added")
    note_zh, note_en = _line_notes(found, known)
    return Drawn(
        figure=lines(drawn, reading.ticks(drawing, lead.indicator, slots), drawing.style, ticks),
        takeaway=takeaway(TWO_LINES, pair) if pair else None,
        alt=f"{title}，{reading.period_words(drawing, lead.key, period)}：{spoken}"
        + reading.without_figure(drawing, [each.measured.key for each in known], slots),
        shown=[each.measured.key for each in known],
        lead=lead.key,
        note_zh=note_zh,
        note_en=note_en,
    )


def _line(drawing: Drawing, each: Series, slots: Sequence[int], place: int) -> Line:
    cells = [drawing.frame.at(each.measured.key, slot) for slot in slots]
    decimals, style = each.measured.indicator.decimals, drawing.style
    points = [
        Point(
            cell.value if cell else None, marked or reading.unfinished(cell), _percent(cell, decimals), month_code(slot)
        )
        for slot, cell, marked in zip(slots, cells, reading.marked(cells), strict=True)
    ]
    last = next((point.text for point in reversed(points) if point.value is not None), "…")
    color = style.token(("accent", "text-2", "text-3")[min(place, 2)])
    return Line(drawing.style.words(each.name.zh, each.name.en), points, last, color, color, place == 0)


def _percent(cell: Cell | None, decimals: int) -> str:
    return "…" if cell is None or cell.value is None else f"{words.number(cell.value, decimals)}%"


def _line_notes(found: Sequence[Series], known: Sequence[Series]) -> tuple[str, str]:
    """Return which lines are missing, and that figures are 累计 where no single month is published."""
    notes_zh, notes_en = [], []
    if found[0].measured.key.accumulation == "Y":
        notes_zh.append("只公布累计增速")
        notes_en.append("published year to date only")
    for each in found:
        if each not in known:
            notes_zh.append(f"{each.name.zh}无同口径增速")
            notes_en.append(f"{each.name.en}: no such growth")
    return "；".join(notes_zh), "; ".join(notes_en)


PANELS = (
    Panel(
        code="heat",
        theme="clusters",
        title_zh="行业 × 月份增速",
        title_en="Growth by month",
        unit_zh=UNITS[0],
        unit_en=UNITS[1],
        ask=ask_heat,
        draw=draw_heat,
        follows=frozenset({"period", "window", "industry"}) | VIEWS,
        fixed_zh="固定当月",
        fixed_en="Monthly only",
        selects="industry",
    ),
    Panel(
        code="cluster_lines",
        theme="clusters",
        title_zh="增速走势",
        title_en="Growth over time",
        unit_zh="增加值当月同比 %",
        unit_en="y/y, %",
        ask=ask_lines,
        draw=draw_lines,
        follows=frozenset({"period", "window", "industry", "reference"}),
        fixed_zh="固定当月",
        fixed_en="Monthly only",
        selects="period",
    ),
)

"""Exhibitions by name: area, exhibitors, visitors and what was signed, each at its latest edition.

An edition is a month; the change is on the edition a year before, and there is none where that was not held.
"""

from __future__ import annotations

from collections.abc import Mapping

from dash import html

from data.catalogue import Catalogue
from data.facts import SeriesKey
from data.queries import Cell, Want
from data.selection import Selection
from layouts import words
from layouts.panel import Drawing, Drawn, Empty, Panel, Takeaway
from layouts.panels import reading
from layouts.panels.figure_cells import figure_cell
from layouts.panels.tiles import indicator_of
from layouts.takeaways import LARGEST, Entry, Named, Ranked, takeaway
from layouts.view import Listed

YEAR = reading.MONTHS_PER_YEAR
MEASURES = ("expo_area", "expo_exhibitors", "expo_visitors", "expo_signed_projects", "expo_signed_amount")
SIGNED = "expo_signed_amount"
NO_EXPOS = Empty(
    "所选时期没有展会数据",
    "No exhibition for this period",
    "接入会展主管部门数据后显示",
    "Connect the exhibition bureau's data to see them",
)


def _keys(catalogue: Catalogue) -> dict[str, dict[str, SeriesKey]]:
    """Return the series of every exhibition by measure."""
    shows = catalogue.indicators[MEASURES[0]].codes_of("breakdown")
    return {show: {code: catalogue.indicators[code].key(breakdown=show) for code in MEASURES} for show in shows}


def ask_expos(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return the latest edition of every figure and the year before it."""
    keys = [key for measures in _keys(catalogue).values() for key in measures.values()]
    return [want for key in keys for want in reading.windows([key], key, selection, -YEAR)]


def draw_expos(drawing: Drawing) -> Drawn:
    """List the exhibitions with an edition, the latest first."""
    listed = {show: (keys, _edition(drawing, keys)) for show, keys in _keys(drawing.catalogue).items()}
    held = {show: (keys, period) for show, (keys, period) in listed.items() if period is not None}
    if not held:
        return Drawn(empty=NO_EXPOS)
    ordered = dict(sorted(held.items(), key=lambda each: -each[1][1]))
    cells = [drawing.frame.at(key, period) for keys, period in ordered.values() for key in keys.values()]
    growths = [
        reading.growth_at(drawing.frame, indicator_of(drawing, key), key, period)
        for keys, period in ordered.values()
        for key in keys.values()
    ]
    return Drawn(
        children=_table(drawing, ordered, len({cell.simulated for cell in cells if cell is not None}) > 1),
        takeaway=_said(drawing, ordered),
        alt="；".join(_spoken(drawing, show, keys, period) for show, (keys, period) in ordered.items()),
        shown=[key for keys, _ in ordered.values() for key in keys.values()],
        lead=_lead(drawing, ordered),
        listed=[
            Listed(key, [period])
            for keys, period in ordered.values()
            for key in keys.values()
            if drawing.frame.at(key, period)
        ],
        flags=reading.basis_flags(growths),
        note_zh="各展会届次不同，见表内时间",
        note_en="editions as shown",
    )


def _edition(drawing: Drawing, keys: Mapping[str, SeriesKey]) -> int | None:
    """Return the month of the latest edition any figure is known of."""
    return reading.latest_with_value(drawing.frame, keys.values())


def _lead(drawing: Drawing, ordered: Mapping[str, tuple[Mapping[str, SeriesKey], int]]) -> SeriesKey:
    keys, period = next(iter(ordered.values()))
    return next(key for key in keys.values() if drawing.frame.at(key, period))


def _name(catalogue: Catalogue, show: str) -> Named:
    return Named(
        catalogue.label("breakdown", show, "zh", short=True), catalogue.label("breakdown", show, "en", short=True)
    )


def _table(drawing: Drawing, ordered: Mapping[str, tuple[Mapping[str, SeriesKey], int]], mixed: bool) -> html.Div:
    head = [html.Th(drawing.style.words("展会 · 时间", "Exhibition, month"), scope="col")]
    head += [html.Th(_head(drawing, code), scope="col", className="num") for code in MEASURES]
    rows = [_row(drawing, show, keys, period, mixed) for show, (keys, period) in ordered.items()]
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="data-table figures")
    return html.Div(table, className="table-scroll", tabIndex="0")


def _head(drawing: Drawing, code: str) -> str:
    """Return the name of a measure with its unit, where that has a name in the language."""
    indicator, language = drawing.catalogue.indicators[code], drawing.style.language
    unit, name = words.unit_words(drawing.catalogue.units[indicator.unit], language), indicator.word("short", language)
    return drawing.style.words(f"{name}（{unit}）", f"{name} ({unit})") if unit else name


def _row(drawing: Drawing, show: str, keys: Mapping[str, SeriesKey], period: int, mixed: bool) -> html.Tr:
    name, cells = _name(drawing.catalogue, show), {code: drawing.frame.at(key, period) for code, key in keys.items()}
    month = reading.period_words(drawing, next(iter(keys.values())), period).removesuffix("末").removeprefix("end-")
    figures = [
        figure_cell(drawing, keys[code], cell, _head(drawing, code), mixed and cell is not None and cell.simulated)
        for code, cell in cells.items()
    ]
    head = [html.Div(drawing.style.words(name.zh, name.en)), html.Span(month, className="when")]
    return html.Tr([html.Th(head, scope="row"), *figures])


def _said(drawing: Drawing, ordered: Mapping[str, tuple[Mapping[str, SeriesKey], int]]) -> Takeaway | None:
    """Return which of these editions signed most; amounts alone are compared."""
    entries = []
    for show, (keys, period) in ordered.items():
        key = keys[SIGNED]
        cell = drawing.frame.at(key, period)
        if cell is not None and cell.value is not None:
            text = reading.both_figures(drawing, indicator_of(drawing, key), cell)
            growth = reading.growth_at(drawing.frame, indicator_of(drawing, key), key, period)
            entries.append(Entry(_name(drawing.catalogue, show), cell.value, text, growth))
    said = takeaway(LARGEST, Ranked(Named("展会", "shows"), entries))
    return None if said is None else Takeaway(f"签约额：{said.zh}", f"Amount signed: {said.en}")


def _spoken(drawing: Drawing, show: str, keys: Mapping[str, SeriesKey], period: int) -> str:
    name = _name(drawing.catalogue, show)
    figures = [_phrase(drawing, key, drawing.frame.at(key, period)) for key in keys.values()]
    return " ".join([drawing.style.words(name.zh, name.en), *filter(None, figures)])


def _phrase(drawing: Drawing, key: SeriesKey, cell: Cell | None) -> str:
    if cell is None:
        return ""
    indicator = indicator_of(drawing, key)
    return f"{indicator.word('short', drawing.style.language)} {reading.cell_words(drawing, indicator, cell).text}"


PANELS = (
    Panel(
        code="expos",
        theme="investment",
        title_zh="展会",
        title_en="Exhibitions",
        unit_zh="最近一届 · 较上年同月",
        unit_en="latest edition · y/y",
        ask=ask_expos,
        draw=draw_expos,
        follows=frozenset({"period"}),
        fixed_zh="固定届次",
        fixed_en="Latest edition",
        body="html",
    ),
)

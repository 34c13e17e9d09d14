"""Figures side by side, each with its own period, its change on the year before and its line.

A tile never waits for another: each shows its own latest period. A panel of tiles is declared with ``tiles_panel``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from dash import html

from data.catalogue import Catalogue
from data.catalogue.models import Indicator
from data.facts import SeriesKey
from data.measures import ChangeUnit, Growth
from data.periods import month_of, year_of
from data.queries import Cell, Want
from data.selection import Selection
from layouts import marks, words
from layouts.panel import Drawing, Drawn, Empty, Panel
from layouts.panels import reading
from layouts.sparkline import sparkline
from layouts.takeaways import GROWTH_RANKING, LATEST, Entry, Named, Ranked, takeaway
from layouts.view import Listed

MONTHS = 25
LINE_SLOTS = 13
BELOW = {"display": "grid", "gridTemplateRows": "auto minmax(0, 1fr)", "minHeight": 0}
ONE_LINE = {"whiteSpace": "nowrap", "overflow": "hidden", "margin": 0}
FIGURES = Named("指标", "figures")


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure: indicator and name, the accumulations it may be shown in (first with data), a note."""

    indicator: str
    name: Named
    accumulations: tuple[str, ...] = ("S",)
    note: Named | None = None
    against_last_year: bool = False


def keys_of(catalogue: Catalogue, tile: Tile) -> list[SeriesKey]:
    """Return the series a tile may show, the preferred one first."""
    indicator = catalogue.indicators[tile.indicator]
    return [indicator.key(accumulation=kind) for kind in tile.accumulations if kind in indicator.accumulations]


def ask_tiles(tiles: Sequence[Tile], catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return two years of every tile, each up to its own latest month, with official growth."""
    wants = []
    for tile in tiles:
        indicator = catalogue.indicators[tile.indicator]
        for key in keys_of(catalogue, tile):
            wants += reading.windows(reading.with_growth(indicator, key), key, selection, -MONTHS + 1)
    return wants


def first_with_data(drawing: Drawing, tile: Tile) -> SeriesKey | None:
    """Return the series a tile shows, or None where none of its series has a figure."""
    return next((key for key in keys_of(drawing.catalogue, tile) if drawing.frame.last(key)), None)


def indicator_of(drawing: Drawing, key: SeriesKey) -> Indicator:
    """Return the indicator of a series."""
    return drawing.catalogue.indicators[key.indicator]


def latest_growth(drawing: Drawing, key: SeriesKey) -> Growth:
    """Return the change of a series' latest figure on the year before; the series has a figure."""
    last = drawing.frame.last(key)
    assert last is not None
    return reading.growth_at(drawing.frame, indicator_of(drawing, key), key, last.period)


def name_in(drawing: Drawing, tile: Tile) -> str:
    """Return the name of a tile in the reader's language."""
    return drawing.style.words(tile.name.zh, tile.name.en)


def spoken(drawing: Drawing, tile: Tile, key: SeriesKey) -> str:
    """Return a tile as a phrase for the alternative text."""
    last = drawing.frame.last(key)
    assert last is not None
    figure = reading.cell_words(drawing, indicator_of(drawing, key), last).text
    change = words.change(latest_growth(drawing, key), drawing.style.language)
    return f"{name_in(drawing, tile)} {reading.period_words(drawing, key, last.period)} {figure} {change.spoken}"


def draw_tiles(drawing: Drawing, tiles: Sequence[Tile], nothing: Empty, class_name: str) -> Drawn:
    """Show each tile with its own period, figure, change on the year before and its line; no sentence."""
    found = [(tile, first_with_data(drawing, tile)) for tile in tiles]
    shown = [(tile, key) for tile, key in found if key is not None]
    if not shown:
        return Drawn(empty=nothing)
    mixed = list(reading.marked(drawing.frame.last(key) if key else None for _, key in found))
    placed = [_placed(drawing, tile, key, mark) for (tile, key), mark in zip(found, mixed, strict=True)]
    return Drawn(
        children=html.Div(placed, className=class_name),
        alt="；".join(spoken(drawing, tile, key) for tile, key in shown),
        shown=[part for _, key in shown for part in reading.with_growth(indicator_of(drawing, key), key)],
        lead=shown[0][1],
        listed=[Listed(key, _line_slots(drawing, key)) for _, key in shown],
        flags=reading.basis_flags([latest_growth(drawing, key) for _, key in shown]),
        note_zh="各项时期见图上",
        note_en="periods as shown",
    )


def _line_slots(drawing: Drawing, key: SeriesKey) -> tuple[int, ...]:
    """Return the periods of a tile's line that have a figure; a cumulated one may be published once a quarter."""
    last = drawing.frame.last(key)
    assert last is not None
    slots = reading.slots(indicator_of(drawing, key), last.period, LINE_SLOTS)
    return tuple(slot for slot in slots if drawing.frame.at(key, slot) is not None)


def _placed(drawing: Drawing, tile: Tile, key: SeriesKey | None, marked: bool) -> html.Div:
    """Return one tile; without data it keeps its name and says so; a simulated one among real ones is marked."""
    if key is None:
        gap = html.Div(html.Span("…"), className="vl")
        return html.Div([html.Div(name_in(drawing, tile), className="nm"), gap, html.Div()], className="cell")
    indicator, last = indicator_of(drawing, key), drawing.frame.last(key)
    assert last is not None
    figure = reading.cell_words(drawing, indicator, last)
    change = words.change(latest_growth(drawing, key), drawing.style.language)
    note = [html.Small(drawing.style.words(tile.note.zh, tile.note.en), className="p-unit")] if tile.note else []
    when = html.Small(_month_and_unit(drawing, key, last, figure), className="p-unit", style=ONE_LINE)
    below = html.Div([when, small_line(drawing, tile, key, last)], style=BELOW)
    told = [] if change.direction == "none" else [marks.change(change)]
    return html.Div(
        [
            html.Div([name_in(drawing, tile), *note, *simulated_mark(drawing, marked)], className="nm"),
            html.Div([html.Span(figure.number), *told], className="vl", title=change.note),
            below,
        ],
        className="cell",
        **marks.attributes(data_indicator=tile.indicator),
    )


def simulated_mark(drawing: Drawing, marked: bool) -> list[html.Span]:
    """Return the badge of a simulated figure that stands among real ones."""
    if not marked:
        return []
    (badge,) = words.status_badges(drawing.style.language, simulated=True)
    return [marks.badge(badge, with_icon=False)]


def _month_and_unit(drawing: Drawing, key: SeriesKey, last: Cell, figure: words.Figure) -> str:
    """Return the month and the unit, short: 2026-05 · 美元/桶; a cumulated figure says 1–3月."""
    month = f"{year_of(last.period)}-{month_of(last.period):02d}"
    if key.accumulation == "Y":
        month = reading.period_words(drawing, key, last.period)
    return " · ".join(filter(None, (month, figure.unit)))


def small_line(drawing: Drawing, tile: Tile, key: SeriesKey, last: Cell, chosen: Sequence[int] = ()) -> html.Div:
    """Return the line of a tile over thirteen slots or the ``chosen`` ones; never real and simulated in one."""
    slots = chosen or reading.slots(indicator_of(drawing, key), last.period, LINE_SLOTS)
    at = drawing.frame.at
    values = reading.of_one_origin([at(key, slot) for slot in slots], last)
    before = reading.of_one_origin([at(key, slot - reading.MONTHS_PER_YEAR) for slot in slots], last)
    previous = before if tile.against_last_year and key.accumulation == "S" else ()
    return sparkline(values, drawing.style, previous=previous, height_rem=3.2)


def _with_sentence(tiles: Sequence[Tile], nothing: Empty, class_name: str, drawing: Drawing) -> Drawn:
    """Return the tiles with the sentence on their growth in per cent, or on the first where none has one."""
    drawn = draw_tiles(drawing, tiles, nothing, class_name)
    if drawn.empty:
        return drawn
    shown = [(tile, key) for tile in tiles if (key := first_with_data(drawing, tile)) is not None]
    entries = [_entry(drawing, tile, key) for tile, key in shown]
    rates = [entry for entry in entries if entry.growth.unit is ChangeUnit.PERCENT and entry.growth.value is not None]
    said = takeaway(GROWTH_RANKING, Ranked(FIGURES, rates)) if len(rates) > 1 else None
    if said is None:
        (tile, key), last = shown[0], drawing.frame.last(shown[0][1])
        assert last is not None
        said = takeaway(LATEST, reading.latest_facts(drawing, indicator_of(drawing, key), key, last, tile.name))
    return replace(drawn, takeaway=said)


def _entry(drawing: Drawing, tile: Tile, key: SeriesKey) -> Entry:
    last = drawing.frame.last(key)
    assert last is not None
    text = reading.both_figures(drawing, indicator_of(drawing, key), last)
    return Entry(tile.name, last.value, text, latest_growth(drawing, key))


def tiles_panel(
    code: str, theme: str, title: Named, unit: Named, tiles: Sequence[Tile], nothing: Empty, columns: int = 2
) -> Panel:
    """Return a panel of tiles in so many columns."""
    return Panel(
        code=code,
        theme=theme,
        title_zh=title.zh,
        title_en=title.en,
        unit_zh=unit.zh,
        unit_en=unit.en,
        ask=partial(ask_tiles, tuple(tiles)),
        draw=partial(_with_sentence, tuple(tiles), nothing, f"tiles c{columns}"),
        follows=frozenset({"period"}),
        fixed_zh="固定最新",
        fixed_en="Latest of each",
        body="html",
    )

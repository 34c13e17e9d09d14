"""A figure as a table cell: number, change on the year before, its own period and, where wanted, its line."""

from __future__ import annotations

from dash import html

from data.facts import SeriesKey
from data.queries import Cell
from layouts import marks, words
from layouts.panel import Drawing
from layouts.panels import reading
from layouts.panels.tiles import Tile, indicator_of, simulated_mark, small_line


def figure_cell(
    drawing: Drawing, key: SeriesKey, cell: Cell | None, label: str, marked: bool = False, tile: Tile | None = None
) -> html.Td:
    """Return a series' cell; … where there is none. A simulated one among real ones is ``marked``.

    ``label`` is its column's head, for screens too narrow for columns. With ``tile`` the cell carries its own period
    and its line.
    """
    if cell is None or cell.value is None:
        return html.Td(
            reading.figure_text(drawing, indicator_of(drawing, key), cell),
            className="num",
            **marks.attributes(data_label=label),
        )
    indicator = indicator_of(drawing, key)
    figure = reading.cell_words(drawing, indicator, cell)
    change = words.change(reading.growth_at(drawing.frame, indicator, key, cell.period), drawing.style.language)
    told = [] if change.direction == "none" else [html.Span(marks.change(change), title=change.note)]
    mark = simulated_mark(drawing, marked)
    if tile is None:
        return html.Td(
            [html.Div([html.B(figure.number), *mark]), *told], className="num fig", **marks.attributes(data_label=label)
        )
    when = html.Small(" · ".join(filter(None, (reading.period_words(drawing, key, cell.period), figure.unit))))
    first, second = html.Div([html.B(figure.number), *told]), html.Div([when, *mark])
    return html.Td(
        [first, second, small_line(drawing, tile, key, cell)],
        className="fig line",
        **marks.attributes(data_label=label),
    )

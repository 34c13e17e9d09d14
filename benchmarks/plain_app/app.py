"""A plain Dash app of the planners' overview: ``read_sql`` and Plotly Express in each callback, nothing kept.

Written as the documentation of Dash teaches it: one callback for each panel with the filters as inputs, one query
with pandas, one Plotly Express figure, the full plotly.js that comes with Dash. It reads the same warehouse, and it
does not do less than its reader needs: titles, units, the latest period, a growth where the panel has one.

``gunicorn benchmarks.plain_app.app:server``; ``PLAIN_DATABASE`` is the SQLite file, ``PLAIN_COMPRESS=on`` sends
what Flask-Compress makes of it (Dash's ``compress=True``).
"""

from __future__ import annotations

import os

import plotly.graph_objects as go
from dash import Dash, Input, Output, dcc, html
from sqlalchemy import create_engine, text

from benchmarks.plain_app.charts import CHARTS, Chart
from benchmarks.plain_app.questions import KEY_FIGURES, latest, series_of

engine = create_engine(f"sqlite:///{os.environ['PLAIN_DATABASE']}")
app = Dash(__name__, compress=os.environ.get("PLAIN_COMPRESS") == "on", title="Plain", update_title="")
server = app.server


def months() -> list[str]:
    """Return the months to choose from, the newest first."""
    with engine.connect() as connection:
        newest = connection.execute(text("SELECT MAX(period) FROM observation WHERE period < 30000")).scalar()
    return [f"{period // 12:04d}-{period % 12 + 1:02d}" for period in range(newest, newest - 60, -1)]


app.layout = html.Div(
    [
        html.H1("青岛西海岸新区经济运行"),
        dcc.Dropdown(months(), None, id="period", placeholder="最新"),
        dcc.RadioItems({"S": "当期", "Y": "累计"}, "Y", id="accumulation", inline=True),
        dcc.Store(id="tick", data=""),
        html.Div(id="key-figures", style={"display": "flex", "gap": "1rem", "flexWrap": "wrap"}),
        html.Div(
            [dcc.Graph(id=code, className="panel", style={"height": "320px", "width": "48%"}) for code in CHARTS],
            style={"display": "flex", "flexWrap": "wrap"},
        ),
    ]
)


def last_month(period: str | None) -> int:
    """Return the chosen month as the warehouse counts months, or one after all of them."""
    return int(period[:4]) * 12 + int(period[5:]) - 1 if period else 30_000


for code, chart in CHARTS.items():

    @app.callback(
        Output(code, "figure"), Input("period", "value"), Input("accumulation", "value"), Input("tick", "data")
    )
    def draw(period: str | None, accumulation: str, _tick: str, chart: Chart = chart) -> go.Figure:
        """Ask and draw one panel."""
        return chart(lambda **parts: series_of(engine, last_month(period), **parts), accumulation)


@app.callback(
    Output("key-figures", "children"), Input("period", "value"), Input("accumulation", "value"), Input("tick", "data")
)
def key_figures(period: str | None, accumulation: str, _tick: str) -> list[html.Div]:
    """Return one card for each key figure: name, value, growth."""
    cards = []
    for name, parts in KEY_FIGURES.items():
        frame = series_of(engine, last_month(period), **parts)
        cards.append(html.Div([html.Small(name), html.H2(latest(frame, "level")), html.Small(latest(frame, "yoy"))]))
    return cards

"""CPU time of drawing each panel, and the whole page, beside the bare time of the SQL it runs: one process, one run.

Before each call the kept results and rows are dropped, so that every call reads, draws and writes; the statements it
runs are then run bare on a connection of the same driver.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from benchmarks.report import Line
from data.selection import ROUTES
from data.settings import Settings

ROUNDS = 30
WALL = ROUTES["/wall/overview"]


def panel_callbacks(settings: Settings) -> list[Line]:
    """Return CPU beyond SQL in milliseconds for every panel of the wall's overview, and for the page as a whole."""
    os.environ["ONESCREEN_WAREHOUSE"] = settings.warehouse
    from app import create_app
    from callbacks.drawing import drawing
    from callbacks.panels import parts
    from data.settings import load_settings
    from layouts.screens import drawn_on

    context = create_app(load_settings()).server.extensions["onescreen"]
    gc.collect()
    gc.freeze()  # as deploy/gunicorn.conf.py does

    def alone(name: str) -> Callable[[], object]:
        def draw() -> object:
            with context.warehouse.snapshot() as data:
                return parts(context, data, name, WALL)

        return draw

    names = drawn_on(WALL.page, WALL, context.panels)
    measured = {name: _measure(context, alone(name)) for name in names}
    page, sql_of_page = _measure(context, lambda: drawing(context, WALL.page, WALL))
    lines = [
        Line(f"panel {name}", total - sql, "ms", most=5, note=f"CPU {total:.2f} ms, of which SQL {sql:.2f} ms")
        for name, (total, sql) in sorted(measured.items())
    ]
    together = sum(total for total, _ in measured.values())
    return [
        *lines,
        Line("the page as a whole", page, "ms", note=f"of which SQL {sql_of_page:.2f} ms"),
        Line("the page as a whole over its panels alone", page / together, "×"),
        Line("the page, CPU over SQL", page / max(sql_of_page, 1e-9), "×"),
    ]


def _measure(context: Any, draw: Callable[[], object]) -> tuple[float, float]:  # noqa: ANN401 - of the application
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:  # noqa: ANN401
        statements.append((statement, parameters))

    def call() -> None:
        context.results.clear()
        context.warehouse.forget_rows()
        draw()

    engine = context.warehouse.reading
    event.listen(engine, "before_cursor_execute", note)
    call()
    event.remove(engine, "before_cursor_execute", note)
    noted = [(statement, parameters) for statement, parameters in statements if statement.startswith("SELECT")]
    with engine.connect() as connection:
        driver = connection.connection.driver_connection

        def bare() -> None:
            for statement, parameters in noted:
                driver.execute(statement, parameters).fetchall()

        return _cpu_milliseconds(call), _cpu_milliseconds(bare)


def _cpu_milliseconds(work: Callable[[], None]) -> float:
    """Return the median CPU milliseconds of one call."""
    work()
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times) * 1000

"""CPU time of every panel callback beside the bare time of the SQL it runs, in one process and one run.

The bodies are the ones a real page sent. Before each call the kept results and rows are dropped, so that every
call reads, draws and answers; the statements it runs are then run bare on a connection of the same driver.
"""

from __future__ import annotations

import gc
import io
import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from werkzeug.test import EnvironBuilder

from benchmarks.report import Line
from data.settings import Settings

ROUNDS = 30


def panel_callbacks(settings: Settings, bodies: list[str]) -> list[Line]:
    """Return callback CPU, SQL CPU and the rest in milliseconds: for the slowest panel and over all of them."""
    os.environ["ONESCREEN_WAREHOUSE"] = settings.warehouse
    from app import create_app
    from data.settings import load_settings

    server = create_app(load_settings()).server
    context = server.extensions["onescreen"]
    gc.collect()
    gc.freeze()  # as deploy/gunicorn.conf.py does
    rest: dict[str, tuple[float, float]] = {}
    for body in bodies:
        name = _panel_of(body)
        if name:
            rest[name] = _measure(server, context, body)
    lines = [
        Line(f"callback {name}", total - sql, "ms", most=5, note=f"CPU {total:.2f} ms, of which SQL {sql:.2f} ms")
        for name, (total, sql) in sorted(rest.items())
    ]
    totals = [total for total, _ in rest.values()]
    sql_total = max(sum(sql for _, sql in rest.values()), 1e-9)
    return [
        *lines,
        Line("all panel callbacks, CPU over SQL", sum(totals) / sql_total, "×"),
    ]


def _panel_of(body: str) -> str:
    """Return the panel a callback body is for, or nothing for the other callbacks."""
    outputs = json.loads(body).get("outputs")
    first = outputs[0] if isinstance(outputs, list) else outputs
    identity = first["id"] if isinstance(first, dict) else ""
    return str(identity.get("panel", "")) if isinstance(identity, dict) else ""


def _measure(server: Any, context: Any, body: str) -> tuple[float, float]:  # noqa: ANN401 - a WSGI application
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:  # noqa: ANN401
        statements.append((statement, parameters))

    engine = context.warehouse.reading
    builder = EnvironBuilder("/_dash-update-component", method="POST", headers={"Host": "localhost"})
    builder.content_type = "application/json"
    request = builder.get_environ() | {"CONTENT_LENGTH": str(len(body.encode()))}

    def call() -> None:
        context.results.clear()
        context.warehouse.forget_rows()
        statuses: list[str] = []
        environ = request | {"wsgi.input": io.BytesIO(body.encode())}
        answer = b"".join(server(environ, lambda status, _headers, _error=None: statuses.append(status)))
        if not statuses[0].startswith("200"):
            raise SystemExit(f"a panel callback answered {statuses[0]}: {answer[:200]!r}")

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

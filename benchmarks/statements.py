"""The SQL of one refresh of the screen: all statements it runs beside the bare ones that read its series."""

from __future__ import annotations

import gc
import io
import os
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import event
from werkzeug.test import EnvironBuilder

from benchmarks.report import Line
from data.settings import Settings

ROUNDS = 30
Statement = tuple[str, Any]


def sql_of_screen(settings: Settings, bodies: Sequence[str]) -> list[Line]:
    """Return how often a screen asks the database, and its time over that of the bare roll-up statements.

    Roll-ups are the statements that read figures (``period BETWEEN``). All others, which find the latest period, the
    loads, the cited pages and the data version, are what the program adds.
    """
    statements = _statements_of(settings, bodies)
    rollups = [each for each in statements if "BETWEEN" in each[0]]
    every, bare = _alternately(settings, statements, rollups)
    return [
        Line("statements per screen", len(statements), "", note=f"{len(rollups)} of them read figures"),
        Line("SQL per screen over the bare roll-ups", every / bare, "×", most=2, note=f"{every:.2f} ms, {bare:.2f} ms"),
    ]


def _statements_of(settings: Settings, bodies: Sequence[str]) -> list[Statement]:
    """Return the SELECTs of a whole screen for which nothing was kept, in a process of its own caches."""
    server = _server(settings)
    context = server.extensions["onescreen"]
    context.results.clear()
    context.warehouse.forget_rows()
    noted: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:  # noqa: ANN401
        noted.append((statement, parameters))

    event.listen(context.warehouse.reading, "before_cursor_execute", note)
    for body in bodies:
        _post(server, body)
    event.remove(context.warehouse.reading, "before_cursor_execute", note)
    context.warehouse.dispose()
    return [each for each in noted if each[0].startswith("SELECT")]


def _server(settings: Settings) -> Any:  # noqa: ANN401 - a WSGI application
    os.environ["ONESCREEN_WAREHOUSE"] = settings.warehouse
    from app import create_app
    from data.settings import load_settings

    return create_app(load_settings()).server


def _post(server: Any, body: str) -> None:  # noqa: ANN401 - a WSGI application
    builder = EnvironBuilder("/_dash-update-component", method="POST", headers={"Host": "localhost"})
    builder.content_type = "application/json"
    environ = builder.get_environ() | {
        "CONTENT_LENGTH": str(len(body.encode())),
        "wsgi.input": io.BytesIO(body.encode()),
    }
    statuses: list[str] = []
    answer = b"".join(server(environ, lambda status, _headers, _error=None: statuses.append(status)))
    if not statuses[0].startswith("20"):
        raise SystemExit(f"a callback answered {statuses[0]}: {answer[:200]!r}")


def _alternately(settings: Settings, one: Sequence[Statement], other: Sequence[Statement]) -> tuple[float, float]:
    """Return the median CPU milliseconds of both lists, run bare on one connection, taking turns."""
    from data.warehouse import open_warehouse

    warehouse = open_warehouse(settings.warehouse, readonly=True)
    times: tuple[list[float], list[float]] = ([], [])
    with warehouse.connected() as connection:
        driver = connection.connection.driver_connection
        gc.disable()
        for _ in range(ROUNDS):
            for statements, found in zip((one, other), times, strict=True):
                found.append(_cpu_ms(lambda statements=statements: _run(driver, statements)))
        gc.enable()
    warehouse.dispose()
    return statistics.median(times[0]), statistics.median(times[1])


def _run(driver: Any, statements: Sequence[Statement]) -> None:  # noqa: ANN401 - the driver's connection
    for statement, parameters in statements:
        driver.execute(statement, parameters).fetchall()


def _cpu_ms(work: Callable[[], None]) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000

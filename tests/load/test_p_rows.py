"""P-01 to P-04: many viewers, all at once, questions without measure, bodies without end. Short forms."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections import Counter
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
import pytest
from dash import Dash
from sqlalchemy import event

from app import create_app
from callbacks.security import MAX_BODY_BYTES
from data.settings import Settings
from tests.load.sessions import screen_calls
from tests.load.viewers import CALLBACKS, all_at_once, session_mix
from tests.servers import LiveServer

MONTHS = ("2024-06", "2024-09", "2025-03")
VIEWERS, LOOK_S, CROWD, THREADS = 60, 4, 60, 24
MOST_POINTS, MOST_RESIDENT_BYTES = 5000, 1 << 30


@pytest.fixture(scope="module")
def app(filled_settings: Settings) -> Iterator[Dash]:
    """The real application over the filled warehouse."""
    made = create_app(filled_settings)
    yield made
    made.server.extensions["onescreen"].warehouse.dispose()


class Questions:
    """Counts the statements an application sends to its warehouse while it is entered."""

    def __init__(self, app: Dash) -> None:
        self._engine = app.server.extensions["onescreen"].warehouse.reading
        self.asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __enter__(self) -> Questions:
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        with self._lock:
            self.asked[f"{statement} {parameters}"] += 1

    @property
    def figures(self) -> Counter[str]:
        """The statements that read figures."""
        return Counter({each: count for each, count in self.asked.items() if "BETWEEN" in each})


def forget(app: Dash) -> None:
    """Let the application know nothing, as after a load."""
    context = app.server.extensions["onescreen"]
    context.results.clear()
    context.warehouse.forget_rows()


def post(app: Dash, body: bytes) -> Any:
    """Send a callback to the application in this process."""
    return app.server.test_client().post(CALLBACKS, data=body, content_type="application/json")


def at_once(viewers: Coroutine[Any, Any, Any]) -> Any:
    """Let viewers come; in a thread of their own, because a browser under test keeps an event loop in this one."""
    with ThreadPoolExecutor(1) as own:
        return own.submit(asyncio.run, viewers).result()


def test_p01_a_mix_of_walls_and_readers_gets_no_errors(app: Dash, live_server: LiveServer) -> None:
    wall = screen_calls(app, "/wall/overview", "")
    screens = [screen_calls(app, "/", f"period={month}") for month in MONTHS]
    tally = at_once(session_mix(live_server.port, VIEWERS, LOOK_S, wall, screens))
    assert set(tally.statuses) == {200}, tally.statuses
    assert tally.statuses[200] >= VIEWERS * 2, "every one of them got a page and its figures"
    for process in psutil.Process(live_server.process_id).children():
        assert process.memory_info().rss < MOST_RESIDENT_BYTES


def test_p02_all_who_reload_together_get_the_same_picture(app: Dash, live_server: LiveServer) -> None:
    calls = screen_calls(app, "/", "period=2024-12")
    tally, pictures = at_once(all_at_once(live_server.port, CROWD, calls))
    assert tally.statuses == {200: CROWD * (len(calls) + 1)}
    assert len(pictures) == 1


def test_p02_a_screen_is_worked_out_once_for_all_who_ask_for_it(app: Dash) -> None:
    calls = screen_calls(app, "/", "period=2024-11")
    forget(app)
    with Questions(app) as alone:
        assert {post(app, call).status_code for call in calls} == {200}
    forget(app)
    together = threading.Barrier(THREADS)

    def look(_number: int) -> set[int]:
        together.wait(30)
        return {post(app, call).status_code for call in calls}

    with Questions(app) as crowd, ThreadPoolExecutor(THREADS) as pool:
        assert set.union(*pool.map(look, range(THREADS))) == {200}
    assert alone.figures
    assert crowd.figures.keys() == alone.figures.keys()
    # Parts of a screen that ask the same question may ask it at the same moment, but never once for each viewer.
    assert crowd.figures.total() <= 2 * len(calls)


@pytest.mark.parametrize(
    "query",
    [
        "since=0001-01&period=9999-12",
        "period=9999-12",
        "since=1949-01&period=2101-01",
        "industry=" + "C" * 5000,
        "period=" + "9" * 400,
        "&".join(f"industry=C{number}" for number in range(1500)),
    ],
)
def test_p03_ranges_and_codes_without_measure_are_refused_unread(app: Dash, query: str) -> None:
    fair = json.loads(screen_calls(app, "/", "")[-1])
    fair["state"][0]["value"] = query
    with Questions(app) as questions:
        response = post(app, json.dumps(fair).encode())
        assert response.status_code == 400
        assert response.json["message"]
        assert app.server.test_client().get("/?" + query).status_code == 400
    assert not questions.figures


@pytest.mark.parametrize(
    "body",
    [
        b'{"output":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"inputs":' + b'{"a":' * 30_000 + b"1" + b"}" * 30_001,
        json.dumps(
            {"output": "x", "inputs": [{"id": {"panel": f"p{n}"}, "property": "x"} for n in range(5_000)]}
        ).encode(),
        json.dumps({"output": "x", "changedPropIds": [f"a{n}.b" for n in range(10_000)]}).encode(),
    ],
    ids=["deep lists", "deep objects", "many ids", "many changes"],
)
def test_p03_deep_and_long_requests_are_refused_unread(app: Dash, body: bytes) -> None:
    assert len(body) <= MAX_BODY_BYTES or b"p4999" in body
    with Questions(app) as questions:
        response = post(app, body)
    assert response.status_code in {400, 413}
    assert response.json["message"]
    assert not questions.asked


@pytest.mark.parametrize("query", ["window=all", "since=1949-01", "window=all&accumulation=S"])
@pytest.mark.parametrize("path", ["/", "/clusters", "/trade", "/digital", "/wall/overview"])
def test_p03_no_trace_has_more_points_than_a_browser_draws(app: Dash, path: str, query: str) -> None:
    for call in screen_calls(app, path, query):
        response = post(app, call)
        assert response.status_code == 200, response.text[:200]
        (drawn,) = (parts["data"]["panels"] for parts in response.json["response"].values())
        traces = [trace for panel in drawn.values() for trace in (panel.get("figure") or {}).get("data", [])]
        assert traces
        for trace in traces:
            longest = max((len(value) for value in trace.values() if isinstance(value, list)), default=0)
            assert longest <= MOST_POINTS, (call[:200], trace.get("name"))


def exchange(server: LiveServer, head: str, body: bytes) -> bytes:
    """Send the head of a request and the beginning of its body; return head and body of what comes back."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(head.format(port=server.port).encode() + b"\r\n\r\n" + body)
        found = b""
        while b"\r\n\r\n" not in found or not found.partition(b"\r\n\r\n")[2]:
            piece = connection.recv(64 * 1024)
            if not piece:
                break
            found += piece
        return found


HEAD = "POST /_dash-update-component HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"


def test_p04_a_body_of_fifty_megabytes_is_refused_before_it_is_sent(live_server: LiveServer) -> None:
    answer = exchange(live_server, HEAD + f"Content-Length: {50 << 20}", b'{"output":')
    assert answer.startswith(b"HTTP/1.1 413"), answer[:200]
    assert b"body_too_large" in answer


def test_p04_a_body_that_does_not_say_its_length_is_refused_at_the_limit(live_server: LiveServer) -> None:
    piece = b"x" * 65536
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for _ in range(MAX_BODY_BYTES // len(piece) + 1))
    answer = exchange(live_server, HEAD + "Transfer-Encoding: chunked", chunks + b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413"), answer[:200]


def test_p04_many_parameters_are_refused(live_server: LiveServer) -> None:
    query = "&".join(f"a{number}=1" for number in range(600))
    answer = exchange(live_server, f"GET /?{query} HTTP/1.1\r\nHost: 127.0.0.1:{{port}}", b"")
    assert answer.split()[1] in {b"400", b"414"}, answer[:200]

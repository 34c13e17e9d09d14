"""A real HTTP server on loopback that answers as told: by script, slowly, cut, packed, or with something else.

A script is a list of replies per path; each request takes the next one, the last one stays.
"""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """What was asked: path, query, headers (names in lower case) and when."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    at: float
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """One answer. ``cut`` ends the connection after so many bytes of the body though more were announced;
    ``announced`` lies about the length; ``drip_s`` waits between single bytes; ``head_drip_s`` does so in the header;
    ``hang_s`` waits before anything; ``chunked`` sends pieces, ``unframed`` neither length nor pieces."""

    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    cut: int | None = None
    announced: int | None = None
    drip_s: float = 0.0
    head_drip_s: float = 0.0
    hang_s: float = 0.0
    chunked: bool = False
    unframed: bool = False

    @staticmethod
    def json(text: str, **more: object) -> Reply:
        """Answer a JSON text."""
        return Reply(text.encode(), **more)  # type: ignore[arg-type]

    @staticmethod
    def csv(text: str, **more: object) -> Reply:
        """Answer a CSV text."""
        return Reply(text.encode(), headers={"Content-Type": "text/csv"}, **more)  # type: ignore[arg-type]

    @staticmethod
    def packed(body: bytes, kind: str = "application/json", *, whole: bytes | None = None) -> Reply:
        """Answer with gzip; ``whole`` is sent as it is in place of the packed body."""
        sent = gzip.compress(body, mtime=0) if whole is None else whole
        return Reply(sent, headers={"Content-Type": kind, "Content-Encoding": "gzip"})

    @staticmethod
    def redirect(to: str, status: int = 302) -> Reply:
        """Answer that it is elsewhere."""
        return Reply(b"", status, {"Location": to})


Script = list[Reply] | Callable[[Request], Reply]


class FaultServer:
    """The server. ``address`` is its root; ``requests`` holds what was asked in order."""

    def __init__(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.scripts: dict[str, Script] = {}
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self._taken: dict[str, int] = defaultdict(int)
        self._server = ThreadingHTTPServer((host, 0), _handler(self))
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        if tls is not None:
            # The handshake is made in the thread of the request: one that fails must not end the server.
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        self.address = f"{'http' if tls is None else 'https'}://{host}:{self.port}"

    def __enter__(self) -> FaultServer:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def clear(self) -> None:
        """Forget all scripts and requests."""
        self.stopping.set()  # whoever still drips or hangs stops
        self.stopping = threading.Event()
        self.scripts.clear()
        self._taken.clear()
        self.requests = []

    def reply(self, request: Request) -> Reply:
        """Return the next reply of a path."""
        self.requests.append(request)
        script = self.scripts.get(request.path)
        if script is None:
            return Reply(b"nothing here", 404, {"Content-Type": "text/plain"})
        if callable(script):
            return script(request)
        taken = min(self._taken[request.path], len(script) - 1)
        self._taken[request.path] += 1
        return script[taken]


def _handler(server: FaultServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            reply = server.reply(Request(parts.path, dict(parse_qsl(parts.query)), headers, time.monotonic(), body))
            self.close_connection = True
            try:
                _send(self, reply, server.stopping)
            except OSError:
                return  # the loader went away

    return Handler


def _send(handler: BaseHTTPRequestHandler, reply: Reply, stopping: threading.Event) -> None:
    stopping.wait(reply.hang_s)
    lines = [f"HTTP/1.1 {reply.status} Told", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    if reply.chunked:
        lines.append("Transfer-Encoding: chunked")
    elif not reply.unframed and reply.status != 304:
        lines.append(f"Content-Length: {len(reply.body) if reply.announced is None else reply.announced}")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    _write(handler, head, reply.head_drip_s, stopping)
    if reply.status == 304:
        return
    sent = reply.body if reply.cut is None else reply.body[: reply.cut]
    if reply.chunked:
        sent = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in _pieces(sent))
        sent += b"" if reply.cut is not None else b"0\r\n\r\n"
    _write(handler, sent, reply.drip_s, stopping)
    if reply.cut is not None:
        handler.connection.shutdown(socket.SHUT_RDWR)


def _pieces(body: bytes, size: int = 1000) -> list[bytes]:
    return [body[start : start + size] for start in range(0, len(body), size)]


def _write(handler: BaseHTTPRequestHandler, data: bytes, drip_s: float, stopping: threading.Event) -> None:
    if not drip_s:
        handler.wfile.write(data)
        return
    for number in range(len(data)):
        handler.wfile.write(data[number : number + 1])
        handler.wfile.flush()
        if stopping.wait(drip_s):
            return

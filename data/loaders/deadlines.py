"""The deadlines of a question over HTTP, and what went wrong in words."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import tenacity

from data.loaders.addresses import AddressRefusedError, FetchError, TransientFetchError


class StopAt(tenacity.stop.stop_base):
    """Stop when the next try would begin after a moment of the monotonic clock."""

    def __init__(self, ends: float) -> None:
        self.ends = ends

    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        """Tell whether to stop."""
        return time.monotonic() + retry_state.upcoming_sleep >= self.ends


@contextmanager
def watched(deadline: float) -> Iterator[Callable[[str, dict[str, Any]], None]]:
    """Yield a trace that, at the deadline, shuts the socket: a server that drips never meets a read timeout."""
    sockets: list[socket.socket] = []

    def shut() -> None:
        for each in sockets:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # closed already

    def trace(event: str, told: dict[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            sockets.append(told["return_value"].get_extra_info("socket"))

    timer = threading.Timer(max(deadline - time.monotonic(), 0), shut)
    timer.daemon = True
    timer.start()
    try:
        yield trace
    finally:
        timer.cancel()


def in_words(error: Exception, *, late: bool) -> FetchError:
    """Return what went wrong as the error to raise: one that asking again may cure, or one that it will not."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return FetchError(f"the certificate is not valid: {cause.verify_message}")
        cause = cause.__cause__ or cause.__context__
    if late:
        return TransientFetchError("the answer was not whole at the deadline")
    if isinstance(error, httpx.TimeoutException):
        return TransientFetchError("no answer in time" if isinstance(error, httpx.ReadTimeout) else "cannot connect")
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return AddressRefusedError("not an address")
    return TransientFetchError(f"the connection failed: {type(error).__name__}: {error}")


def in_time(pieces: Iterator[bytes], deadline: float) -> Iterator[bytes]:
    """Yield the pieces of a body until the deadline."""
    for piece in pieces:
        if time.monotonic() >= deadline:
            raise TransientFetchError("the answer was not whole at the deadline")
        yield piece

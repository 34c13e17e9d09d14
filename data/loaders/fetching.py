"""One answer over HTTP: asked within deadlines, repeated only where that can help, believed only within limits.

``Client.get`` returns the whole body in a file, or says that nothing changed. Every hop is checked
(``data.loaders.addresses``) and connected to the address that was checked. Keys come from the environment and stand
in no message, log line or file.
"""

from __future__ import annotations

import logging
import os
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx
import tenacity

from data.loaders.addresses import (
    AddressRefusedError,
    FetchError,
    Origin,
    Resolver,
    Target,
    TransientFetchError,
    check_url,
    origin_of,
    parts_of,
    system_resolver,
)
from data.loaders.bodies import decoded, looks_like_html
from data.loaders.deadlines import StopAt, in_time, in_words, watched
from data.loaders.fetch_options import FetchOptions

TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
OK, NOT_MODIFIED = 200, 304
START_BYTES = 1024
CLOCK_SKEW_S = 120
USER_AGENT = "OneScreen data loader"


@dataclass(frozen=True)
class Validators:
    """What the server said about the last answer, to ask whether it changed."""

    etag: str = ""
    last_modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The request headers."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True)
class Answer:
    """What came back. ``path`` is ``None`` if the server says that nothing changed; ``tries`` tell of every try."""

    path: Path | None
    validators: Validators
    tries: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass
class Client:
    """Asks one source. ``resolver``, ``sleep`` and ``environment`` can be replaced; nothing is shared between tries."""

    options: FetchOptions
    resolver: Resolver = system_resolver
    sleep: Callable[[float], None] = time.sleep
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def __post_init__(self) -> None:
        # Both libraries log whole addresses, and a key may stand in one.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        bundle = self.options.ca_bundle
        self._tls = ssl.create_default_context(cafile=None if bundle is None else str(bundle))
        key = self.options.key
        self._secret = "" if key is None else self.environment.get(key.environment, "")
        if key is not None and not self._secret:
            raise FetchError(f"the environment variable {key.environment} with the key is not set")

    def get(self, url: str, path: Path, validators: Validators = Validators()) -> Answer:
        """Ask ``url`` and write the body to ``path``; raises ``FetchError`` with the tries told in its text."""
        tries: list[str] = []
        ends = time.monotonic() + self.options.whole_s
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(TransientFetchError),
            stop=tenacity.stop_after_attempt(self.options.tries) | StopAt(ends),
            wait=self._wait,
            sleep=self.sleep,
            reraise=True,
        )
        try:
            return retrying(self._try, url, path, validators, tries, ends)
        except FetchError as error:
            path.unlink(missing_ok=True)
            told = f" (tries: {'; '.join(tries)})" if len(tries) > 1 else ""
            raise type(error)(self._without_secret(f"{_plain(url)}: {error}{told}")) from None

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, TransientFetchError) and error.retry_after_s is not None:
            return error.retry_after_s
        growing = tenacity.wait_exponential_jitter(
            multiplier=self.options.backoff_s, max=60, jitter=self.options.backoff_s
        )
        return growing(state)

    def _try(self, url: str, path: Path, validators: Validators, tries: list[str], ends: float) -> Answer:
        """Ask once, following redirects, until ``answer_s`` are over."""
        deadline = min(time.monotonic() + self.options.answer_s, ends)
        try:
            answer = self._follow(url, path, validators, deadline)
        except FetchError as error:
            tries.append(f"{len(tries) + 1}: {self._without_secret(str(error))}")
            raise
        tries.append(f"{len(tries) + 1}: {'unchanged' if answer.path is None else 'whole'}")
        return Answer(answer.path, answer.validators, tuple(tries), answer.notes)

    def _follow(self, url: str, path: Path, validators: Validators, deadline: float) -> Answer:
        declared = origin_of(self.options)
        for hop in range(self.options.max_redirects + 1):
            self._check_hop(declared, url)
            target = check_url(url, self.options, self.resolver)
            keyed = target.origin == declared
            with self._asked(url, target, validators, deadline, keyed=keyed) as response:
                if response.status_code not in REDIRECTS:
                    return self._read(response, path, validators, deadline)
                if hop == self.options.max_redirects:
                    raise FetchError(f"more than {self.options.max_redirects} redirects")
                url = urljoin(url, response.headers.get("location", ""))
        raise AssertionError("unreachable")

    def _check_hop(self, declared: Origin, url: str) -> None:
        """Refuse a redirect or next page that leaves the declared host or goes from https to http."""
        scheme, host, _ = parts_of(url, self.options)
        if declared[0] == "https" and scheme != "https":
            raise AddressRefusedError("a step from https to http is not followed")
        if host not in (declared[1], *self.options.redirect_hosts):
            raise AddressRefusedError(f"a step to {host} is not followed; redirect_hosts does not list it")

    @contextmanager
    def _asked(
        self, url: str, target: Target, validators: Validators, deadline: float, *, keyed: bool
    ) -> Iterator[httpx.Response]:
        """Send the request to the address that was checked, and give up at the deadline wherever it stands."""
        left_s = max(deadline - time.monotonic(), 0.001)
        read_s = min(self.options.read_s, left_s)
        timeout = httpx.Timeout(read_s, connect=min(self.options.connect_s, left_s))
        with watched(deadline) as trace:
            try:
                with (
                    httpx.Client(verify=self._tls, trust_env=False, timeout=timeout) as client,
                    client.stream(
                        "GET",
                        self._pinned(url, target, keyed=keyed),
                        headers=self._headers(target, validators, keyed=keyed),
                        extensions={"sni_hostname": target.host, "trace": trace},
                    ) as response,
                ):
                    yield response
            except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError) as error:
                raise in_words(error, late=time.monotonic() >= deadline) from error

    def _pinned(self, url: str, target: Target, *, keyed: bool) -> httpx.URL:
        """Return the address with the host replaced by the checked address, and the key where it is a query."""
        parts = urlsplit(url)
        host = f"[{target.address}]" if target.address.version == 6 else str(target.address)
        pinned = httpx.URL(urlunsplit((target.scheme, f"{host}:{target.port}", parts.path or "/", parts.query, "")))
        key = self.options.key
        return pinned.copy_merge_params({key.query: self._secret}) if keyed and key and key.query else pinned

    def _headers(self, target: Target, validators: Validators, *, keyed: bool) -> dict[str, str]:
        host = f"[{target.host}]" if ":" in target.host else target.host
        default = {"http": 80, "https": 443}[target.scheme]
        headers = {
            "Accept": ", ".join(self.options.content_types),
            "User-Agent": USER_AGENT,
            **(self.options.headers if keyed else {}),
            "Host": host if target.port == default else f"{host}:{target.port}",
            "Accept-Encoding": "gzip",
            **validators.headers,
        }
        key = self.options.key
        return {**headers, key.header: self._secret} if keyed and key and key.header else headers

    def _read(self, response: httpx.Response, path: Path, validators: Validators, deadline: float) -> Answer:
        notes = _clock_notes(response)
        if response.status_code == NOT_MODIFIED:
            if not validators.headers:
                raise FetchError("answered 304, unchanged, to a question without a validator")
            return Answer(None, validators, (), notes)
        if response.status_code in TRANSIENT:
            raise TransientFetchError(f"status {response.status_code}", self._asked_to_wait(response))
        if response.status_code != OK:
            raise FetchError(f"status {response.status_code}")
        self._check_kind(response)
        self._write(response, path, deadline)
        kept = Validators(response.headers.get("etag", ""), response.headers.get("last-modified", ""))
        return Answer(path, kept, (), notes)

    def _asked_to_wait(self, response: httpx.Response) -> float | None:
        text = response.headers.get("retry-after", "").strip()
        if not text:
            return None
        wait_s = _retry_after_s(text)
        if wait_s is not None and wait_s > self.options.retry_after_cap_s:
            raise FetchError(f"status {response.status_code}; the server asks to come back in {wait_s:.0f} s")
        return wait_s

    def _check_kind(self, response: httpx.Response) -> None:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        wanted = {text.partition(";")[0].strip().lower() for text in self.options.content_types}
        if kind not in wanted:
            raise FetchError(f"content type {kind or 'none'!r} is none of {', '.join(sorted(wanted))}")
        length = response.headers.get("content-length", "")
        if length.isascii() and length.isdecimal() and int(length) > self.options.max_bytes:
            raise FetchError(f"the answer is larger than {self.options.max_bytes} bytes")

    def _write(self, response: httpx.Response, path: Path, deadline: float) -> None:
        start, last = b"", b""
        encoding = response.headers.get("content-encoding", "")
        pieces = decoded(in_time(response.iter_raw(), deadline), encoding, self.options.max_bytes)
        try:
            with path.open("wb") as file:
                for piece in pieces:
                    start += piece[: max(0, START_BYTES - len(start))]
                    last = piece[-1:] or last
                    file.write(piece)
        except OSError as error:  # the file; a broken connection is an httpx error
            raise FetchError(f"the answer cannot be kept: {error.strerror}") from error
        if looks_like_html(start):
            raise FetchError("a page for people (HTML) was answered in place of data")
        if not start.strip():
            raise FetchError("the answer is empty")
        if self.options.is_text:
            _check_whole(response, last, open_last_line=self.options.open_last_line)

    def _without_secret(self, text: str) -> str:
        return text.replace(self._secret, "***") if self._secret else text


def _check_whole(response: httpx.Response, last: bytes, *, open_last_line: bool) -> None:
    """Refuse a CSV of which nobody can tell that it is whole."""
    chunked = "chunked" in response.headers.get("transfer-encoding", "").lower()
    if not (chunked or "content-length" in response.headers or response.headers.get("content-encoding")):
        raise FetchError("the answer tells neither its length nor its end")
    if last not in (b"\n", b"\r") and not open_last_line:
        raise TransientFetchError("the last line has no end; the answer may be cut")


def _retry_after_s(text: str) -> float | None:
    """Return the seconds of a Retry-After header, which holds seconds or a date; anything else is as if absent."""
    if text.isascii() and text.isdecimal():
        return float(text[:12])
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (when - datetime.now(UTC)).total_seconds()) if when.tzinfo else None


def _clock_notes(response: httpx.Response) -> tuple[str, ...]:
    try:
        told = parsedate_to_datetime(response.headers["date"])
    except (KeyError, ValueError):
        return ()
    off_s = (datetime.now(UTC) - told).total_seconds() if told.tzinfo else 0.0
    return (f"the server's clock differs by {off_s:.0f} s",) if abs(off_s) > CLOCK_SKEW_S else ()


def _plain(url: str) -> str:
    """Return an address for a message: without the query, where keys stand."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))

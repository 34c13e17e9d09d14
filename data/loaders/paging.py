"""An answer in pieces: page after page until whole, and proof that nothing was skipped, repeated or changed between.

Services change while they are read. Rows that come twice, counts that differ from page to page or a page that is not
the one asked for start the download anew; if that does not help it is refused. A part is never passed on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from data.loaders.addresses import FetchError
from data.loaders.fetch_options import Paging
from data.loaders.json_paths import PathError, Row, at, read_json, rows_at, shown
from data.loaders.source import FileRefusedError

Get = Callable[[str, Path], object]  # asks an address and writes the body


class ChangedBetweenPagesError(Exception):
    """The pages do not belong together."""


@dataclass
class _Download:
    """What is known after some pages."""

    lines: list[bytes] = field(default_factory=list)
    seen: set[tuple[str, ...]] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    constant: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    last_was_full: bool = True


def download_pages(
    get: Get, address: Callable[[dict[str, str]], str], paging: Paging, path: Path, max_bytes: int
) -> list[str]:
    """Write all pages to ``path``, one JSON answer a line; return what was noticed on the way.

    ``address`` builds the address of a page from query parameters. Raises ``FetchError`` if the pages never fit.
    """
    notes: list[str] = []
    for _ in range(paging.restarts + 1):
        try:
            lines = _all_pages(get, address, paging, path, max_bytes)
        except ChangedBetweenPagesError as error:
            notes.append(f"started anew: {error}")
            continue
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        return notes
    path.unlink(missing_ok=True)
    raise FetchError(f"the pages do not belong together ({'; '.join(notes)})")


def _all_pages(
    get: Get, address: Callable[[dict[str, str]], str], paging: Paging, path: Path, max_bytes: int
) -> list[bytes]:
    done = _Download()
    url = address(_parameters(paging, done))
    size = 0
    for number in range(paging.max_pages):
        if url in done.addresses:
            raise ChangedBetweenPagesError(f"page {number + 1} leads back to a page read before")
        done.addresses.add(url)
        get(url, path)
        body = path.read_bytes()
        size += len(body)
        if size > max_bytes:
            raise FetchError(f"the pages together are larger than {max_bytes} bytes")
        document = _document(body, path, number + 1)
        _take(document, paging, done, number)
        done.lines.append(b" ".join(body.removeprefix(b"\xef\xbb\xbf").splitlines()))
        following = _next(document, url, address, paging, done, number)
        if following is None:
            _check_whole(paging, done)
            return done.lines
        url = following
    raise FetchError(f"more than {paging.max_pages} pages")


def _document(body: bytes, path: Path, number: int) -> Any:  # noqa: ANN401 - any JSON
    try:
        return read_json(body.decode("utf-8-sig"), path.name, f"page {number}")
    except (FileRefusedError, UnicodeDecodeError) as error:
        raise FetchError(f"page {number} is not whole: {error}") from error


def _parameters(paging: Paging, done: _Download) -> dict[str, str]:
    sized = {paging.size_parameter: str(paging.size)} if paging.size_parameter else {}
    if paging.kind == "next":
        return sized
    position = len(done.lines) + paging.first if paging.kind == "page" else done.rows + paging.first
    # An offset counts from 0 unless the service counts rows from 1.
    return {**sized, paging.parameter: str(position)}


def _take(document: object, paging: Paging, done: _Download, number: int) -> None:
    """Count the rows of a page, and refuse what another page gave already."""
    try:
        rows = list(rows_at(document, paging.rows))
    except PathError as error:
        raise FetchError(f"page {number + 1} has no rows at {paging.rows}: {error} in {shown(document)}") from error
    for row in rows:
        identity = _identity(row, paging, number)
        if identity in done.seen:
            raise ChangedBetweenPagesError(f"page {number + 1} repeats {', '.join(identity)}")
        done.seen.add(identity)
    for where in (paging.total, paging.pages, *paging.stable):
        if where:
            _check_constant(document, where, done, number)
    if paging.echo and paging.kind == "page":
        asked = str(number + paging.first)
        if _told(document, paging.echo, number) != asked:
            raise ChangedBetweenPagesError(f"page {asked} was asked for, another one came")
    done.rows += len(rows)
    done.last_was_full = not paging.size or len(rows) >= paging.size


def _identity(row: Row, paging: Paging, number: int) -> tuple[str, ...]:
    try:
        return tuple(str(row.field(name)) for name in paging.identity)
    except PathError as error:
        raise FetchError(f"page {number + 1}, {row.place}: no field {error}") from error


def _check_constant(document: object, where: str, done: _Download, number: int) -> None:
    found = _told(document, where, number)
    if done.constant.setdefault(where, found) != found:
        raise ChangedBetweenPagesError(f"{where} was {done.constant[where]} and is {found} on page {number + 1}")


def _told(document: object, where: str, number: int) -> str:
    try:
        return str(at(document, where.removeprefix("$")))
    except PathError as error:
        raise FetchError(f"page {number + 1} has nothing at {where}: {error}") from error


def _next(
    document: object, url: str, address: Callable[[dict[str, str]], str], paging: Paging, done: _Download, number: int
) -> str | None:
    """Return the address of the page after this one, ``None`` after the last."""
    if paging.kind == "next":
        try:
            following = at(document, paging.next.removeprefix("$"))
        except PathError:
            return None  # the last page names no next one
        return urljoin(url, str(following)) if following else None
    if paging.pages:
        ended = number + 1 >= _number(done.constant[paging.pages], paging.pages)
    elif paging.total:
        ended = done.rows >= _number(done.constant[paging.total], paging.total)
        if not ended and not done.last_was_full:
            raise ChangedBetweenPagesError(f"page {number + 1} ended early")
    else:
        ended = not done.last_was_full
    return None if ended else address(_parameters(paging, done))


def _check_whole(paging: Paging, done: _Download) -> None:
    if paging.total:
        total = _number(done.constant[paging.total], paging.total)
        if total != done.rows:
            raise ChangedBetweenPagesError(f"{paging.total} tells {total} rows, {done.rows} came")


def _number(text: str, where: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise FetchError(f"{where} is not a count: {text[:40]!r}")
    return int(text)

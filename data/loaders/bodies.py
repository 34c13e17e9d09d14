"""The body of an answer, decoded within limits: what grows too large, ends early or is packed twice is refused."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator

from data.loaders.addresses import FetchError, TransientFetchError

GZIP = 16 + zlib.MAX_WBITS
PIECE = 1 << 16
HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|script)\b", re.IGNORECASE | re.DOTALL)
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def decoded(pieces: Iterable[bytes], encoding: str, max_bytes: int) -> Iterator[bytes]:
    """Yield the body without its content encoding (none or gzip); ``FetchError`` beyond ``max_bytes``.

    A gzip stream that ends early or with a wrong checksum raises ``TransientFetchError``.
    """
    plain = {"": _as_sent, "identity": _as_sent, "gzip": _unpacked, "x-gzip": _unpacked}.get(encoding.strip().lower())
    if plain is None:
        raise FetchError(f"content encoding {encoding!r} was not asked for")
    size = 0
    for piece in plain(pieces):
        size += len(piece)
        if size > max_bytes:
            raise FetchError(f"the answer is larger than {max_bytes} bytes")
        yield piece


def _as_sent(pieces: Iterable[bytes]) -> Iterator[bytes]:
    yield from pieces


def _unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(GZIP)
    started = False
    for sent in pieces:
        rest = sent
        while rest:
            if unpacker.eof:  # another member follows
                unpacker = zlib.decompressobj(GZIP)
            started = True
            try:
                piece = unpacker.decompress(rest, PIECE)
            except zlib.error as error:
                raise TransientFetchError(f"the answer is not whole gzip: {error}") from error
            yield piece
            rest = unpacker.unconsumed_tail or (unpacker.unused_data if unpacker.eof else b"")
        while started and not unpacker.eof and (piece := unpacker.decompress(b"", PIECE)):
            yield piece
    if not (started and unpacker.eof):
        raise TransientFetchError("the gzip stream ends before its end")


def looks_like_html(start: bytes) -> bool:
    """Tell whether a body begins as a page for people: a sign-in or error page answered in place of data."""
    for mark in MARKS:
        start = start.removeprefix(mark)
    return HTML.match(start.replace(b"\x00", b"")) is not None

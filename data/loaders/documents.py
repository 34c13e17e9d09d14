"""What a reader opens: a file as it lies on the disk, or a member of a ZIP delivery that was unpacked in memory.

The confined child writes no files, so that a member never has a path.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO


@dataclass(frozen=True)
class Member:
    """A file out of a ZIP, as bytes; ``name`` is its path inside the archive."""

    name: str
    content: bytes


Document = Path | Member


def opened(document: Document) -> BinaryIO:
    """Open a document for reading bytes."""
    return document.open("rb") if isinstance(document, Path) else io.BytesIO(document.content)


def opened_text(document: Document, encoding: str) -> TextIO:
    """Open a document as text with its line breaks as they are."""
    return io.TextIOWrapper(opened(document), encoding=encoding, newline="")


def size_of(document: Document) -> int:
    """Return the size in bytes."""
    return document.stat().st_size if isinstance(document, Path) else len(document.content)


def last_bytes(document: Document, count: int) -> bytes:
    """Return the last bytes."""
    with opened(document) as file:
        file.seek(max(0, size_of(document) - count))
        return file.read()

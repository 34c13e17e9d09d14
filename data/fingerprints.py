"""Fingerprints of files and declarations, to know whether there is anything new to do."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_SCHEDULE = re.compile(rb"^\[schedule[\].].*?(?=^\[|\Z)", flags=re.MULTILINE | re.DOTALL)


def declaration_sha256(path: Path) -> str:
    """Return the SHA-256 of a source's declaration without its schedule.

    When a source is asked changes nothing about how its files are read, so they need not be read again.
    """
    return hashlib.sha256(_SCHEDULE.sub(b"", path.read_bytes()).rstrip()).hexdigest()


def fingerprint(parts: Iterable[str]) -> str:
    """Return one fingerprint of texts in their order."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode())
        digest.update(b"\x1f")
    return digest.hexdigest()


def folder_fingerprint(folder: Path, *patterns: str) -> str:
    """Return one fingerprint of the names and contents of the files of a folder that match, recursively."""
    files = sorted({path for pattern in patterns for path in folder.rglob(pattern) if path.is_file()})
    return fingerprint(text for path in files for text in (str(path.relative_to(folder)), file_sha256(path)))

"""The build id: which program and which assets a page was made by, so that an open page knows when to reload."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import dash

SOURCE_SUFFIXES = frozenset({".py", ".toml", ".csv", ".css", ".js", ".json", ".woff2", ".svg"})
SOURCE_FOLDERS = ("assets", "callbacks", "layouts", "data")
SKIPPED_FOLDERS = frozenset({"__pycache__", "samples"})


def build_id(root: Path, other_folders: Iterable[Path] = ()) -> str:
    """Return twelve hexadecimal digits made from the source tree, its assets and the version of Dash.

    ``other_folders`` are folders outside the tree that decide what is shown (a district's own catalogue).
    """
    digest = hashlib.sha256(dash.__version__.encode())
    folders = [*(root / name for name in SOURCE_FOLDERS), *other_folders]
    for path in [root / "app.py", *(file for folder in folders for file in _sources(folder))]:
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in SOURCE_SUFFIXES and SKIPPED_FOLDERS.isdisjoint(path.parts):
            yield path

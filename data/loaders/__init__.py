"""Loaders: which parser reads which kind of source.

``parse(source, path, catalogue)`` is pure: it reads one file and returns facts, rejects and counts; fetching,
checking and writing stand elsewhere (``data.loaders.run``). A new protocol is one module and one entry here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from data.catalogue import Catalogue
from data.columns import Piece
from data.loaders import easyquery, long_table, published, rest, sdmx_feed, table
from data.loaders.fed_options import FedEasyqueryOptions, FedTableOptions
from data.loaders.pieces import pieces_of
from data.loaders.published import PublishedOptions
from data.loaders.rest import RestOptions
from data.loaders.sdmx_feed import SdmxOptions
from data.loaders.source import Declared, FileRefusedError, Parsed, Source, SourceError, load_sources

__all__ = [
    "LOADERS",
    "OPTIONS",
    "FileRefusedError",
    "Parsed",
    "Source",
    "SourceError",
    "load_sources",
    "parse",
    "stream",
]


class Parser(Protocol):
    """What a loader module gives."""

    def __call__(self, source: Source, path: Path, catalogue: Catalogue) -> Parsed:
        """Read one file of the source."""


LOADERS: Mapping[str, Parser] = {
    "table": table.parse,
    "published": published.parse,
    "easyquery": easyquery.parse,
    "rest": rest.parse,
    "sdmx": sdmx_feed.parse,
}
OPTIONS: Mapping[str, type[Declared]] = {
    "table": FedTableOptions,
    "published": PublishedOptions,
    "easyquery": FedEasyqueryOptions,
    "rest": RestOptions,
    "sdmx": SdmxOptions,
}


def parse(source: Source, path: Path, catalogue: Catalogue) -> Parsed:
    """Read one file with the loader its source declares.

    A declaration that does not fit the catalogue raises ``SourceError``, a file that does not fit its declaration
    ``FileRefusedError``; cells that are not numbers become rejects.
    """
    return LOADERS[source.loader](source, path, catalogue)


def stream(source: Source, path: Path, catalogue: Catalogue) -> Iterator[Piece]:
    """Read one file as ``parse`` does, and give it in pieces; a long plain table is never held as a whole."""
    if source.loader == "table" and long_table.can_stream(source, path):
        return long_table.stream(source, path, catalogue)
    return pieces_of(parse(source, path, catalogue))

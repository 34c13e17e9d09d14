"""The declared table: any sheet or CSV whose source says what its rows and columns mean.

One reader serves the Pink Sheet, EIA, exchange rates, customs and more; a new layout is a TOML, not code. A ZIP is
one delivery: all its files are read by the same declaration, and it is loaded whole or not at all.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from data.catalogue import Catalogue
from data.loaders.archives import CUT, holds_files, read_members
from data.loaders.cells import canonical
from data.loaders.documents import Document, Member
from data.loaders.grids import Grid, Opening, read_grids
from data.loaders.layouts import TableLayout, TableOptions
from data.loaders.sensitive import check_headers
from data.loaders.shapes import Shape, shape
from data.loaders.source import FileRefusedError, Parsed, Source
from data.loaders.table_headers import find_columns, notes_of
from data.loaders.table_rows import RAW_CHARACTERS, TableReader

__all__ = ["RAW_CHARACTERS", "parse", "read_tables"]

ENDINGS = {"csv": (".csv", ".txt"), "xlsx": (".xlsx",), "xls": (".xls",), "ods": (".ods",)}
ENDINGS["workbook"] = (*ENDINGS["xlsx"], *ENDINGS["xls"], *ENDINGS["ods"])


def parse(source: Source, path: Path, catalogue: Catalogue) -> Parsed:
    """Read one file as its ``[table]`` section declares. A file unlike the declaration raises ``FileRefusedError``."""
    options: TableOptions = source.options
    layout = options.table.known_to(catalogue.indicators)
    parsed = Parsed()
    for grid in read_tables(source, path, layout, parsed.notes):
        _read(source, path, catalogue, layout, grid, parsed)
    if not parsed.rows_read:
        raise FileRefusedError(path.name, "the table", "at least one row of data", "none")
    parsed.notes = list(dict.fromkeys(parsed.notes))
    return parsed


def read_tables(source: Source, path: Path, layout: TableLayout, notes: list[str]) -> Iterator[Grid]:
    """Give the sheets meant, of the file or of every file in it."""
    words = (*layout.row_headers, *layout.value_headers, *layout.declared_header, *layout.anchor.split())
    opening = Opening(
        layout.format, layout.sheet, layout.sheets, layout.encoding, words, layout.delimiter, source.limits
    )
    for document in _documents(path, layout, notes):
        for grid in read_grids(document, opening):
            named = Grid(**{**vars(grid), "member": document.name}) if isinstance(document, Member) else grid
            yield _exchanged(path.name, named) if layout.transposed else named


def _exchanged(file_name: str, grid: Grid) -> Grid:
    """Exchange rows and columns; a CSV must be whole before, because its short lines cannot be told after that."""
    last = next((row for row in reversed(grid.rows) if row), ())
    if grid.is_csv and (len({len(row) for row in grid.rows if row}) > 1 or not grid.ends_in_break):
        raise FileRefusedError(file_name, "the end of the file", CUT, f"a last line of {len(last)} cells")
    return grid.exchanged()


def _documents(path: Path, layout: TableLayout, notes: list[str]) -> Iterator[Document]:
    if not _is_delivery(path):
        yield path
        return
    endings = ENDINGS[layout.format]
    passed_over, count = list[str](), 0
    for member in read_members(path):
        wanted = re.fullmatch(layout.member, member.name) if layout.member else member.name.lower().endswith(endings)
        if wanted:
            count += 1
            yield member
        else:
            passed_over.append(member.name)
    if passed_over:
        notes.append(f"files in the ZIP that are not read: {', '.join(passed_over)}")
    if not count:
        expected = f"a file like {layout.member!r}" if layout.member else f"a file that ends in {' or '.join(endings)}"
        raise FileRefusedError(path.name, "the ZIP", expected, ", ".join(passed_over) or "none")


def _is_delivery(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return holds_files(archive)


def _read(source: Source, path: Path, catalogue: Catalogue, layout: TableLayout, grid: Grid, parsed: Parsed) -> None:
    table: Shape = shape(path.name, grid, layout)
    known = [canonical(header) for header in (*layout.row_headers, *layout.value_headers)]
    strange = [header for header in table.headers if header not in known]
    check_headers(path.name, grid.row_place(table.head.first_row), strange, layout.allows)
    reader = TableReader(source, path, catalogue, layout, table, find_columns(path.name, table))
    for line in table.lines():
        parsed.rows_read += 1
        reader.read_line(line, parsed)
    reader.finish()
    parsed.rejects += table.rejects
    parsed.notes += [*table.notes, *notes_of(table), *reader.notes]

"""A long plain CSV, read in stretches and column by column, so that ten million rows take no more memory than ten.

It gives exactly what ``data.loaders.table`` gives of the same file, and takes only declarations and headers that
are plain enough for that (a test holds the two against each other). A cell that is not a plain decimal number, a
period or name not seen before, a short or blank row goes the careful way, by the same rules as everywhere.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from data.catalogue import Catalogue
from data.columns import Piece
from data.loaders.documents import last_bytes
from data.loaders.encodings import find_encoding
from data.loaders.grids import FIELD_CHARACTERS
from data.loaders.layouts import Column, Group, TableLayout
from data.loaders.long_columns import ONE_NUMBER, LongReader
from data.loaders.long_lines import stretches
from data.loaders.placements import PERCENT
from data.loaders.source import Declared, FileRefusedError, Source

LONG_BYTES = 1024 * 1024
ROWS = 20_000  # of one stretch
FACTOR_DIGITS = 10
_PLAIN_LAYOUT = {
    "format", "encoding", "delimiter", "header_row", "first_row", "missing", "period", "unmatched", "lookup", "group",
}  # fmt: skip
_PLAIN_PLACE = {
    "indicator", "accumulation", "measure", "region", "industry", "partner", "commodity", "flow", "breakdown",
    "stored_unit", "factor", "decimals", "unit", "header", "when", "column",
}  # fmt: skip
_PLAIN_LOOKUP = {"header", "part", "codes", "code_list", "name", "total"}
LAST_BYTES = 64 * 1024  # in which the last line must stand


def can_stream(source: Source, path: Path) -> bool:
    """Tell whether a file is long, and its declaration and header plain."""
    layout: TableLayout = source.options.table
    return (
        path.stat().st_size >= LONG_BYTES
        and _is_plain(layout)
        and _has_plain_header(path, layout)
        and _has_plain_end(path, layout)
    )


def _is_plain(layout: TableLayout) -> bool:
    places: list[Group | Column] = [*layout.group, *(column for group in layout.group for column in group.column)]
    alike = {tuple((each.header, _merged(group, each)) for each in group.column) for group in layout.group}
    return (
        _sets_only(_PLAIN_LAYOUT, layout)
        and layout.format == "csv"
        and layout.delimiter in ("auto", ",")
        and not any(ONE_NUMBER.fullmatch(sign) for sign in layout.missing)
        and (layout.header_row, layout.first_row) == (1, 2)
        and _sets_only({"column", "form"}, layout.period)
        and isinstance(layout.period.column, str)
        and layout.period.reading.stretch is None
        and not layout.period.reading.serial
        and all(_sets_only(_PLAIN_PLACE, each) and each.stored_unit != PERCENT for each in places)
        and all(_sets_only(_PLAIN_LOOKUP, each) for each in layout.lookup)
        and len(alike) == 1
        and all(len(factor.as_tuple().digits) <= FACTOR_DIGITS for kinds in alike for _, (factor, _) in kinds if factor)
    )


def _sets_only(plain: set[str], declared: Declared) -> bool:
    """Tell whether everything else is as it is where nothing is said."""
    fields = type(declared).model_fields.items()
    return all(
        name in plain or getattr(declared, name) == each.get_default(call_default_factory=True) for name, each in fields
    )


def _merged(group: Group, column: Column) -> tuple[Decimal | None, int | None]:
    """Return how the figures of a column are stored; in every group alike."""
    factor = group.factor if column.factor is None else column.factor
    return factor, group.decimals if column.decimals is None else column.decimals


def _has_plain_header(path: Path, layout: TableLayout) -> bool:
    """Tell whether the first line has every declared header once and no other one."""
    try:
        with path.open("rb") as file:
            line = file.readline(100_000)
        texts = [text.strip() for text in next(csv.reader([line.decode("utf-8-sig")], strict=True))]  # commas
    except (UnicodeDecodeError, csv.Error, StopIteration):
        return False  # the careful reader says what is wrong, or reads another encoding
    declared = {*layout.row_headers, *layout.value_headers}
    return len(texts) == len(declared) and set(texts) == declared


def _has_plain_end(path: Path, layout: TableLayout) -> bool:
    """Tell whether the last line is whole, has a cell under every header and quotes none."""
    line = last_bytes(path, LAST_BYTES).removesuffix(b"\n").removesuffix(b"\r").rpartition(b"\n")
    cells = line[2].split(b",")
    is_whole = last_bytes(path, 1) == b"\n" and bool(line[1])
    width = len({*layout.row_headers, *layout.value_headers})
    return is_whole and len(cells) == width and any(map(bytes.strip, cells)) and not {*b'"\r'} & {*line[2]}


def stream(source: Source, path: Path, catalogue: Catalogue) -> Iterator[Piece]:
    """Give the file in pieces. Raises what ``data.loaders.table.parse`` raises, where it comes to it."""
    layout: TableLayout = source.options.table
    words = (*layout.row_headers, *layout.value_headers)
    encoding = find_encoding(path, words) if layout.encoding == "auto" else layout.encoding
    rows_read = 0
    try:
        for piece in _pieces(source, path, catalogue, layout, encoding):
            rows_read += piece.rows_read
            yield piece
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileRefusedError(path.name, "the file", f"CSV in {encoding}", str(error)) from error
    if not rows_read:
        raise FileRefusedError(path.name, "row 2", "at least one row of data", "none")


def _pieces(source: Source, path: Path, catalogue: Catalogue, layout: TableLayout, encoding: str) -> Iterator[Piece]:
    csv.field_size_limit(FIELD_CHARACTERS)
    with path.open(encoding=encoding, newline="") as file:
        head = next(csv.reader([file.readline()], strict=True))
        reader = LongReader(source, path, catalogue, layout, head)
        first = layout.first_row or 2
        for stretch in stretches(file, len(head), ROWS):
            yield reader.read(first, stretch)
            first += len(stretch)

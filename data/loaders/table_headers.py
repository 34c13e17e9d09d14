"""Which column of a table holds which declared header; a missing, doubled or otherwise-unit one refuses the file."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from data.loaders.cells import canonical, text_of
from data.loaders.layout_parts import FIELDS, FILE, PERIOD, SHEET
from data.loaders.shapes import Shape
from data.loaders.source import FileRefusedError


def find_columns(file_name: str, table: Shape) -> dict[str, int]:
    """Return the index of every needed header that is there; what may be absent and is not there is left out."""
    layout, place = table.layout, table.grid.row_place(table.head.first_row)
    columns: dict[str, int] = {}
    carried = () if layout.has_periods_in_header else layout.carried
    for header in (*layout.row_headers, *carried, *layout.value_headers):
        name = _in_this_table(header, table.head.captured)
        count = table.headers.count(name)
        if count == 0 and header in layout.may_be_absent:
            table.notes.append(f"column {header!r} may be absent and is not there")
            continue
        if count != 1:
            near = ", ".join(map(repr, get_close_matches(name, table.headers, n=1, cutoff=0.4))) or "none like it"
            found = f"it {count} times" if count else f"{near} in {len(table.headers)} columns"
            raise FileRefusedError(file_name, place, f"one column {_shown(header, name)!r}", found)
        columns[header] = table.headers.index(name)
    _check_units(file_name, table, columns)
    return columns


def _in_this_table(header: str, captured: Mapping[str, str]) -> str:
    """Return the header as this table should write it: ``{month}月`` with the month captured from its title."""
    if header in (SHEET, FILE, PERIOD):
        return canonical(header)
    return canonical(FIELDS.sub(lambda match: captured.get(match[1], match[0]), header))


def _shown(header: str, name: str) -> str:
    return name if FIELDS.search(header) else header


def _check_units(file_name: str, table: Shape, columns: Mapping[str, int]) -> None:
    layout = table.layout
    if layout.unit_row is None and "unit" not in layout.levels:
        return
    for group in layout.group:
        for column in group.column:
            index, expected = columns.get(column.header), column.unit or group.unit
            if index is None:
                continue
            unit, place = table.units.get(table.headers[index], ("", index + 1))
            if unit != canonical(expected or ""):
                where = table.grid.place(layout.unit_row or table.head.last_row, place)
                written = table.grid.text(layout.unit_row, place) if layout.unit_row else unit
                raise FileRefusedError(
                    file_name, where, f"unit {expected!r} for {column.header!r}", repr(written or unit)
                )


def notes_of(table: Shape) -> list[str]:
    """Say which columns nobody declared, and which of those left out on purpose are not there."""
    layout = table.layout
    declared = (*layout.row_headers, *layout.carried, *layout.value_headers, *layout.ignored)
    known = {*(_in_this_table(header, table.head.captured) for header in declared), ""}
    own = table.head.captured.keys() | {canonical(name) for name in table.head.captured} | {canonical(PERIOD)}
    written = [text_of(cell) for cell in table.grid.rows[table.head.first_row - 1]]
    shown = {canonical(text): text for text in written}
    strange = [f"column {shown.get(name, name)!r} is not declared" for name in table.headers if name not in known | own]
    missing = [header for header in layout.ignored if _in_this_table(header, table.head.captured) not in table.headers]
    return strange + [f"column {header!r} is declared as ignored and is not there" for header in missing]

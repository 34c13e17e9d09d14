"""SDMX-CSV 1 and 2: one line an observation. The library ``sdmx1`` reads 2 only beside a structure message.

Labels (``A: Annual`` or a second column), sub-fields and keys in one column are understood; a line with action D
deletes and refuses the file. The separator and decimal comma of a file are told by its header.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from data.loaders.records import Record
from data.loaders.source import FileRefusedError

FIRST_2 = re.compile(r"STRUCTURE(?:\[(?P<inner>.)\])?")
KINDS = frozenset({"dataflow", "datastructure", "dataprovision"})
ACTIONS = frozenset("IAMR")
STRUCTURE = re.compile(r"([\w.@-]+):([\w.@-]+)\(([\w.+*-]+)\)(?:: .*)?", re.DOTALL)
SUFFIX = re.compile(r"\[[^\]]*\]$")
COMMA_DECIMAL = re.compile(r"[+-]?[0-9]+,[0-9]+")
LABELLED = ": "


@dataclass(frozen=True)
class _Layout:
    """What the header tells: the columns by position, whether they are labelled, and the separator."""

    names: tuple[str, ...]  # "" where the column only labels the one before it
    labelled: frozenset[int]
    version: int
    separator: str
    structure: int  # the column that names the structure


def records(path: Path, structures: tuple[str, ...]) -> Iterator[Record]:
    """Yield the observations of a file whose lines all follow one of ``structures``."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefusedError(path.name, "the file", "UTF-8", str(error)) from error
    separator = ";" if re.match(r'"?(?:STRUCTURE(?:\[.\])?|DATAFLOW)"?;', text) else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = next(lines, [])
        layout = _layout(path, header, separator)
        for cells in lines:
            if not any(cells):
                continue
            place = f"line {lines.line_num}"
            if len(cells) != len(header):
                raise FileRefusedError(path.name, place, f"{len(header)} cells", f"{len(cells)}; the file may be cut")
            _check_line(path, place, cells, layout, structures)
            yield Record(place, _fields(cells, layout))
    except csv.Error as error:
        raise FileRefusedError(path.name, f"line {lines.line_num}", "SDMX-CSV", str(error)) from error


def _layout(path: Path, header: list[str], separator: str) -> _Layout:
    first = header[0] if header else ""
    version = 2 if FIRST_2.fullmatch(first) else 1 if first.split(LABELLED)[0] == "DATAFLOW" else 0
    if not version or (version == 2 and header[1:2] != ["STRUCTURE_ID"]):
        raise FileRefusedError(path.name, "line 1", "the header of SDMX-CSV 1 or 2", separator.join(header)[:200])
    labelled = frozenset(number for number, name in enumerate(header) if LABELLED in name)
    names = [SUFFIX.sub("", name.split(LABELLED)[0]) for name in header]
    if "STRUCTURE_NAME" in names:  # labels stand in a column of their own, after each component
        first_component = 2 + sum(name in names for name in ("STRUCTURE_NAME", "ACTION", "SERIES_KEY", "OBS_KEY"))
        names = [
            name if number < first_component or (number - first_component) % 2 == 0 else ""
            for number, name in enumerate(names)
        ]
    doubled = [name for name in names if name and names.count(name) > 1]
    if doubled:
        raise FileRefusedError(path.name, "line 1", f"one column {doubled[0]!r}", f"{names.count(doubled[0])}")
    return _Layout(tuple(names), labelled, version, separator, 1 if version == 2 else 0)


def _check_line(path: Path, place: str, cells: list[str], layout: _Layout, structures: tuple[str, ...]) -> None:
    found = STRUCTURE.fullmatch(cells[layout.structure])
    name = f"{found[1]}:{found[2]}({found[3]})" if found else cells[layout.structure]
    if name not in structures:
        raise FileRefusedError(path.name, place, " or ".join(structures), name[:200])
    if layout.version == 1:
        return
    if cells[0] not in KINDS:
        raise FileRefusedError(path.name, place, " or ".join(sorted(KINDS)), cells[0][:200])
    action = cells[layout.names.index("ACTION")] if "ACTION" in layout.names else "I"
    if action not in ACTIONS:
        raise FileRefusedError(path.name, place, f"action {', '.join(sorted(ACTIONS))}", repr(action[:20]))


def _fields(cells: list[str], layout: _Layout) -> dict[str, object]:
    fields: dict[str, object] = {}
    for number, (name, cell) in enumerate(zip(layout.names, cells, strict=True)):
        if not name:
            continue
        text = cell.split(LABELLED)[0] if number in layout.labelled else cell
        if layout.separator == ";" and COMMA_DECIMAL.fullmatch(text):
            text = text.replace(",", ".")
        fields[name] = text if text else None
    return fields

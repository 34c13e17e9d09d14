"""Files as strangers send them: a small declared feed, good files for it, and hostile workbooks."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl

from data.loaders import OPTIONS
from data.loaders.source import Source, read_source

HEADER = """
code = "feed"
loader = "table"
files = ["*"]
title_zh = "来料"
title_en = "Feed"
publisher_zh = "统计局"
publisher_en = "Bureau"
licence = "open"
page = ""
vintage = 2024-06-01
{more}
[table]
format = "{kind}"
sheet = "{sheet}"
header_row = 1
first_row = 2
missing = ["", "…"]
period = {{ column = "月份", form = "month" }}
{table}
[[table.group]]
region = "100000"
indicator = "trade"
stored_unit = "CNY_100M"
accumulation = "S"
column = [
  {{ header = "出口", flow = "X" }},
  {{ header = "进口", flow = "M" }},
]
"""
ROWS = (("月份", "出口", "进口"), ("2024-01", 20.5, 10.25), ("2024-02", 21.5, 11.25), ("2024-03", 22.5, 12.25))


def feed(folder: Path, kind: str = "csv", more: str = "", table: str = "") -> Source:
    """The declaration of the feed, as CSV or xlsx."""
    path = folder / "feed.toml"
    sheet = "" if kind == "csv" else "数据"
    path.write_text(HEADER.format(kind=kind, sheet=sheet, more=more, table=table), encoding="utf-8")
    return read_source(path, OPTIONS)


def csv_text(rows: object = ROWS, end: str = "\n") -> str:
    return "".join(",".join(map(str, row)) + end for row in rows)


def workbook(path: Path, rows: object = ROWS, change: Callable[[openpyxl.Workbook], None] | None = None) -> Path:
    """A good workbook with sheet 数据."""
    book = openpyxl.Workbook()
    book.active.title = "数据"
    for row in rows:
        book.active.append(row)
    if change is not None:
        change(book)
    book.save(path)
    return path


SHEET = "xl/worksheets/sheet1.xml"
SHEET_HEAD = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
SHEET_END = b"</sheetData></worksheet>"


def repacked(path: Path, parts: Mapping[str, bytes]) -> Path:
    """The same archive with some parts replaced or added."""
    old = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(old)) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            if entry.filename not in parts:
                target.writestr(entry, source.read(entry))
        for name, content in parts.items():
            target.writestr(name, content)
    return path


def row(number: int, cells: str) -> bytes:
    return f'<row r="{number}">{cells}</row>'.encode()


ENTITY_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><worksheet>&c;</worksheet>'
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'


def _nested() -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", "1")
    return inner.getvalue()


def _many_rows() -> bytes:
    return SHEET_HEAD + b"".join(b"<row><c><v>%d</v></c></row>" % n for n in range(500_000)) + SHEET_END


def _utf16_bomb() -> bytes:
    return ENTITY_BOMB.decode().replace("?>", ' encoding="UTF-16"?>', 1).encode("utf-16")


# What is wrong -> the parts that make it so, and a word of the refusal.
HOSTILE: dict[str, tuple[Callable[[], Mapping[str, bytes]], str]] = {
    "far cell": (
        lambda: {SHEET: SHEET_HEAD + row(1, '<c r="A1"><v>1</v></c>') + row(1048576, '<c r="XFD1048576"><v>1</v></c>')
                 + SHEET_END},
        "1048576",
    ),
    "far column": (lambda: {SHEET: SHEET_HEAD + row(1, '<c r="XFD1"><v>1</v></c>') + SHEET_END}, "XFD1"),
    "half a million rows": (lambda: {SHEET: _many_rows()}, "rows"),
    "huge cell": (
        lambda: {SHEET: SHEET_HEAD + b'<row><c t="inlineStr"><is><t>' + b"a" * 150_000_000 + b"</t></is></c></row>"
                 + SHEET_END},
        "times its packed size",
    ),
    "too much in all": (lambda: {f"xl/media/{n}.bin": os.urandom(1000) * 21_000 for n in range(10)}, "MiB unpacked"),
    "entity bomb": (lambda: {SHEET: ENTITY_BOMB}, "DTD"),
    "outside entity": (lambda: {SHEET: OUTSIDE}, "DTD"),
    "entity bomb in a part nobody asked for": (lambda: {"docProps/odd.xml": ENTITY_BOMB}, "DTD"),
    "entity bomb after a long comment": (
        lambda: {SHEET: ENTITY_BOMB.replace(b"?>", b"?><!--" + b"-x" * 200_000 + b"-->", 1)}, "DTD",
    ),
    "entity bomb in UTF-16": (lambda: {SHEET: _utf16_bomb()}, "UTF-16"),
    "entity bomb in UTF-16 elsewhere": (lambda: {"xl/odd.xml": _utf16_bomb()}, "DTD"),
    "entity bomb in EBCDIC": (
        lambda: {SHEET: b'<?xml version="1.0" encoding="cp037"?>' + ENTITY_BOMB[21:].decode().encode("cp037")}, "cp037",
    ),
    "archive inside": (lambda: {"xl/embeddings/book.xlsx": _nested()}, "archive"),
    "archive inside by another name": (lambda: {"xl/media/picture.png": _nested()}, "archive"),
    "macros": (lambda: {"xl/vbaProject.bin": b"\0"}, "macros"),
    "path out": (lambda: {"../../etc/cron.d/x": b"x"}, "leads out"),
    "path out by backslash": (lambda: {"..\\..\\x": b"x"}, "leads out"),
    "absolute path": (lambda: {"/etc/passwd": b"x"}, "leads out"),
    "drive": (lambda: {"C:/x": b"x"}, "leads out"),
    "thousands of entries": (lambda: {f"xl/media/{n}": b"" for n in range(2_500)}, "entries"),
}  # fmt: skip

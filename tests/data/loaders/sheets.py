"""Workbooks as publishers make them: rows, merged ranges, number formats; as xlsx and as ods."""

# ruff: noqa: E501 - a row of a table reads better in one line
from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import openpyxl

from data.loaders import OPTIONS
from data.loaders.source import Source, read_source

HEADER = """
code = "feed"
loader = "table"
files = ["feed/*"]
title_zh = "来料"
title_en = "Feed"
publisher_zh = "统计局"
publisher_en = "Bureau"
licence = "open"
page = ""
vintage = 2026-06-01
"""


def declared(folder: Path, text: str, more: str = "") -> Source:
    """A source with this ``[table]`` section and what belongs to it."""
    path = folder / "feed.toml"
    path.write_text(HEADER + more + text, encoding="utf-8")
    return read_source(path, OPTIONS)


def xlsx(
    path: Path,
    rows: Iterable[Sequence[object]],
    merged: Sequence[str] = (),
    formats: Mapping[str, str] | None = None,
    sheet: str = "表",
    others: Mapping[str, Sequence[Sequence[object]]] | None = None,
    hidden: Sequence[str] = (),
    from_1904: bool = False,
) -> Path:
    """A workbook of one sheet, and ``others`` before it."""
    book = openpyxl.Workbook()
    if from_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    page = book.active
    page.title = sheet
    for name, content in (others or {}).items():
        other = book.create_sheet(name, 0)
        for row in content:
            other.append(list(row))
    for row in rows:
        page.append(list(row))
    for each in merged:
        page.merge_cells(each)
    for cell, number_format in (formats or {}).items():
        page[cell].number_format = number_format
    book.active = len(book.sheetnames) - 1
    for name in hidden:
        book[name].sheet_state = "hidden"
    book.save(path)
    return path


NAMESPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)


def ods_cell(value: object) -> str:
    """One cell as LibreOffice writes it; a text that begins with ``<`` is the XML itself."""
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str) and value.startswith("<"):
        return value
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def ods_row(cells: Sequence[object], repeated: int = 1) -> str:
    times = f' table:number-rows-repeated="{repeated}"' if repeated > 1 else ""
    return f"<table:table-row{times}>{''.join(map(ods_cell, cells))}</table:table-row>"


def ods(path: Path, rows: Iterable[Sequence[object] | str], sheet: str = "表", hidden: Sequence[str] = ()) -> Path:
    """An ods workbook; a row may be given as XML."""
    body = "".join(row if isinstance(row, str) else ods_row(row) for row in rows)
    styles = (
        '<style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style>'
        '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
    )
    first = "".join(
        f'<table:table table:name={quoteattr(name)} table:style-name="ta2">{ods_row(["月份", "出口"])}</table:table>'
        for name in hidden
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NAMESPACES}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{first}"
        f'<table:table table:name={quoteattr(sheet)} table:style-name="ta1">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def figures(parsed) -> list[tuple[str, int, float | None]]:
    """What was read, short enough to compare: accumulation and flow, period, value."""
    return [
        (f"{fact.key.accumulation}{fact.key.measure[0]}{fact.key.flow}", fact.period, fact.value)
        for fact in parsed.facts
    ]

"""Answers of JSON and CSV interfaces by declaration: the World Bank, UN Comtrade, a department's own service, a query.

``[answer]`` says where the rows stand and what must hold of the whole; ``[records]`` maps them. A ``.jsonl`` file
holds one JSON answer per line: the pages of one download, or the rows of a query.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from data.catalogue import Catalogue
from data.loaders.fetch_options import Fed
from data.loaders.json_paths import PathError, Row, at, read_json, rows_at, shown, steps_of
from data.loaders.record_mapping import RecordMapping
from data.loaders.records import Record, RecordReader
from data.loaders.source import Declared, FileRefusedError, Parsed, Source, Text

MAX_FILE_BYTES = 512 << 20


class ExpectedAt(Declared):
    """What must stand at a path of every answer (a number is compared as text); ``absent`` says it may be missing."""

    path: Text
    text: str
    absent: bool = False


class Answer(Declared):
    """Where the rows of an answer stand, and what tells that it is whole.

    ``count`` is the path of the number of rows in this answer, ``total`` of those in all pages together; ``limit`` is
    a number of rows at which the service silently stops: reaching it refuses the answer.
    """

    format: Literal["json", "csv"]
    rows: str = ""
    count: str = ""
    total: str = ""
    limit: int = Field(default=0, ge=0)
    expected: tuple[ExpectedAt, ...] = ()
    delimiter: Literal[",", ";", "\t", "|"] = ","
    encoding: Literal["utf-8-sig", "gb18030"] = "utf-8-sig"
    ignored: tuple[Text, ...] = ()

    @field_validator("rows", "count", "total")
    @classmethod
    def _is_path(cls, value: str) -> str:
        steps_of(value.removeprefix("$").lstrip("."))
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.format == "json" and not self.rows.endswith(("]", "}")):
            raise ValueError('rows must end with [*] or {*}, such as "data[*]"')
        return self


class RestOptions(Fed):
    """The sections of a source with ``loader = "rest"``."""

    answer: Answer
    records: RecordMapping


def parse(source: Source, path: Path, catalogue: Catalogue) -> Parsed:
    """Read one answer, or the pages of one. What is not as declared raises ``FileRefusedError``."""
    options: RestOptions = source.options
    if path.stat().st_size > MAX_FILE_BYTES:
        raise FileRefusedError(path.name, "the file", f"at most {MAX_FILE_BYTES} bytes", str(path.stat().st_size))
    reader = RecordReader(source, path.name, catalogue, options.records)
    if options.answer.format == "csv":
        return reader.read(_csv_records(path, options))
    return reader.read(_json_records(path, options))


def _text_of(path: Path, encoding: str) -> str:
    try:
        with path.open(encoding=encoding, newline="") as file:
            return file.read()
    except UnicodeDecodeError as error:
        raise FileRefusedError(path.name, "the file", f"text in {encoding}", str(error)) from error


def _pages(path: Path, encoding: str) -> Iterator[tuple[str, Any]]:
    text = _text_of(path, encoding)
    if path.suffix != ".jsonl":
        yield "", read_json(text, path.name)
        return
    lines = [line for line in text.split("\n") if line.strip()]
    for number, line in enumerate(lines, start=1):
        yield (f"page {number}, " if len(lines) > 1 else ""), read_json(line, path.name, f"page {number}")


def _json_records(path: Path, options: RestOptions) -> Iterator[Record]:
    answer, used = options.answer, options.records.used
    total, found = None, 0
    for page, document in _pages(path, answer.encoding):
        _check_expected(path, page, document, answer)
        rows = _rows(path, page, document, answer)
        found += len(rows)
        total = _check_counts(path, page, document, answer, len(rows), total)
        yield from (Record(page + row.place, _fields(row, used)) for row in rows)
    if total is not None and total != found:
        raise FileRefusedError(path.name, answer.total, f"{total} rows as the answer says", f"{found}")


def _rows(path: Path, page: str, document: object, answer: Answer) -> list[Row]:
    try:
        rows = list(rows_at(document, answer.rows))
    except PathError as error:
        found = f"{error} in {shown(document)}"
        raise FileRefusedError(path.name, f"{page}{answer.rows}", "the rows", found) from error
    if answer.limit and len(rows) >= answer.limit:
        expected = f"fewer than {answer.limit} rows, where the service stops without a word"
        raise FileRefusedError(path.name, f"{page}{answer.rows}", expected, str(len(rows)))
    return rows


def _fields(row: Row, used: tuple[str, ...]) -> dict[str, object]:
    """Return the declared fields that are there."""
    fields: dict[str, object] = {}
    for name in used:
        try:
            fields[name] = row.field(name)
        except PathError:
            continue
    return fields


def _check_expected(path: Path, page: str, document: object, answer: Answer) -> None:
    for rule in answer.expected:
        try:
            told = at(document, rule.path.removeprefix("$"))
            found = "" if told is None else str(told)  # an error of null is none
        except PathError:
            if rule.absent:
                continue
            raise FileRefusedError(
                path.name, f"{page}{rule.path}", repr(rule.text), f"nothing in {shown(document)}"
            ) from None
        if found != rule.text:
            raise FileRefusedError(path.name, f"{page}{rule.path}", repr(rule.text), repr(found[:200]))


def _check_counts(path: Path, page: str, document: object, answer: Answer, rows: int, total: int | None) -> int | None:
    """Return the total the pages tell, after checking it and the page's own count."""
    if answer.count and (told := _count(path, page, document, answer.count)) != rows:
        raise FileRefusedError(path.name, f"{page}{answer.count}", f"{told} rows as the answer says", str(rows))
    if not answer.total:
        return None
    told = _count(path, page, document, answer.total)
    if total is not None and told != total:
        raise FileRefusedError(path.name, f"{page}{answer.total}", f"{total} as on the first page", str(told))
    return told


def _count(path: Path, page: str, document: object, where: str) -> int:
    try:
        return int(str(at(document, where.removeprefix("$"))))
    except (PathError, ValueError) as error:
        raise FileRefusedError(path.name, f"{page}{where}", "a count of rows", str(error)) from error


def _csv_records(path: Path, options: RestOptions) -> Iterator[Record]:
    answer = options.answer
    text = io.StringIO(_text_of(path, answer.encoding), newline="")
    lines = csv.reader(text, delimiter=answer.delimiter, strict=True)
    try:
        header = next(lines, [])
        _check_header(path, header, options)
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                place = f"line {lines.line_num}"
                raise FileRefusedError(path.name, place, f"{len(header)} cells", f"{len(cells)}; the file may be cut")
            yield Record(f"line {lines.line_num}", dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        raise FileRefusedError(path.name, f"line {lines.line_num}", "CSV", str(error)) from error


def _check_header(path: Path, header: list[str], options: RestOptions) -> None:
    missing = [name for name in options.records.used if header.count(name) != 1]
    if missing:
        raise FileRefusedError(path.name, "line 1", f"one column {missing[0]!r}", ", ".join(header)[:300] or "nothing")

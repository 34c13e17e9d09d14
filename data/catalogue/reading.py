"""Reading the catalogue's TOML and CSV files; every mistake becomes a ``CatalogueError`` with file, key and line."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from data.catalogue.errors import CatalogueError

Model = TypeVar("Model", bound=BaseModel)
_LINE_IN_MESSAGE = re.compile(r"\(at line (\d+)")


@dataclass(frozen=True)
class TomlFile:
    """A parsed TOML file that still knows its lines."""

    path: Path
    text: str
    content: dict[str, Any]

    def line_of(self, key: str) -> int | None:
        """Return the line (from 1) of a dotted key such as ``indicator.gdp.unit``, or of the nearest table above."""
        parts = key.split(".")
        for length in range(len(parts), 0, -1):
            line = self._table_line(parts[:length], parts[length:])
            if line:
                return line
        return _line_matching(self.text, 0, re.compile(rf"\s*{re.escape(parts[0])}\s*[.=]"))

    def _table_line(self, table: Sequence[str], rest: Sequence[str]) -> int | None:
        header = _line_matching(self.text, 0, re.compile(rf"\s*\[+\s*{re.escape('.'.join(table))}\s*\]"))
        if header is None or not rest:
            return header
        return _line_matching(self.text, header, re.compile(rf"\s*{re.escape(rest[0])}\s*[.=]"), stop="[") or header

    def error(self, key: str, reason: str) -> CatalogueError:
        """Return the error that names this file, the key and its line."""
        return CatalogueError(self.path, key, reason, self.line_of(key) if key else None)

    def table(self, key: str) -> dict[str, Any]:
        """Return the top-level table ``key`` ({} if absent); refuse anything that is not a table."""
        value = self.content.get(key, {})
        if not isinstance(value, dict):
            raise self.error(key, f"must be a table [{key}], not {type(value).__name__}")
        return value

    def only(self, allowed: Sequence[str]) -> None:
        """Refuse top-level keys that nobody reads."""
        for key in self.content:
            if key not in allowed:
                raise self.error(key, f"unknown table; this file may hold {', '.join(allowed)}")


def _line_matching(text: str, after: int, pattern: re.Pattern[str], stop: str = "") -> int | None:
    for number, line in enumerate(text.splitlines(), start=1):
        if number <= after:
            continue
        if stop and line.lstrip().startswith(stop):
            return None
        if pattern.match(line):
            return number
    return None


def read_toml(path: Path) -> TomlFile:
    """Read a UTF-8 TOML file; one that is missing, not UTF-8 or not TOML raises ``CatalogueError`` with the line."""
    try:
        text = path.read_text(encoding="utf-8")
        return TomlFile(path, text, tomllib.loads(text))
    except FileNotFoundError as error:
        raise CatalogueError(path, "", "the file is missing") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(path, "", f"not UTF-8: {error.reason} at byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        found = _LINE_IN_MESSAGE.search(str(error))
        raise CatalogueError(path, "", str(error), int(found[1]) if found else None) from error


def build(model: type[Model], file: TomlFile, key: str, values: object, **more: object) -> Model:
    """Return ``model`` made from the table at ``key``; ``more`` holds what the place in the file says (the code).

    The first value pydantic refuses raises ``CatalogueError`` with the dotted key inside the table.
    """
    if not isinstance(values, Mapping):
        raise file.error(key, f"must be a table, not {type(values).__name__}")
    try:
        return model.model_validate({**values, **more})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join([key, *(str(part) for part in first["loc"])])
        raise file.error(where, _reason(first)) from error


def _reason(first: Mapping[str, Any]) -> str:
    words = {"extra_forbidden": "unknown key", "missing": "the key is missing"}
    message = words.get(first["type"], first["msg"].removeprefix("Value error, "))
    shown = first.get("input")
    return message if isinstance(shown, dict) or first["type"] == "missing" else f"{message} (found {shown!r})"


def declared(model: type[Model], file: TomlFile, table: str) -> dict[str, Model]:
    """Return the models of the tables ``[<table>.<code>]`` by code; the file may hold nothing else."""
    file.only([table])
    made = {
        code: build(model, file, f"{table}.{code}", values, code=code) for code, values in file.table(table).items()
    }
    if not made:
        raise file.error(table, f"no [{table}.…] is declared")
    return made


def read_csv(path: Path, required: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a UTF-8 CSV file with a header.

    A file that is missing or lacks a required column, or a row with another number of cells, raises ``CatalogueError``.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            rows = list(reader)
            header = reader.fieldnames or []
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise CatalogueError(path, "", f"cannot be read: {error}") from error
    missing = [column for column in required if column not in header]
    if missing:
        raise CatalogueError(path, missing[0], f"the column is missing; the header has {', '.join(header)}", 1)
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise CatalogueError(path, next(iter(row.values())) or "", f"must have {len(header)} cells", number)
    return rows

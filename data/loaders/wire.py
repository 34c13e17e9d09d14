"""What the confined reader hands back: parsed facts as JSON lines, column by column, checked on arrival.

JSON and not pickle, because whoever takes over the reader must not be able to run code in the loader.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from sys import intern
from typing import Any

import orjson

from data.columns import COLUMN_NAMES, DEFAULTS, Columns, Piece
from data.facts import KEY_PARTS, Blank, Citation, Reject, SeriesKey
from data.loaders.pieces import joined, pieces_of
from data.loaders.sensitive import SensitiveFileError
from data.loaders.source import FileRefusedError, Parsed, SourceError

_ALWAYS = len(COLUMN_NAMES) - len(DEFAULTS)  # the columns that are never left out
_NONE = type(None)
_TYPES: dict[str, set[type]] = {
    "series": {int}, "period": {int}, "value": {float, _NONE}, "decimals": {int, _NONE}, "place": {str}, "raw": {str},
    "obs_status": {str}, "conf_status": {str}, "derived": {bool}, "citation": {int, _NONE}, "note": {str},
}  # fmt: skip
_GREATEST = {"period": 2**31 - 1, "decimals": 1_000}


class WireError(ValueError):
    """The reader's answer is not one."""


def answer_lines(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """Return a file as lines: series and citations as they first appear, facts in columns, the end last."""
    for piece in pieces:
        yield _line("series", [[*_key_parts(key), unit] for key, unit in piece.series])
        yield _line(
            "citations", [[page.publisher, page.title, page.published_on, page.url] for page in piece.citations]
        )
        yield _line("facts", [getattr(piece.columns, name) for name in COLUMN_NAMES])
        yield _line("blanks", _blank_rows(piece.blanks))
        yield _line("rejects", [[each.place, each.raw, each.reason] for each in piece.rejects])
        yield _line("piece", [piece.rows_read, piece.missing, piece.excluded, piece.notes])
    yield _line("end", [])


def parsed_lines(parsed: Parsed) -> Iterator[bytes]:
    """Return a parsed file as lines."""
    return answer_lines(pieces_of(parsed))


def _key_parts(key: SeriesKey) -> list[str]:
    return [getattr(key, part) for part in KEY_PARTS]


def _blank_rows(blanks: Sequence[Blank]) -> list[Any]:
    keys = {each.key: None for each in blanks}
    numbers = {key: number for number, key in enumerate(keys)}
    rows = [[numbers[each.key], each.period, each.unit, each.place, each.raw] for each in blanks]
    return [[_key_parts(key) for key in keys], rows]


def refusal_line(error: FileRefusedError) -> bytes:
    """Return a refused file as a line; one that waits for a person is told apart."""
    kind = "held" if isinstance(error, SensitiveFileError) else "refused"
    return _line(kind, [error.place, error.expected, error.found])


def mistake_line(error: SourceError) -> bytes:
    """Return a wrong declaration as a line."""
    return _line("mistake", [error.file, error.key, error.reason])


def crash_line(text: str) -> bytes:
    """Return an error nobody foresaw as a line."""
    return _line("crashed", [text])


def _line(kind: str, content: list[Any]) -> bytes:
    try:
        return orjson.dumps([kind, content]) + b"\n"
    except TypeError:  # a text that is no Unicode; written with escapes it can still be read
        return orjson.dumps([kind, _printable(content)]) + b"\n"


def _printable(content: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(content, list):
        return [_printable(each) for each in content]
    return content.encode("utf-8", "backslashreplace").decode() if isinstance(content, str) else content


def read_answer(lines: Iterable[bytes], label: str) -> Parsed:
    """Return the parsed file of an answer, as ``read_pieces`` does piece by piece."""
    return joined(read_pieces(lines, label))


def read_pieces(lines: Iterable[bytes], label: str) -> Iterator[Piece]:
    """Give the pieces of an answer, or raise what the reader raised, with ``label`` as the file's name.

    Raises ``WireError`` if the answer is cut short or is not of this shape.
    """
    piece, known = Piece(), [0, 0]
    for line in lines:
        try:
            kind, content = orjson.loads(line)
            if kind == "end":
                return
            if kind == "piece":
                piece.rows_read, piece.missing, piece.excluded = (_whole(each) for each in content[:3])
                piece.notes = [_text(note) for note in content[3]]
            else:
                _read_line(kind, content, label, piece, known)
        except (FileRefusedError, SourceError, WireError):
            raise
        except (ValueError, TypeError, IndexError) as error:
            raise WireError(f"not an answer of the reader: {error}") from error
        if kind == "piece":
            yield piece
            piece = Piece()
    raise WireError("the answer of the reader ends too early")


def _read_line(
    kind: str,
    content: Any,  # noqa: ANN401 - any JSON
    label: str,
    piece: Piece,
    known: list[int],
) -> None:
    if kind == "series":
        piece.series = _series(content)
        known[0] += len(piece.series)
    elif kind == "citations":
        piece.citations = [Citation(*(_text(part) for part in parts)) for parts in content]
        known[1] += len(piece.citations)
    elif kind == "facts":
        piece.columns = _columns(content, *known)
    elif kind == "blanks":
        keys = [SeriesKey(*_interned(parts)) for parts in content[0]]
        piece.blanks = [_blank(row, keys) for row in content[1]]
    elif kind == "rejects":
        piece.rejects = [Reject(*(_text(part) for part in parts)) for parts in content]
    elif kind == "refused":
        raise FileRefusedError(label, *(_text(part) for part in content))
    elif kind == "held":
        raise SensitiveFileError(label, *(_text(part) for part in content))
    elif kind == "mistake":
        raise SourceError(*(_text(part) for part in content))
    elif kind == "crashed":
        raise FileRefusedError(label, "the file", "a file this reader can read", _text(content[0]))
    else:
        raise WireError(f"a line of kind {kind!r}")


def _columns(content: list[Any], series: int, citations: int) -> Columns:
    """Return the facts of a line; every column is of its type, of equal length, and points to what was told."""
    if len(content) != len(COLUMN_NAMES):
        raise WireError(f"facts in {len(content)} columns")
    columns = dict(zip(COLUMN_NAMES, content, strict=True))
    length = len(columns["series"])
    for number, (name, column) in enumerate(columns.items()):
        if column is None and number >= _ALWAYS:
            continue
        if not isinstance(column, list) or len(column) != length or not set(map(type, column)) <= _TYPES[name]:
            raise WireError(f"facts with a column {name} of other types")
    for name, end in (("series", series), ("citation", citations), *((n, most + 1) for n, most in _GREATEST.items())):
        numbers = [each for each in columns[name] or () if each is not None]
        if numbers and not 0 <= min(numbers) <= max(numbers) < end:
            raise WireError(f"facts with a column {name} that points nowhere")
    return Columns(**columns)


def _series(rows: list[list[Any]]) -> list[tuple[SeriesKey, str]]:
    """Return the series of a line; each text stands once in memory, because the same few stand in very many keys."""
    columns = list(zip(*rows, strict=True))
    if rows and (len(columns) != len(KEY_PARTS) + 1 or {type(each) for column in columns for each in column} != {str}):
        raise WireError("series of other parts")
    *parts, units = [list(map(intern, column)) for column in columns] or [[]]
    return list(zip(map(SeriesKey, *parts), units, strict=True)) if parts else []


def _interned(parts: list[Any]) -> Iterator[str]:
    """Return the parts of a key, each text once in memory: the same few stand in very many keys."""
    return (intern(_text(part)) for part in parts)


def _blank(row: list[Any], keys: list[SeriesKey]) -> Blank:
    key, period, *texts = row
    return Blank(keys[_whole(key)], _whole(period), *(_text(each) for each in texts))


def _whole(value: object) -> int:
    if type(value) is not int or value < 0:
        raise WireError(f"not a whole number: {value!r:.80}")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise WireError(f"not a text: {value!r:.80}")
    return value

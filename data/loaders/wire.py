"""What the confined reader hands back: parsed facts as JSON lines, in chunks, checked on arrival.

JSON and not pickle, because whoever takes over the reader must not be able to run code in the loader.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from data.facts import KEY_PARTS, Blank, Citation, Fact, Reject, SeriesKey
from data.loaders.sensitive import SensitiveFileError
from data.loaders.source import FileRefusedError, Parsed, SourceError

CHUNK = 5_000
_TEXTS = (3, 4, 5, 7, 8, 11)  # the places of texts in a fact's row


class WireError(ValueError):
    """The reader's answer is not one."""


def parsed_lines(parsed: Parsed) -> Iterator[bytes]:
    """Return a parsed file as lines: series and citations as they first appear, facts in chunks, the counts last."""
    keys: dict[SeriesKey, int] = {}
    citations: dict[Citation | None, int] = {None: -1}
    for start in range(0, len(parsed.facts), CHUNK):
        chunk = parsed.facts[start : start + CHUNK]
        known = len(keys), len(citations) - 1
        rows = [_fact_row(fact, keys, citations) for fact in chunk]
        yield _line("keys", [[getattr(key, part) for part in KEY_PARTS] for key in list(keys)[known[0] :]])
        new = [page for page in list(citations)[known[1] + 1 :] if page is not None]
        yield _line("citations", [[page.publisher, page.title, page.published_on, page.url] for page in new])
        yield _line("facts", rows)
    known_keys = len(keys)
    blanks = [
        [keys.setdefault(each.key, len(keys)), each.period, each.unit, each.place, each.raw] for each in parsed.blanks
    ]
    yield _line("keys", [[getattr(key, part) for part in KEY_PARTS] for key in list(keys)[known_keys:]])
    yield _line("blanks", blanks)
    yield _line("rejects", [[each.place, each.raw, each.reason] for each in parsed.rejects])
    yield _line("end", [parsed.rows_read, parsed.missing, parsed.excluded, parsed.notes])


def _fact_row(fact: Fact, keys: dict[SeriesKey, int], citations: dict[Citation | None, int]) -> list[Any]:
    return [
        keys.setdefault(fact.key, len(keys)), fact.period, fact.value, fact.unit, fact.place, fact.raw,
        fact.decimals, fact.obs_status, fact.conf_status, fact.derived,
        citations.setdefault(fact.citation, len(citations) - 1), fact.note,
    ]  # fmt: skip


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
    """Return the parsed file of an answer, or raise what the reader raised, with ``label`` as the file's name.

    Raises ``WireError`` if the answer is cut short or is not of this shape.
    """
    parsed, keys, citations = Parsed(), list[SeriesKey](), list[Citation]()
    for line in lines:
        try:
            kind, content = orjson.loads(line)
            if kind == "end":
                parsed.rows_read, parsed.missing, parsed.excluded = (_whole(each) for each in content[:3])
                parsed.notes = [_text(note) for note in content[3]]
                return parsed
            _read_line(kind, content, label, parsed, keys, citations)
        except (FileRefusedError, SourceError, WireError):
            raise
        except (ValueError, TypeError, IndexError) as error:
            raise WireError(f"not an answer of the reader: {error}") from error
    raise WireError("the answer of the reader ends too early")


def _read_line(
    kind: str,
    content: Any,  # noqa: ANN401 - any JSON
    label: str,
    parsed: Parsed,
    keys: list[SeriesKey],
    citations: list[Citation],
) -> None:
    if kind == "keys":
        keys += [SeriesKey(*(_text(part) for part in parts)) for parts in content]
    elif kind == "citations":
        citations += [Citation(*(_text(part) for part in parts)) for parts in content]
    elif kind == "facts":
        parsed.facts += [_fact(row, keys, citations) for row in content]
    elif kind == "blanks":
        parsed.blanks += [_blank(row, keys) for row in content]
    elif kind == "rejects":
        parsed.rejects += [Reject(*(_text(part) for part in parts)) for parts in content]
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


def _fact(row: list[Any], keys: list[SeriesKey], citations: list[Citation]) -> Fact:
    key, period, value, unit, place, raw, decimals, obs_status, conf_status, derived, citation, note = row
    if not all(isinstance(row[index], str) for index in _TEXTS) or type(derived) is not bool:
        raise WireError(f"a fact of other types: {row!r:.200}")
    if not (value is None or type(value) is float) or not (decimals is None or type(decimals) is int):
        raise WireError(f"a fact of other types: {row!r:.200}")
    return Fact(
        keys[_whole(key)], _whole(period), value, unit, place, raw, decimals, obs_status, conf_status, derived,
        None if citation == -1 else citations[_whole(citation)], note,
    )  # fmt: skip


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

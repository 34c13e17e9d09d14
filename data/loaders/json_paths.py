"""JSON read strictly, and the small paths that say where in it something stands.

A path is names and positions: ``data.rows[0].value``. In a path of rows ``[*]`` takes every item of a list and
``{*}`` every entry of an object (as ``@key`` and ``@value``). In a field ``^.`` is the row above (one ``^`` for each
``[*]`` or ``{*}`` between), ``$.`` the whole answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from data.loaders.source import FileRefusedError

STEP = re.compile(r"\.?(?P<name>[^.\[\]{}^$]+)|\[(?P<index>\d{1,6})\]|(?P<every>\[\*\])|(?P<entries>\{\*\})")
Step = str | int
SHOWN = 300
EVERY, ENTRIES = "[*]", "{*}"


class PathError(LookupError):
    """Nothing stands at the path; the text names the step that failed."""


class _DoubledError(ValueError):
    """An object names one field twice."""


@dataclass(frozen=True)
class Row:
    """One row of an answer: where it stands, what it holds, and the rows it stands in."""

    place: str
    node: Any
    above: tuple[Any, ...]

    def field(self, path: str) -> Any:  # noqa: ANN401 - whatever the answer holds
        """Return what stands at a field path; ``PathError`` if nothing does."""
        if path.startswith("$"):
            return at(self.above[0], path[1:])
        ups = len(path) - len(path.lstrip("^"))
        if ups > len(self.above):
            raise PathError(path)
        return at(self.above[-ups] if ups else self.node, path[ups:])


def read_json(text: str, name: str, place: str = "the answer") -> Any:  # noqa: ANN401 - any JSON
    """Return the document with numbers as ``Decimal``; doubled names, NaN and what is cut are refused."""
    try:
        return json.loads(
            text,
            parse_float=Decimal,
            parse_int=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_once,
        )
    except RecursionError:
        raise FileRefusedError(name, place, "whole, strict JSON", "nested too deeply") from None
    except ValueError as error:
        raise FileRefusedError(name, place, "whole, strict JSON", str(error)[:300]) from error


def shown(document: object) -> str:
    """Return the beginning of a document: in an answer without rows the reason often stands there."""
    return json.dumps(document, ensure_ascii=False, default=str)[:SHOWN]


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is not a number of JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        names = [name for name, _ in pairs]
        raise _DoubledError(f"the name {next(name for name in names if names.count(name) > 1)!r} stands twice")
    return document


def steps_of(path: str) -> tuple[Step, ...]:
    """Return the steps of a path; ``ValueError`` if it is none."""
    steps: list[Step] = []
    position = 0
    while position < len(path):
        match = STEP.match(path, position)
        if match is None:
            raise ValueError(f"not a path: {path!r} at {path[position : position + 12]!r}")
        steps.append(int(match["index"]) if match["index"] else match["name"] or match[0])
        position = match.end()
    return tuple(steps)


def at(node: Any, path: str) -> Any:  # noqa: ANN401 - whatever the answer holds
    """Return what stands at a plain path below ``node``; ``PathError`` names the step that is not there."""
    for step in steps_of(path.lstrip(".")):
        node = _step(node, step)
    return node


def _step(node: Any, step: Step) -> Any:  # noqa: ANN401 - whatever the answer holds
    if isinstance(step, int) and isinstance(node, list) and step < len(node):
        return node[step]
    if isinstance(step, str) and isinstance(node, Mapping) and step in node:
        return node[step]
    raise PathError(f"{step!r} is not there")


def rows_at(document: Any, path: str) -> Iterator[Row]:  # noqa: ANN401 - any JSON
    """Yield the rows of a path of rows in their order; ``PathError`` if it leads nowhere."""
    yield from _rows(document, steps_of(path.removeprefix("$").lstrip(".")), "$", (document,))


def _rows(node: Any, steps: tuple[Step, ...], place: str, above: tuple[Any, ...]) -> Iterator[Row]:  # noqa: ANN401
    if not steps:
        yield Row(place, node, above[:-1] if len(above) > 1 else above)
        return
    step, rest = steps[0], steps[1:]
    if step == EVERY:
        if not isinstance(node, list):
            raise PathError(f"{place} is not a list")
        for number, item in enumerate(node):
            yield from _rows(item, rest, f"{place}[{number}]", (*above, item))
    elif step == ENTRIES:
        if not isinstance(node, Mapping):
            raise PathError(f"{place} is not an object")
        for key, value in node.items():
            item = {"@key": key, "@value": value}
            yield from _rows(value if rest else item, rest, f"{place}.{key}", (*above, item))
    else:
        yield from _rows(_step(node, step), rest, f"{place}{_shown(step)}", above)


def _shown(step: Step) -> str:
    return f"[{step}]" if isinstance(step, int) else f".{step}"

"""The only door to a callback: what a request may carry is declared, everything else is a quiet 400.

Dash itself checks only that an output exists and that list lengths fit; ids, properties, states and values come
from the sender as they are. So every callback is registered here with the type of each value (``Wire``), and two
checks stand before it:

* ``Doorman.inspect`` compares the envelope of a request (outputs, ids, properties, wildcards) with the
  registration before Dash sees it;
* the registered function parses every value into its declared type before the callback's own code runs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any

import orjson
from dash import ALL, MATCH, Dash, Input, Output, State
from dash._utils import stringify_id
from flask import g
from pydantic import StringConstraints, TypeAdapter, ValidationError

from callbacks.refusals import RefusalError

MAX_LIST = 50
MAX_CHANGED = 100
ENVELOPE_KEYS = frozenset({"output", "outputs", "inputs", "state", "changedPropIds", "parsedChangedPropsIds"})

ShortText = TypeAdapter(Annotated[str, StringConstraints(strict=True, max_length=64)])
QueryText = TypeAdapter(Annotated[str, StringConstraints(strict=True, max_length=2048)])


@dataclass(frozen=True)
class Wire:
    """One input or state of a callback and the type of what may come through it.

    ``optional`` lets the sender leave the value out (a control that is not on the page yet sends none).
    """

    dependency: Input | State
    type: TypeAdapter[Any]
    optional: bool = True

    def parse(self, value: object) -> Any:  # noqa: ANN401 - every wire has its own type
        """Return the typed value, or refuse."""
        if value is None and self.optional:
            return None
        try:
            return self.type.validate_python(value, strict=True)
        except (ValidationError, RecursionError):
            raise RefusalError("bad_payload") from None

    def parse_all(self, values: object, ids: Sequence[Mapping[str, str]]) -> Any:  # noqa: ANN401 - as parse
        """Return the typed value, or for an ``ALL`` wildcard the typed values by their wildcard part."""
        if not _wildcard(self.dependency.component_id, ALL):
            return self.parse(values)
        if not isinstance(values, list) or len(values) != len(ids):
            raise RefusalError("bad_payload")
        part = _wildcard(self.dependency.component_id, ALL)
        return {each[part]: self.parse(value) for each, value in zip(ids, values, strict=True)}


@dataclass(frozen=True)
class Entry:
    """What was registered under one output id."""

    outputs: tuple[Output, ...]
    multi: bool
    wires: tuple[Wire, ...]

    def wired(self, kind: type) -> list[Wire]:
        """Return the inputs or the states, in order."""
        return [wire for wire in self.wires if isinstance(wire.dependency, kind)]


def _wildcard(component_id: object, kind: object) -> str:
    """Return the name of the id part that holds this wildcard, or an empty string."""
    if not isinstance(component_id, dict):
        return ""
    return next((part for part, value in component_id.items() if value is kind), "")


class Doorman:
    """Registers callbacks on one application and inspects every callback request to it."""

    def __init__(self, app: Dash, known_codes: Mapping[str, Collection[str]]) -> None:
        """``known_codes`` gives for each id part that may be a wildcard the values it may take."""
        self._app = app
        self._known_codes = known_codes
        self.entries: dict[str, Entry] = {}

    def callback(
        self, outputs: Output | Sequence[Output], *wires: Wire, prevent_initial_call: bool = False
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register a function that takes the parsed values of ``wires``, in order.

        A callback with ``MATCH`` outputs gets the matched code as its first argument; an ``ALL`` wire arrives as
        a mapping from code to value.
        """
        multi = not isinstance(outputs, Output)
        several: tuple[Output, ...] = tuple(outputs) if multi else (outputs,)  # type: ignore[arg-type, assignment]
        entry = Entry(several, multi, tuple(wires))
        matches = bool(_wildcard(several[0].component_id, MATCH))

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(function)
            def parsed(*values: object) -> Any:  # noqa: ANN401 - whatever the callback returns
                arguments = [
                    wire.parse_all(value, g.wildcard_ids.get(position, ()))
                    for position, (wire, value) in enumerate(zip(entry.wires, values, strict=True))
                ]
                return function(*([g.matched] if matches else []), *arguments)

            self._register(list(several) if multi else several[0], entry, prevent_initial_call)(parsed)
            return function

        return register

    def _register(self, outputs: Output | list[Output], entry: Entry, prevent_initial_call: bool) -> Callable[..., Any]:
        before = set(self._app.callback_map)
        decorate = self._app.callback(
            outputs, *(wire.dependency for wire in entry.wires), prevent_initial_call=prevent_initial_call
        )
        (callback_id,) = set(self._app.callback_map) - before
        self.entries[callback_id] = entry
        return decorate

    def inspect(self, body: bytes) -> None:
        """Refuse a callback request whose envelope is not one the browser's own page would send.

        Leaves the matched code in ``flask.g.matched`` and the ids of ``ALL`` wires in ``flask.g.wildcard_ids``.
        """
        envelope = _parse_json(body)
        entry = self.entries.get(_text(envelope.get("output")))
        if entry is None:
            raise RefusalError("bad_payload")
        Inspection(entry, self._known_codes).run(envelope)


def _parse_json(body: bytes) -> dict[str, Any]:
    try:
        # orjson refuses NaN, lone surrogates and nesting beyond 1024 levels instead of exhausting the stack.
        envelope = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise RefusalError("bad_payload") from None
    if not isinstance(envelope, dict) or not set(envelope) <= ENVELOPE_KEYS:
        raise RefusalError("bad_payload")
    return envelope


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise RefusalError("bad_payload")
    return value


def _list(value: object, length: int | None = None) -> list[Any]:
    if not isinstance(value, list) or len(value) > MAX_LIST or (length is not None and len(value) != length):
        raise RefusalError("bad_payload")
    return value


class Inspection:
    """The comparison of one request with one entry."""

    def __init__(self, entry: Entry, known_codes: Mapping[str, Collection[str]]) -> None:
        self._entry = entry
        self._known_codes = known_codes
        self._matched: str | None = None
        self._wildcard_ids: dict[int, list[dict[str, str]]] = {}
        self._input_props: set[str] = set()

    def run(self, envelope: Mapping[str, Any]) -> None:
        """Check outputs, inputs, states and the list of changed properties; remember what matched."""
        self._check_outputs(envelope.get("outputs"))
        inputs, states = self._entry.wired(Input), self._entry.wired(State)
        self._check_wires(inputs, envelope.get("inputs", []), first_position=0)
        self._check_wires(states, envelope.get("state", []), first_position=len(inputs))
        self._check_changed(envelope.get("changedPropIds", []))
        self._check_parsed_changed(envelope.get("parsedChangedPropsIds", []))
        g.matched = self._matched
        g.wildcard_ids = self._wildcard_ids

    def _check_outputs(self, outputs: object) -> None:
        several = _list(outputs, len(self._entry.outputs)) if self._entry.multi else [outputs]
        for declared, sent in zip(self._entry.outputs, several, strict=True):
            self._check_one(declared, sent, {"id", "property"})

    def _check_wires(self, wires: Sequence[Wire], sent: object, first_position: int) -> None:
        for position, (wire, each) in enumerate(zip(wires, _list(sent, len(wires)), strict=True), first_position):
            if _wildcard(wire.dependency.component_id, ALL):
                ids = [self._check_one(wire.dependency, one, {"id", "property", "value"}) for one in _list(each)]
                self._wildcard_ids[position] = ids
                if len({stringify_id(one) for one in ids}) != len(ids):
                    raise RefusalError("bad_payload")
            else:
                self._check_one(wire.dependency, each, {"id", "property", "value"})

    def _check_one(self, declared: Input | Output | State, sent: object, allowed: set[str]) -> Any:  # noqa: ANN401 - an id
        if not isinstance(sent, dict) or not {"id", "property"} <= set(sent) <= allowed:
            raise RefusalError("bad_payload")
        if sent["property"] != declared.component_property:
            raise RefusalError("bad_payload")
        self._check_id(declared.component_id, sent["id"])
        self._input_props.add(f"{stringify_id(sent['id'])}.{sent['property']}")
        return sent["id"]

    def _check_id(self, declared: object, sent: object) -> None:
        if not isinstance(declared, dict):
            if sent != declared or not isinstance(sent, str):
                raise RefusalError("bad_payload")
            return
        if not isinstance(sent, dict) or set(sent) != set(declared):
            raise RefusalError("bad_payload")
        for part, expected in declared.items():
            self._check_part(part, expected, _text(sent[part]))

    def _check_part(self, part: str, expected: object, sent: str) -> None:
        if expected is MATCH or expected is ALL:
            if sent not in self._known_codes.get(part, ()):
                raise RefusalError("bad_payload")
            if expected is MATCH:
                self._check_matched(sent)
        elif sent != expected:
            raise RefusalError("bad_payload")

    def _check_matched(self, sent: str) -> None:
        if self._matched not in (None, sent):
            raise RefusalError("bad_payload")
        self._matched = sent

    def _check_changed(self, changed: object) -> None:
        if not isinstance(changed, list) or len(changed) > MAX_CHANGED:
            raise RefusalError("bad_payload")
        if not all(isinstance(one, str) and one in self._input_props for one in changed):
            raise RefusalError("bad_payload")

    def _check_parsed_changed(self, changed: object) -> None:
        # The renderer sends it beside changedPropIds; nothing reads it, so only its size matters.
        if not isinstance(changed, list) or len(changed) > MAX_CHANGED:
            raise RefusalError("bad_payload")

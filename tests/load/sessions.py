"""What a browser sends when it opens a screen and when its reader chooses a month, made from the registrations.

Every callback that listens to ``tick`` draws a part of the screen; a wildcard one is asked once for each panel.
"""

from __future__ import annotations

import json
from typing import Any

from dash import MATCH, Dash, Input, State

from callbacks.doorman import Doorman, Entry
from data.selection import route_for
from layouts import ids
from layouts.screens import places_of


def screen_calls(app: Dash, path: str, query: str) -> list[bytes]:
    """Return the bodies of the callbacks that draw the screen at an address."""
    doorman: Doorman = app.server.extensions["onescreen.doorman"]
    context = app.server.extensions["onescreen"]
    selection = context.selection_at(path, query)
    codes = {"panel": list(places_of(selection, context.panels)), "page": [selection.page]}
    values = {ids.SELECTION: selection.to_query(), ids.TICK: context.data_version(), ids.LOCATION: path}
    drawing = {name: each for name, each in doorman.entries.items() if _draws(each, values)}
    assert route_for(path, "zh") is not None
    assert drawing, "no callback listens to the tick"
    return [call for name, entry in drawing.items() for call in _calls(name, entry, codes, values)]


def _draws(entry: Entry, values: dict[str, str]) -> bool:
    """Tell whether a callback listens to new data, and to nothing that only a click brings."""
    asked = [wire.dependency.component_id for wire in entry.wires]
    return ids.TICK in asked and all(isinstance(each, str) and each in values for each in asked)


def _calls(name: str, entry: Entry, codes: dict[str, list[str]], values: dict[str, str]) -> list[bytes]:
    component = entry.outputs[0].component_id
    parts = [part for part, value in component.items() if value is MATCH] if isinstance(component, dict) else []
    matches = [{parts[0]: code} for code in codes[parts[0]]] if parts else [{}]
    return [json.dumps(_body(name, entry, match, values)).encode() for match in matches]


def _body(name: str, entry: Entry, match: dict[str, str], values: dict[str, str]) -> dict[str, Any]:
    def sent(dependency: Any, **more: Any) -> dict[str, Any]:
        component = dependency.component_id
        own = {**component, **match} if isinstance(component, dict) else component
        return {"id": own, "property": dependency.component_property, **more}

    def wired(kind: type) -> list[dict[str, Any]]:
        return [sent(wire.dependency, value=values.get(wire.dependency.component_id)) for wire in entry.wired(kind)]

    outputs = [sent(output) for output in entry.outputs]
    return {
        "output": name,
        "outputs": outputs if entry.multi else outputs[0],
        "inputs": wired(Input),
        "state": wired(State),
        "changedPropIds": [f"{ids.SELECTION}.data"],
    }

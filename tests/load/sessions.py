"""What a browser sends when it draws a screen and when its reader chooses a month, made from the registration."""

from __future__ import annotations

import json
from typing import Any

from dash import MATCH, Dash, Input, State

from callbacks.doorman import Doorman, Entry
from data.selection import ROUTES, route_for
from layouts import ids


def screen_calls(app: Dash, path: str, query: str) -> list[bytes]:
    """Return the bodies of the callbacks that draw the screen at an address: one for each of its pages."""
    doorman: Doorman = app.server.extensions["onescreen.doorman"]
    context = app.server.extensions["onescreen"]
    selection = context.selection_at(path, query)
    assert route_for(path, "zh") is not None
    pages = [selection.page]
    if selection.kind == "wall":
        pages = [route.page for route in ROUTES.values() if route.kind == "wall"]
    values = {ids.SELECTION: selection.to_query(), ids.LOCATION: path}
    ((name, entry),) = [each for each in doorman.entries.items() if each[1].outputs[0].component_id == ids.drawn(MATCH)]
    return [json.dumps(_body(name, entry, page, values)).encode() for page in pages]


def _body(name: str, entry: Entry, page: str, values: dict[str, str]) -> dict[str, Any]:
    def sent(dependency: Any, **more: Any) -> dict[str, Any]:
        component = dependency.component_id
        own = {**component, "page": page} if isinstance(component, dict) else component
        return {"id": own, "property": dependency.component_property, **more}

    return {
        "output": name,
        "outputs": [sent(output) for output in entry.outputs],
        "inputs": [sent(wire.dependency, value="#1") for wire in entry.wired(Input)],
        "state": [sent(wire.dependency, value=values[wire.dependency.component_id]) for wire in entry.wired(State)],
        "changedPropIds": [f'{{"page":"{page}","type":"asked"}}.data'],
    }

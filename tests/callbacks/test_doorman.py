"""S-05 and S-06: forged callback requests are a quiet 400, and no callback stands beside the door."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbacks.doorman import Doorman
from tests.callbacks.tiny import tiny_app

URL = "/_dash-update-component"
PAGE_CALL: dict[str, Any] = {
    "output": "page.children",
    "outputs": {"id": "page", "property": "children"},
    "inputs": [{"id": "selection", "property": "data", "value": "theme=dark"}],
    "changedPropIds": ["selection.data"],
    "parsedChangedPropsIds": ["selection.data"],
}
PANEL_OUTPUT = '..{"panel":["MATCH"],"type":"figure"}.data...{"panel":["MATCH"],"type":"panel-root"}.className..'
PANEL_CALL: dict[str, Any] = {
    "output": PANEL_OUTPUT,
    "outputs": [
        {"id": {"type": "figure", "panel": "heat"}, "property": "data"},
        {"id": {"type": "panel-root", "panel": "heat"}, "property": "className"},
    ],
    "inputs": [{"id": "selection", "property": "data", "value": "theme=dark"}],
    "state": [{"id": {"type": "panel-root", "panel": "heat"}, "property": "data-area", "value": "a"}],
    "changedPropIds": [],
}
PICK_CALL: dict[str, Any] = {
    "output": "picked.children",
    "outputs": {"id": "picked", "property": "children"},
    "inputs": [[{"id": {"type": "pick", "panel": "heat"}, "property": "title", "value": "x"}]],
    "changedPropIds": ['{"panel":"heat","type":"pick"}.title'],
}


class Desk:
    """A client of the tiny application and what its callbacks saw."""

    def __init__(self, app: Dash, doorman: Doorman, seen: list[Any]) -> None:
        self.app, self.doorman, self.seen = app, doorman, seen
        self.client = app.server.test_client()

    def post(self, body: Any) -> Any:
        """Post a callback request as the browser would."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(URL, data=data, content_type="application/json")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Return the tiny application with a client."""
    return Desk(*tiny_app(tmp_path_factory.mktemp("kept")))


def with_(call: dict[str, Any], *path: Any, value: Any) -> dict[str, Any]:
    """Return a deep copy of a call with one place replaced."""
    copy = json.loads(json.dumps(call))
    place = copy
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return copy


@pytest.mark.parametrize("call", [PAGE_CALL, PANEL_CALL, PICK_CALL], ids=["page", "panel", "pick"])
def test_what_the_browser_sends_is_answered(desk: Desk, call: dict[str, Any]) -> None:
    assert desk.post(call).status_code == 200


def test_values_arrive_parsed_and_wildcards_by_code(desk: Desk) -> None:
    desk.seen.clear()
    for call in (PAGE_CALL, PANEL_CALL, PICK_CALL):
        desk.post(call)
    assert desk.seen == ["theme=dark", ("heat", "theme=dark", "a"), {"heat": "x"}]


FORGED: dict[str, Any] = {
    "unknown output": with_(PAGE_CALL, "output", value="secret.children"),
    "output is a list": with_(PAGE_CALL, "output", value=["page.children"]),
    "outputs name another component": with_(PAGE_CALL, "outputs", "id", value="broken"),
    "outputs name another property": with_(PAGE_CALL, "outputs", "property", value="n_clicks"),
    "no inputs": with_(PAGE_CALL, "inputs", value=[]),
    "too many inputs": with_(PAGE_CALL, "inputs", value=PAGE_CALL["inputs"] * 2),
    "inputs is a dict": with_(PAGE_CALL, "inputs", value={"0": 1}),
    "another input id": with_(PAGE_CALL, "inputs", 0, "id", value="tick"),
    "another input property": with_(PAGE_CALL, "inputs", 0, "property", value="children"),
    "a number as value": with_(PAGE_CALL, "inputs", 0, "value", value=7),
    "a list as value": with_(PAGE_CALL, "inputs", 0, "value", value=["theme=dark"]),
    "a dict as value": with_(PAGE_CALL, "inputs", 0, "value", value={"role": "admin"}),
    "a long text as value": with_(PAGE_CALL, "inputs", 0, "value", value="x" * 5000),
    "a state nobody declared": with_(PAGE_CALL, "state", value=[{"id": "role", "property": "data", "value": "admin"}]),
    "an unknown key": with_(PAGE_CALL, "cancelJob", value="1"),
    "a changed property that is not an input": with_(PAGE_CALL, "changedPropIds", value=["secret.n_clicks"]),
    "changed is a text": with_(PAGE_CALL, "changedPropIds", value="selection.data"),
    "an unknown panel": json.loads(json.dumps(PANEL_CALL).replace("heat", "../../etc")),
    "two panels at once": with_(PANEL_CALL, "outputs", 0, "id", "panel", value="trade"),
    "state of another panel": with_(PANEL_CALL, "state", 0, "id", "panel", value="trade"),
    "a wildcard that is a list": with_(PANEL_CALL, "outputs", 0, "id", "panel", value=["heat"]),
    "a wildcard that is a number": with_(PANEL_CALL, "outputs", 0, "id", "panel", value=1),
    "an id with another key": with_(
        PANEL_CALL, "outputs", 0, "id", value={"type": "figure", "panel": "heat", "x": "1"}
    ),
    "an id that is a text": with_(PANEL_CALL, "outputs", 0, "id", value="figure"),
    "one pattern output missing": with_(PANEL_CALL, "outputs", value=PANEL_CALL["outputs"][:1]),
    "states missing": {key: value for key, value in PANEL_CALL.items() if key != "state"},
    "an all-list of the wrong shape": with_(PICK_CALL, "inputs", 0, value={"id": "pick"}),
    "an all-list with an unknown code": with_(PICK_CALL, "inputs", 0, 0, "id", "panel", value="x"),
    "an all-list that is endless": with_(PICK_CALL, "inputs", 0, value=PICK_CALL["inputs"][0] * 500),
    "an all-list with one id twice": with_(PICK_CALL, "inputs", 0, value=PICK_CALL["inputs"][0] * 2),
    "an empty object": {},
    "a list": [],
    "null": None,
    "a number": 12,
    "a text": "page.children",
    "not JSON": b"{",
    "no body": b"",
    "not UTF-8": b'{"output": "\xff\xfe"}',
    "NaN": b'{"output": NaN}',
    "100 000 lists deep": b"[" * 100_000,
    "100 000 objects deep": b'{"a":' * 40_000 + b"1" + b"}" * 40_000,
    "a lone surrogate": b'{"output": "\\ud800"}',
}


@pytest.mark.parametrize("body", FORGED.values(), ids=FORGED.keys())
def test_forged_requests_are_a_quiet_400(desk: Desk, body: Any, caplog: pytest.LogCaptureFixture) -> None:
    desk.seen.clear()
    with caplog.at_level(logging.DEBUG):
        response = desk.post(body)
    assert response.status_code == 400
    assert set(response.json) == {"code", "message"}
    assert response.json["code"] == "bad_payload"
    assert desk.seen == []
    assert [record for record in caplog.records if record.exc_info or record.levelno >= logging.WARNING] == []


def test_another_content_type_is_refused(desk: Desk) -> None:
    response = desk.client.post(URL, data=json.dumps(PAGE_CALL), content_type="text/plain")
    assert (response.status_code, response.json["code"]) == (415, "not_json")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["../../etc/passwd", "' OR 1=1 --", "<img src=x onerror=alert(1)>", "=1+1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_mutation_is_answered_without_a_traceback(desk: Desk, data: st.DataObject) -> None:
    call = data.draw(st.sampled_from([PAGE_CALL, PANEL_CALL, PICK_CALL]))
    key = data.draw(st.sampled_from([*sorted(call), "state", "extra"]))
    response = desk.post(with_(call, key, value=data.draw(JSON)))
    assert response.status_code in {200, 204, 400}
    assert b"Traceback" not in response.data


def test_every_callback_stands_behind_the_door(desk: Desk) -> None:
    served = {name for name, entry in desk.app.callback_map.items() if "callback" in entry}
    assert served == set(desk.doorman.entries)


def test_a_callback_that_avoids_the_door_is_not_reachable(tmp_path: Path) -> None:
    app, _, seen = tiny_app(tmp_path)
    from dash import Input, Output

    @app.callback(Output("page", "title"), Input("selection", "data"))
    def unguarded(query: object) -> str:
        seen.append(query)
        return "served"

    body = {**PAGE_CALL, "output": "page.title", "outputs": {"id": "page", "property": "title"}}
    response = app.server.test_client().post(URL, json=body)
    assert response.status_code == 400
    assert seen == []

"""S-05 and S-06 on the real application: hostile requests to every callback there is change and reveal nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from dash import MATCH, Dash
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import create_app
from callbacks.doorman import Doorman, Entry
from data.settings import Settings
from data.state import dump_state
from data.warehouse import open_warehouse

URL = "/_dash-update-component"


@pytest.fixture(scope="module")
def app(filled_settings: Settings) -> Iterator[Dash]:
    """Return the real application over the filled warehouse."""
    made = create_app(filled_settings)
    yield made
    made.server.extensions["onescreen"].warehouse.dispose()


@pytest.fixture
def client(app: Dash) -> Any:
    """Return a client of the real application."""
    return app.server.test_client()


def known(part: str, doorman: Doorman) -> str:
    """Return one value a wildcard part may take."""
    return sorted(doorman._known_codes[part])[0]


def concrete(component_id: Any, doorman: Doorman) -> Any:
    """Return an id as the browser would send it."""
    if not isinstance(component_id, dict):
        return component_id
    return {part: value if isinstance(value, str) else known(part, doorman) for part, value in component_id.items()}


def well_formed(name: str, entry: Entry, doorman: Doorman, value: Any) -> dict[str, Any]:
    """Return a request whose envelope is right and whose every value is ``value``."""

    def one(dependency: Any, **extra: Any) -> dict[str, Any]:
        return {"id": concrete(dependency.component_id, doorman), "property": dependency.component_property, **extra}

    def wire(dependency: Any) -> Any:
        is_list = isinstance(dependency.component_id, dict) and any(
            not isinstance(part, str) and part is not MATCH for part in dependency.component_id.values()
        )
        sent = one(dependency, value=value)
        return [sent] if is_list else sent

    from dash import Input, State

    outputs = [one(output) for output in entry.outputs]
    return {
        "output": name,
        "outputs": outputs if entry.multi else outputs[0],
        "inputs": [wire(each.dependency) for each in entry.wired(Input)],
        "state": [wire(each.dependency) for each in entry.wired(State)],
        "changedPropIds": [],
    }


HOSTILE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=60),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
    st.sampled_from(
        [
            "../../etc/passwd",
            "' OR 1=1 --",
            "<img src=x onerror=alert(1)>",
            "=1+1",
            "\u0000",
            "/wall/overview",
            "/",
            "period=2024-09",
            "period=9999-99",
            "accumulation=Y&theme=dark",
            "industry=' OR 1=1",
            "a" * 5000,
        ]
    ),
)


def test_s06_every_callback_of_the_application_stands_behind_the_door(app: Dash) -> None:
    served = {name for name, entry in app.callback_map.items() if "callback" in entry}
    assert served
    assert served == set(app.server.extensions["onescreen.doorman"].entries)


def test_s05_hostile_values_in_every_callback(
    app: Dash, client: Any, caplog: pytest.LogCaptureFixture, filled_settings: Settings
) -> None:
    doorman: Doorman = app.server.extensions["onescreen.doorman"]
    # Reading everything takes longer than a web process may take for an answer.
    unhurried = open_warehouse(filled_settings.warehouse)
    before = dump_state(unhurried)["load"]

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(name=st.sampled_from(sorted(doorman.entries)), value=HOSTILE)
    def attack(name: str, value: Any) -> None:
        response = client.post(URL, json=well_formed(name, doorman.entries[name], doorman, value))
        assert response.status_code in {200, 204, 400, 404}, (name, value, response.text[:200])
        assert "Traceback" not in response.text

    with caplog.at_level(logging.WARNING):
        attack()
    assert caplog.records == []
    assert dump_state(unhurried)["load"] == before
    unhurried.dispose()


def test_s05_hostile_envelopes_in_every_callback(app: Dash, client: Any, caplog: pytest.LogCaptureFixture) -> None:
    doorman: Doorman = app.server.extensions["onescreen.doorman"]
    with caplog.at_level(logging.WARNING):
        for name, entry in doorman.entries.items():
            fair = well_formed(name, entry, doorman, None)
            for key in fair:
                for value in (None, [], {}, "x", 1, [[]], [{}], {"id": "x"}, ["x"] * 200):
                    if value == fair[key]:
                        continue
                    response = client.post(URL, json={**fair, key: value})
                    assert response.status_code in {204, 400}, (name, key, value, response.text[:200])
            text = json.dumps(fair)
            for code in ("clusters", *sorted(doorman._known_codes["panel"])):
                forged = text.replace(f'"{code}"', '"../../etc"')
                if forged != text:
                    assert client.post(URL, data=forged, content_type="application/json").status_code == 400
    assert caplog.records == []


def test_callbacks_that_run_in_the_browser_cannot_be_called(app: Dash, client: Any) -> None:
    for name in [name for name, entry in app.callback_map.items() if "callback" not in entry]:
        assert (
            client.post(URL, json={"output": name, "outputs": [], "inputs": [], "changedPropIds": []}).status_code
            == 400
        )

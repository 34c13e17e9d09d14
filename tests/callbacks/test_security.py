"""S-09, S-13, S-19, S-23, P-04: host, origin, size, headers and errors of every route."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from sqlalchemy.exc import OperationalError

from callbacks.security import DEBUG_VARIABLES, MAX_BODY_BYTES, POLICY, refuse_debug_environment
from tests.callbacks.test_doorman import PAGE_CALL, URL, with_
from tests.callbacks.tiny import tiny_app

ROUTES = [
    "/",
    "/healthz",
    "/readyz",
    "/api/version",
    "/_dash-layout",
    "/_dash-dependencies",
    "/assets/nothing.js",
    "/_reload-hash",
    "/_dash-component-suites/dash/../app.py",
    "/_favicon.ico",
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Dash:
    """Return the tiny application."""
    return tiny_app(tmp_path_factory.mktemp("kept"))[0]


@pytest.mark.parametrize("path", ROUTES)
def test_every_answer_carries_the_headers(app: Dash, path: str) -> None:
    response = app.server.test_client().get(path)
    assert response.headers["Content-Security-Policy"] == POLICY.format(csp_hashes=" ".join(app.csp_hashes()))
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in response.headers["Permissions-Policy"]
    assert response.headers["Cache-Control"] == "no-store"


def test_a_file_is_never_taken_for_something_else(app: Dash) -> None:
    response = app.server.test_client().get("/assets/tokens.css")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_policy_allows_no_eval_and_no_foreign_address(app: Dash) -> None:
    policy = app.server.test_client().get("/healthz").headers["Content-Security-Policy"]
    assert "unsafe-eval" not in policy
    assert "http" not in policy
    assert "*" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]


@pytest.mark.parametrize("host", ["127.0.0.1:8050", "localhost", "[::1]:8050", "screen.example", "screen.example:443"])
def test_known_hosts_are_served(app: Dash, host: str) -> None:
    assert app.server.test_client().get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "xscreen.example", "screen.example.evil"])
@pytest.mark.parametrize("path", ["/", "/healthz", "/assets/tokens.css", "/nowhere"])
def test_other_hosts_are_refused(app: Dash, host: str, path: str) -> None:
    response = app.server.test_client().get(path, headers={"Host": host})
    assert (response.status_code, response.json["code"]) == (400, "bad_host")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_posts_from_other_sites_are_refused(app: Dash, headers: dict[str, str]) -> None:
    response = app.server.test_client().post(URL, json=PAGE_CALL, headers=headers)
    assert (response.status_code, response.json["code"]) == (403, "foreign_origin")


def test_posts_from_the_own_page_are_served(app: Dash) -> None:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert app.server.test_client().post(URL, json=PAGE_CALL, headers=headers).status_code == 200


def test_a_body_over_the_limit_is_refused_before_it_is_parsed(app: Dash, monkeypatch: pytest.MonkeyPatch) -> None:
    import orjson

    def never(_body: bytes) -> Any:
        raise AssertionError("parsed")

    body = json.dumps(with_(PAGE_CALL, "inputs", 0, "value", value="x" * MAX_BODY_BYTES)).encode()
    monkeypatch.setattr(orjson, "loads", never)
    response = app.server.test_client().post(URL, data=body, content_type="application/json")
    assert (response.status_code, response.json["code"]) == (413, "body_too_large")


def test_an_unexpected_error_shows_an_id_and_nothing_else(app: Dash, caplog: pytest.LogCaptureFixture) -> None:
    body = {**PAGE_CALL, "output": "broken.children", "outputs": {"id": "broken", "property": "children"}}
    with caplog.at_level(logging.ERROR):
        response = app.server.test_client().post(URL, json=body)
    assert response.status_code == 500
    assert set(response.json) == {"code", "message", "id"}
    for leak in (b"SELECT", b"onescreen.db", b"Traceback", b"RuntimeError", b".py"):
        assert leak not in response.data
    assert response.json["id"] in caplog.text
    assert "RuntimeError" in caplog.text


def unreadable() -> str:
    """Fail as SQLAlchemy does."""
    raise OperationalError("SELECT value FROM meta", {}, Exception("unable to open database file /srv/x.db"))


@pytest.mark.parametrize("path", ["/readyz", "/api/version"])
def test_an_unreadable_warehouse_is_a_503_without_details(tmp_path: Path, path: str) -> None:
    app, _, _ = tiny_app(tmp_path, unreadable)
    response = app.server.test_client().get(path)
    assert (response.status_code, response.json["code"]) == (503, "warehouse_away")
    assert b"SELECT" not in response.data
    assert b"/srv" not in response.data
    assert app.server.test_client().get("/healthz").status_code == 200


@pytest.mark.parametrize("name", DEBUG_VARIABLES)
def test_debug_switches_stop_the_start(name: str) -> None:
    with pytest.raises(SystemExit, match=name):
        refuse_debug_environment({name: "1"})
    refuse_debug_environment({name: "false"})


def test_the_routes_are_known_by_name(app: Dash) -> None:
    """S-32: an upgrade that brings a new route fails here first."""
    assert {rule.rule for rule in app.server.url_map.iter_rules()} == {
        "/",
        "/<path:path>",
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
        "/_dash-dependencies",
        "/_dash-layout",
        "/_dash-update-component",
        "/_favicon.ico",
        "/_reload-hash",
        "/api/version",
        "/api/warnings",
        "/assets/<path:filename>",
        "/healthz",
        "/readyz",
        "/static/<path:filename>",
    }


def test_traversal_out_of_the_assets_is_not_found(app: Dash) -> None:
    for path in (
        "/assets/../app.py",
        "/assets/%2e%2e/pyproject.toml",
        "/assets/..%2fpyproject.toml",
        "/assets//etc/passwd",
    ):
        response = app.server.test_client().get(path)
        assert b"requires-python" not in response.data
        assert b"root:" not in response.data

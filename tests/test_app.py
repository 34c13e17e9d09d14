"""The application as a whole: what it refuses to start with, what each address answers, and S-05 on every callback."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from sqlalchemy.exc import OperationalError

from app import create_app
from callbacks.context import Context
from data.settings import ROOT, Settings
from data.warehouse import Warehouse
from tests.servers import free_port


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


# --- the start


def test_a_mistake_in_the_catalogue_stops_the_start_with_file_and_reason(
    filled_settings: Settings, tmp_path: Path
) -> None:
    catalogue = tmp_path / "catalogue"
    shutil.copytree(filled_settings.catalogue, catalogue)
    units = catalogue / "units.toml"
    units.write_text(units.read_text(encoding="utf-8") + '\nmistake = "here"\n', encoding="utf-8")
    with pytest.raises(SystemExit, match=r"units\.toml"):
        create_app(filled_settings.model_copy(update={"catalogue": catalogue}))


def test_an_empty_warehouse_stops_the_start_and_says_what_to_do(filled_settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"python -m data\.refresh"):
        create_app(filled_settings.model_copy(update={"warehouse": f"sqlite:///{tmp_path / 'none.db'}"}))


@pytest.mark.parametrize("name", ["DASH_DEBUG", "FLASK_DEBUG", "DASH_MCP_ENABLED", "DASH_UI"])
def test_s23_debug_switches_stop_the_start(
    filled_settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(SystemExit, match=name):
        create_app(filled_settings)


def gunicorn(filled_settings: Settings, **environment: str) -> subprocess.Popen[str]:
    """Start the real server with these settings."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("ONESCREEN_")}
    own = {"ONESCREEN_WAREHOUSE": filled_settings.warehouse, "ONESCREEN_PORT": str(free_port())}
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "app:server"]
    return subprocess.Popen(
        command, cwd=ROOT, env=outside | own | environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def test_another_address_needs_an_explicit_setting(filled_settings: Settings) -> None:
    process = gunicorn(filled_settings, ONESCREEN_HOST="0.0.0.0")
    output, _ = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "ONESCREEN_ALLOW_REMOTE" in output
    assert "Traceback" not in output


def test_another_address_prints_a_warning(filled_settings: Settings) -> None:
    port = str(free_port())
    process = gunicorn(filled_settings, ONESCREEN_HOST="0.0.0.0", ONESCREEN_ALLOW_REMOTE="on", ONESCREEN_PORT=port)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
    finally:
        process.terminate()
    output, _ = process.communicate(timeout=30)
    assert "WARNING" in output
    assert "no sign-in" in output


def wait_for(address: str, timeout_s: float = 60) -> None:
    """Wait until an address answers."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                answer.read()
                return
        except OSError:
            assert time.monotonic() < deadline, f"{address} does not answer"
            time.sleep(0.2)


# --- addresses


def test_the_version_names_build_data_and_what_is_late(client: Any, filled_warehouse: Warehouse) -> None:
    version = client.get("/api/version").json
    assert set(version) == {"build", "data", "stale"}
    assert len(version["build"]) == 12
    assert version["data"] == filled_warehouse.data_version()
    assert "price_brent" in version["stale"]  # the bundled workbook ends months before the day of the tests
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json["status"] == "ready"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", ('lang="zh-CN"', 'data-bs-theme="light"', 'data-density="desk"', 'data-rise="cn"')),
        ("/?language=en&theme=dark&rise=mono", ('lang="en"', 'data-bs-theme="dark"', 'data-rise="mono"')),
        ("/wall/overview", ('data-bs-theme="dark"', 'data-density="wall"')),
        ("/wall/overview/", ('data-density="wall"',)),
    ],
)
def test_the_index_knows_the_selection(client: Any, address: str, expected: tuple[str, ...]) -> None:
    response = client.get(address)
    assert response.status_code == 200
    first_tag = response.text.split("<html")[1].split(">")[0]
    for attribute in expected:
        assert attribute in first_tag
    assert 'data-heartbeat-s="' in response.text


@pytest.mark.parametrize("path", ["/nowhere", "/wall", "/wall/nowhere", "/wp-admin", "/_dash-layout2", "/index.html"])
def test_an_unknown_path_is_a_404_page(client: Any, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert "没有这个页面" in response.text
    assert "_dash-config" not in response.text


@pytest.mark.parametrize(
    "query",
    [
        "period=2024-13",
        "period=0001-01",
        "theme=purple",
        "x=1",
        "theme=dark&theme=light",
        "industry=XX",
        "region=../../etc",
        "language=%3Cscript%3E",
        "period=" + "9" * 5000,
    ],
)
def test_a_query_that_is_no_selection_is_a_quiet_400(client: Any, query: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="onescreen"):
        response = client.get(f"/?{query}")
    assert response.status_code == 400
    assert "筛选条件无效" in response.text
    assert "<script" not in response.text
    assert caplog.records == []


def test_s23_an_error_on_any_route_shows_an_id_and_nothing_else(
    app: Dash, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    context: Context = app.server.extensions["onescreen"]

    def broken(_statement: object = None) -> Any:
        raise OperationalError("SELECT secret FROM observation", {}, Exception("/srv/onescreen.db is broken"))

    monkeypatch.setattr(context.warehouse, "data_version", broken)
    monkeypatch.setattr(context.warehouse, "read", broken)
    for path in ("/readyz", "/api/version"):
        response = client.get(path)
        assert (response.status_code, response.json["code"]) == (503, "warehouse_away")
        for leak in ("SELECT", "/srv", "Traceback", ".py"):
            assert leak not in response.text

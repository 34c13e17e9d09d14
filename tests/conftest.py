"""Fixtures: warehouses on both engines, a filled one, a real web server over it, a real Chromium.

At the end of a run the summary says how many tests ran on which database and in Chromium, and what was missing.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from data.settings import Settings
from data.warehouse import Warehouse, open_warehouse
from tests.databases import DatabaseMissingError, PostgresqlServer, SqliteFiles, find_postgresql
from tests.mariadb import MariadbServer
from tests.servers import CHROMIUM_FLAGS, LiveServer

TODAY = date(2026, 11, 23)  # the day every filled warehouse is made on
ENGINES = ("sqlite", "postgresql", "mariadb", "chromium")
_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")

passed: Counter[str] = Counter()
missing: dict[str, str] = {}
found: dict[str, str] = {}


@pytest.fixture(autouse=True, scope="session")
def _no_settings_from_outside() -> Iterator[None]:
    """Settings of the person who runs the tests must not change what is tested."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("ONESCREEN_")}
    yield
    os.environ.update(kept)


# --- databases


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    from data.dialects import sqlite_library_version

    found["sqlite"] = f"SQLite {sqlite_library_version()}"
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    try:
        server = find_postgresql()
    except DatabaseMissingError as error:
        missing["postgresql"] = str(error)
        pytest.skip(f"NOT TESTED ON POSTGRESQL: {error}")
    found["postgresql"] = f"PostgreSQL {server.version}, {server.which}"
    yield server
    server.drop_template()
    server.stop()


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariadbServer]:
    """Another department's database; no warehouse is made on it."""
    try:
        server = MariadbServer()
    except DatabaseMissingError as error:
        missing["mariadb"] = str(error)
        pytest.skip(f"NOT TESTED ON MARIADB: {error}")
    found["mariadb"] = f"MariaDB {server.version}, {server.program}"
    yield server
    server.remove()


@pytest.fixture(params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("sqlite", "postgresql")])
def database(request: pytest.FixtureRequest) -> SqliteFiles | PostgresqlServer:
    """Where warehouses are made: once on SQLite, once on PostgreSQL."""
    return request.getfixturevalue("sqlite_files" if request.param == "sqlite" else "postgresql_server")


@pytest.fixture
def warehouse_url(database: SqliteFiles | PostgresqlServer) -> Iterator[str]:
    """The URL of a fresh, migrated, empty warehouse."""
    url = database.create()
    yield url
    database.drop(url)


@pytest.fixture
def warehouse(warehouse_url: str) -> Iterator[Warehouse]:
    """A fresh, migrated, empty warehouse, once on each engine."""
    opened = open_warehouse(warehouse_url)
    yield opened
    opened.dispose()


# --- the filled warehouse


@pytest.fixture(scope="session")
def filled_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a warehouse filled by the real loaders and the simulation, as of ``TODAY``."""
    from data.refresh import refresh

    path = tmp_path_factory.mktemp("filled") / "onescreen.db"
    settings = Settings(warehouse=f"sqlite:///{path}", today=TODAY)
    summary = refresh(settings)
    assert not summary.failed, summary.failed
    return settings


@pytest.fixture(scope="session")
def filled_warehouse(filled_settings: Settings) -> Iterator[Warehouse]:
    """The filled warehouse, read-only, as the web processes open it."""
    opened = open_warehouse(filled_settings.warehouse, readonly=True)
    yield opened
    opened.dispose()


# --- the screen


@pytest.fixture(scope="session")
def live_server(filled_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A real gunicorn over the filled warehouse, for tests that only look."""
    server = LiveServer(filled_settings, tmp_path_factory.mktemp("server") / "log")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_server(filled_settings: Settings, tmp_path: Path) -> Iterator[LiveServer]:
    """A gunicorn of the test's own over a copy of the filled warehouse, to be stopped, killed and changed."""
    copy = tmp_path / "onescreen.db"
    original = open_warehouse(filled_settings.warehouse)
    with original.writing.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.connection.driver_connection.execute(f"VACUUM INTO '{copy}'")
    original.dispose()
    server = LiveServer(filled_settings.model_copy(update={"warehouse": f"sqlite:///{copy}"}), tmp_path / "log")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """A real Chromium (Playwright)."""
    executable = next((path for name in _CHROMIUM_NAMES if (path := shutil.which(name))), None)
    if executable is None:
        missing["chromium"] = "no Chromium; install it with: apt-get install chromium fonts-noto-cjk"
        pytest.skip(f"NOT TESTED IN CHROMIUM: {missing['chromium']}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        found["chromium"] = f"Chromium {opened.version}"
        yield opened
        opened.close()


@pytest.fixture
def page(browser: object) -> Iterator[object]:
    """A page in a browser context of its own, Full HD."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN", timezone_id="Asia/Shanghai")
    yield context.new_page()
    context.close()


# --- what ran where


_RUNS_ON = {
    "filled_settings": "sqlite",
    "sqlite_files": "sqlite",
    "postgresql_server": "postgresql",
    "mariadb_server": "mariadb",
    "browser": "chromium",
}


# What ``make test`` leaves to ``make test-long``, beside what is marked where it stands.
LONG = ("screens/test_soak.py",)
TESTS = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the engines their fixtures use, and those that take many minutes as long."""
    for item in items:
        if item.path.relative_to(TESTS).as_posix().startswith(LONG):
            item.add_marker(pytest.mark.long)
        names = set(getattr(item, "fixturenames", ()))
        for fixture, engine in _RUNS_ON.items():
            if fixture in names:
                item.add_marker(getattr(pytest.mark, engine))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count what passed on what."""
    if report.when == "call" and report.passed:
        passed.update(engine for engine in ENGINES if engine in report.keywords)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what ran where."""
    terminalreporter.section("what the tests ran on")
    for engine in ENGINES:
        where = found.get(engine) or missing.get(engine) or "not asked for"
        colour = {"red": True, "bold": True} if engine in missing else {}
        word = "NOT RUN" if engine in missing else f"{passed[engine]} passed"
        terminalreporter.write_line(f"{engine:<11} {word:>12}   {where}", **colour)

"""The catalogue and declarations for the real protocol messages in tests/samples/protocol."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from data.catalogue import load_catalogue
from data.loaders import OPTIONS, parse
from data.loaders.downloads import Downloader
from data.loaders.fetch_options import FetchOptions
from data.loaders.fetching import Client, Validators
from data.loaders.source import load_sources, read_source
from tests.fault_server import FaultServer

ROOT = Path(__file__).resolve().parents[3]
MESSAGES = ROOT / "tests/samples/protocol"
MORE = {
    "breakdowns_more.csv": "codes/breakdowns.csv",
    "units_more.toml": "units.toml",
    "regions_more.toml": "regions.toml",
}


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("catalogue") / "catalogue"
    shutil.copytree(ROOT / "data/catalogue", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    extra = MESSAGES / "catalogue"
    shutil.copy(extra / "sample_messages.toml", folder / "themes")
    for name, target in MORE.items():
        with (folder / target).open("a", encoding="utf-8") as file:
            file.write((extra / name).read_text(encoding="utf-8"))
    return load_catalogue(folder)


@pytest.fixture(scope="session")
def sources():
    return {source.code: source for source in load_sources(MESSAGES / "sources")}


@pytest.fixture
def declared(tmp_path):
    """Return a source read from TOML text; ``like`` takes the text of a sample declaration and adds to it."""

    def of(text, like=None):
        path = tmp_path / "declared.toml"
        before = (MESSAGES / f"sources/{like}.toml").read_text(encoding="utf-8") if like else ""
        path.write_text(before + text, encoding="utf-8")
        return read_source(path, OPTIONS)

    return of


@pytest.fixture(scope="session")
def read(catalogue, sources):
    """Parse a file of ``tests/samples/protocol`` with one of its declarations."""
    return lambda code, name: parse(sources[code], MESSAGES / name, catalogue)


@pytest.fixture(scope="session")
def fault_server():
    with FaultServer() as server:
        yield server


@pytest.fixture
def server(fault_server):
    fault_server.clear()
    return fault_server


@pytest.fixture
def downloader(tmp_path, catalogue):
    def of(today=date(2026, 11, 23), **more):
        client = lambda options, **rest: Client(options, sleep=lambda _s: None, **rest)  # noqa: E731
        return Downloader(
            tmp_path / "downloads", today, lambda source, path: parse(source, path, catalogue), client=client, **more
        )

    return of


@pytest.fixture
def slept():
    return []


@pytest.fixture
def ask(server, tmp_path, slept):
    """Ask a path of the server; ``options`` change what is declared."""

    def of(path="/data", validators=None, environment=None, resolver=None, **options):
        name = "answer.csv" if options.pop("csv", False) else "answer.json"
        declared = FetchOptions(
            **{
                "url": f"{server.address}{path}",
                "name": name,
                "content_types": ("application/json", "text/csv"),
                "schemes": ("http",),
                "allowed_networks": ("127.0.0.0/8",),
                "backoff_s": 0.01,
                **options,
            }
        )
        more = {"resolver": resolver} if resolver else {}
        client = Client(declared, sleep=slept.append, environment=environment or {}, **more)
        return client.get(declared.url, tmp_path / name, validators or Validators())

    return of

"""Assets travel compressed, are kept for long only under their own fingerprint, and nothing else can be read."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli
import pytest
from dash import Dash, html

from callbacks.doorman import Doorman
from callbacks.refusals import RefusalError
from callbacks.security import guard
from callbacks.static_files import StaticFiles

SCRIPT = b"const words = 'one screen';\n" * 200


@pytest.fixture
def files(tmp_path: Path) -> StaticFiles:
    """Return a server of a folder with a script, a stylesheet with a font, and a secret beside it."""
    assets = tmp_path / "assets"
    (assets / "fonts").mkdir(parents=True)
    (assets / "a.js").write_bytes(SCRIPT)
    (assets / "fonts" / "f.woff2").write_bytes(b"font")
    (assets / "s.css").write_text("@font-face{src:url(fonts/f.woff2)} i{background:url('missing.png')}")
    (tmp_path / "secret.txt").write_text("secret")
    app = Dash("tests.callbacks.test_static_files", assets_folder=str(assets), enable_mcp=False)
    app.layout = html.Div()
    served = StaticFiles(app, assets, tmp_path / "kept")
    served.install()
    guard(app, Doorman(app, {}), ["localhost"])
    served.client = app.server.test_client()  # type: ignore[attr-defined]
    return served


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("identity", None)])
def test_a_script_comes_as_the_browser_accepts_it(files: StaticFiles, accepted: str, encoding: str | None) -> None:
    response = files.client.get("/assets/a.js", headers={"Accept-Encoding": accepted})  # type: ignore[attr-defined]
    assert response.headers.get("Content-Encoding") == encoding
    decode = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert decode(response.data) == SCRIPT
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert response.headers["Vary"] == "Accept-Encoding"


def test_only_the_present_fingerprint_is_kept_for_a_year(files: StaticFiles, tmp_path: Path) -> None:
    client = files.client  # type: ignore[attr-defined]
    modified = (tmp_path / "assets" / "a.js").stat().st_mtime
    assert "immutable" in client.get(f"/assets/a.js?m={modified}").headers["Cache-Control"]
    assert client.get("/assets/a.js?m=12345.0").headers["Cache-Control"] == "no-cache"
    assert client.get("/assets/a.js").headers["Cache-Control"] == "no-cache"


def test_an_unchanged_file_is_not_sent_twice(files: StaticFiles) -> None:
    client = files.client  # type: ignore[attr-defined]
    first = client.get("/assets/a.js", headers={"Accept-Encoding": "br"})
    headers = {"Accept-Encoding": "br", "If-None-Match": first.headers["ETag"]}
    assert client.get("/assets/a.js", headers=headers).status_code == 304


def test_a_changed_file_is_served_at_once(files: StaticFiles, tmp_path: Path) -> None:
    client = files.client  # type: ignore[attr-defined]
    client.get("/assets/a.js")
    (tmp_path / "assets" / "a.js").write_bytes(b"changed")
    assert client.get("/assets/a.js").data == b"changed"


def test_fonts_are_named_with_their_content(files: StaticFiles) -> None:
    client = files.client  # type: ignore[attr-defined]
    css = client.get("/assets/s.css").text
    assert "url('missing.png')" in css
    address = css.split("url(")[1].split(")")[0]
    assert address.startswith("fonts/f.woff2?m=")
    assert "immutable" in client.get(f"/assets/{address}").headers["Cache-Control"]


def test_compressed_files_are_kept_on_disk_and_read_back(files: StaticFiles, tmp_path: Path) -> None:
    files.client.get("/assets/a.js")  # type: ignore[attr-defined]
    (kept,) = (tmp_path / "kept").glob("*.br")
    assert brotli.decompress(kept.read_bytes()) == SCRIPT


def test_a_disk_that_cannot_be_written_only_costs_time(files: StaticFiles, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")
    assert files.client.get("/assets/a.js").status_code == 200  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/passwd", "fonts/../../secret.txt", "fonts", "", "a.js/x"])
def test_nothing_outside_the_folder_is_read(files: StaticFiles, name: str) -> None:
    with pytest.raises(RefusalError, match="not_found"):
        files.serve_asset(name)

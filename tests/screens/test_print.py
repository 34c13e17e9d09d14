"""Paper: what Chromium makes of a desk page for the printer, read with poppler."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.screens.test_access import open_page
from tests.servers import LiveServer

pytestmark = pytest.mark.skipif(
    not shutil.which("pdftotext"), reason="NOT TESTED ON PAPER: apt-get install poppler-utils"
)


def poppler(program: str, *arguments: str) -> bytes:
    """Return what a program of poppler writes."""
    return subprocess.run([program, *arguments], capture_output=True, check=True).stdout


def test_a_dark_page_is_printed_light_whole_and_signed(live_server: LiveServer, browser: Any, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    open_page(live_server, page, "/trade", "theme=dark")
    titles = page.eval_on_selector_all(".p-title", "(all) => all.map((each) => each.firstChild.textContent)")
    path = tmp_path / "page.pdf"
    page.pdf(path=path, prefer_css_page_size=True, print_background=True)
    assert page.get_attribute("html", "data-bs-theme") == "dark"  # the screen is as it was
    page.close()
    sheets = poppler("pdftotext", "-layout", str(path), "-").decode().split("\f")[:-1]
    whole = "".join(sheets)
    for number, sheet in enumerate(sheets, start=1):
        assert re.search(rf"{number}\s*/\s*{len(sheets)}", sheet)
        assert f"{live_server.url}/trade" in sheet
        assert "截至" in sheet
    squeezed = re.sub(r"\s", "", whole)
    assert [title for title in titles if re.sub(r"\s", "", title) not in squeezed] == []
    for removed in ("起始月", "重置", "实时连接"):
        assert removed not in squeezed
    # Every panel stands whole on one sheet: its title and its source.
    for sheet in sheets:
        assert sheet.count("来源：") >= sum(sheet.count(f"\n{title} ") for title in titles)
    assert brightness(path, tmp_path) > 0.85


def brightness(path: Path, folder: Path) -> float:
    """Return how light the first sheet is: 0 is black, 1 is white."""
    poppler("pdftoppm", "-gray", "-r", "20", "-f", "1", "-l", "1", str(path), str(folder / "sheet"))
    picture = next(folder.glob("sheet*.pgm")).read_bytes()
    pixels = picture.split(b"255\n", 1)[1]
    return sum(pixels) / len(pixels) / 255

"""The tools of a panel in a real browser: four files read back, keyboard, dialog, drawer, a link opened elsewhere."""

from __future__ import annotations

import base64
import csv
import io
import re
import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fontTools.ttLib import TTFont

from tests.callbacks.wall import Watch
from tests.servers import LiveServer

TIMEOUT_MS = 60_000
PANEL = "[data-panel=digital_growth]"
FACE = re.compile(r'font-family:"([^"]+)"[^}]*?url\("data:font/woff2;base64,([^"]+)"\)')
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def desk(live_server: LiveServer, page: Any) -> Iterator[Watch]:
    """The smallest page of the desk, drawn; nothing may be complained about or fetched from outside."""
    page.set_default_timeout(TIMEOUT_MS)
    watch = Watch(page)
    page.goto(live_server.url + "/digital", wait_until="load")
    watch.wait_until_drawn(90)
    yield watch
    assert watch.complaints == []
    assert watch.foreign(live_server.url) == []


def exported(watch: Watch, kind: str, folder: Path) -> Path:
    """Export the panel by its menu; return the file."""
    watch.page.click(f"{PANEL} [data-tool=export]")
    with watch.page.expect_download(timeout=TIMEOUT_MS) as download:
        watch.page.click(f".x-menu [data-kind={kind}]")
    target = folder / download.value.suggested_filename
    download.value.save_as(target)
    assert target.suffix == f".{kind}"
    assert "模拟" in target.name
    return target


def headline_of(watch: Watch) -> str:
    return str(watch.page.inner_text(f"{PANEL} .p-take")).strip()


def svg_texts(root: ET.Element) -> str:
    return "".join("".join(each.itertext()) for each in root.iter(f"{SVG}text"))


def test_four_formats_of_a_panel_say_what_the_screen_says(desk: Watch, tmp_path: Path) -> None:
    assert not [address for address in desk.addresses if "later-" in address]  # a page that is only looked at
    headline = headline_of(desk)
    picture = exported(desk, "png", tmp_path).read_bytes()
    assert struct.unpack(">II", picture[16:24]) == (2400, 1350)
    svg = exported(desk, "svg", tmp_path).read_text(encoding="utf-8")
    root = ET.fromstring(svg)
    said = svg_texts(root)
    assert headline.replace(" ", "") in said.replace(" ", "")
    assert "模拟数据" in said
    assert "来源：" in said
    check_fonts(svg, said)
    assert not re.search(r"""(?:href|src)=["']https?://|url\(["']?https?://|<script""", svg)
    book = openpyxl.load_workbook(exported(desk, "xlsx", tmp_path))
    assert [name.removesuffix("（含模拟）") for name in book.sheetnames] == ["数据", "图表所示", "口径与来源"]
    assert any(row[0].value == headline for row in book.worksheets[0].iter_rows(max_row=3))
    rows = list(csv.reader(io.StringIO(exported(desk, "csv", tmp_path).read_text(encoding="utf-8-sig"))))
    assert rows[0][:4] == ["面板", "系列", "区域", "时期"]
    assert {row[10] for row in rows[1:]} == {"模拟"}
    last = screen_values(desk)
    assert last <= {row[6] for row in rows[1:]}
    check_other_kinds(desk, tmp_path)
    with desk.page.expect_download(timeout=TIMEOUT_MS) as download:
        desk.page.click("[data-export-page]")
    download.value.save_as(tmp_path / "page.xlsx")
    panels = desk.page.locator("[data-panel]").count()
    assert len(openpyxl.load_workbook(tmp_path / "page.xlsx").sheetnames) == panels + 3  # contents, data, definitions


def screen_values(watch: Watch) -> set[str]:
    """Return the figures written beside the ends of the lines."""
    text = watch.page.evaluate(f"document.querySelector('{PANEL} .js-plotly-plot').textContent")
    found = set(re.findall(r"(?:软件|核心)\D{0,2}([\d.]+)%", text))
    assert len(found) == 2, text
    return found


def check_fonts(svg: str, said: str) -> None:
    """Every character of the picture must be in one of the fonts inside it."""
    fonts = [TTFont(io.BytesIO(base64.b64decode(data))) for _, data in FACE.findall(svg)]
    assert {family for family, _ in FACE.findall(svg)} >= {"Barlow", "Noto Sans SC"}
    held = {chr(point) for font in fonts for point in font.getBestCmap()}
    assert {character for character in said if not character.isspace()} - held == set()


def check_other_kinds(watch: Watch, folder: Path) -> None:
    """Look at the pictures of panels that are a table, figures beside a chart, and a map."""
    for code in ("shipping", "gdp_history", "digital", "map"):
        with watch.page.expect_download(timeout=TIMEOUT_MS) as download:
            watch.page.evaluate("(code) => window.onescreenExport.run('svg', `/export/${code}`)", code)
        target = folder / f"{code}.svg"
        download.value.save_as(target)
        svg = target.read_text(encoding="utf-8")
        said = svg_texts(ET.fromstring(svg))
        check_fonts(svg, said)
        assert said.count("模拟数据") > 3
        assert sum(character.isdigit() for character in said) > 40


def opened(watch: Watch) -> None:
    watch.page.wait_for_selector("dialog[open] table.twin", state="attached")


def focused(watch: Watch) -> str:
    return str(
        watch.page.evaluate(
            "(() => { const a = document.activeElement; return a.dataset.tool || a.dataset.view || a.className; })()"
        )
    )


def test_everything_works_by_keyboard(desk: Watch) -> None:
    page = desk.page
    page.focus(f"{PANEL} [data-tool=expand]")
    for name in ("table", "export", "lineage", "share", "expand", "table"):
        page.keyboard.press("ArrowRight")
        assert focused(desk) == name
    page.keyboard.press("Enter")
    opened(desk)
    page.wait_for_selector("dialog[data-view=table]")
    assert focused(desk) == "table"
    for name in ("both", "chart"):
        page.keyboard.press("ArrowRight")
        page.wait_for_selector(f"dialog[data-view={name}]")
    page.wait_for_selector("dialog [data-place=chart][data-drawn] .main-svg")
    for _ in range(20):
        page.keyboard.press("Tab")
        inside = "(() => { const a = document.activeElement; return a === document.body || !!a.closest('dialog'); })()"
        assert page.evaluate(inside)  # the browser's own bars come between the last and the first
    page.focus("dialog [data-tool=export]")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.kind") == "svg"
    page.keyboard.press("Escape")
    assert page.is_visible("dialog[open]")
    assert focused(desk) == "export"
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="hidden")
    assert focused(desk) == "table"
    assert "#" not in page.url


def test_table_drawer_and_a_link_that_opens_the_same_in_a_fresh_browser(
    desk: Watch, browser: Any, live_server: LiveServer
) -> None:
    page = desk.page
    page.click(f"{PANEL} [data-tool=lineage]")
    opened(desk)
    drawer = page.inner_text("dialog .x-drawer")
    for part in ("指标定义", "计算方法", "数据链路", "SHA-256", "质量检查", "修订记录", "下次更新", "数据版本"):
        assert part in drawer
    page.click("dialog [data-view=table]")
    assert page.eval_on_selector("table.twin caption", "(caption) => caption.textContent.length") > 4
    heads = "(cells) => cells.every((cell) => cell.scope)"
    assert page.eval_on_selector_all("table.twin th", heads)
    assert page.eval_on_selector_all("table.twin tbody tr", "(rows) => rows.length") == 12
    sources = page.inner_text("dialog .x-sources")
    for part in ("SHA-256", "simulated.toml", "入库时间"):
        assert part in sources
    page.click("dialog [data-tool=lineage]")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page.click("dialog [data-tool=share]")
    page.wait_for_selector(".toast >> text=链接已复制")
    address = page.evaluate("navigator.clipboard.readText()")
    assert address.startswith(f"{live_server.url}/digital?")
    assert address.endswith("#digital_growth/table")
    shown = page.inner_text("dialog table.twin")
    fresh = browser.new_context(viewport={"width": 1440, "height": 900})
    other = fresh.new_page()
    other.goto(address)
    other.wait_for_selector("dialog[open][data-view=table] table.twin", timeout=TIMEOUT_MS)
    assert other.inner_text("dialog table.twin") == shown
    assert other.url == address
    other.goto("about:blank")
    other.goto(f"{live_server.url}/digital#nothing/table")  # a panel that is not there: the page opens all the same
    Watch(other).wait_until_drawn(90)
    other.wait_for_function("window.onescreenTools")
    assert not other.is_visible("dialog[open]")
    fresh.close()
    page.click("dialog [data-close]")
    page.wait_for_selector("dialog", state="hidden")
    say_what_failed(desk)


def say_what_failed(desk: Watch) -> None:
    """Let an export fail at the server."""
    desk.page.route(
        "**/export/**",
        lambda route: route.fulfill(status=503, json={"message": "数据仓库暂时无法读取。", "id": "ab12"}),
    )
    desk.page.click(f"{PANEL} [data-tool=export]")
    desk.page.click(".x-menu [data-kind=csv]")
    desk.page.wait_for_selector(".toast >> text=导出失败：数据仓库暂时无法读取。 ab12")
    desk.complaints.clear()  # the browser reports the answer 503 itself

"""Screen and file say the same, cell by cell, over all panels and a sample of states; S-16 for export addresses."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from flask.testing import FlaskClient

from app import create_app
from callbacks.context import Context
from callbacks.tools import expanded
from data.periods import month_period
from data.selection import ROUTES, Selection
from data.settings import Settings
from layouts import words
from layouts.export_names import safe_name
from layouts.panels import PANELS, WITH_FIGURES
from layouts.screens import DESK, page_of

# Every state reads the same wants in another way: accumulation, a chosen period, the other language, another look.
STATES: dict[str, dict[str, Any]] = {
    "latest": {},
    "single": {"accumulation": "S"},
    "english": {"language": "en", "theme": "dark", "rise": "intl"},
    "a year before": {"period": month_period(2025, 9)},
    "long ago": {"period": month_period(1950, 5)},
    "as known on a day": {"as_of": date(2026, 3, 31)},
}


@pytest.fixture(scope="module")
def client(filled_settings: Settings) -> FlaskClient:
    return create_app(filled_settings).server.test_client()


@pytest.fixture(scope="module")
def real_client(filled_settings: Settings) -> FlaskClient:
    """The same warehouse with nothing simulated shown."""
    return create_app(filled_settings.model_copy(update={"simulated": False})).server.test_client()


def context_of(client: FlaskClient) -> Context:
    found: Context = client.application.extensions["onescreen"]
    return found


def get(client: FlaskClient, path: str) -> Any:
    return client.get(path, headers={"Host": "localhost"})


def selection_of(code: str, choices: dict[str, Any]) -> Selection:
    route = next(route for route in ROUTES.values() if (route.page, route.kind) == (page_of(code, PANELS), "desk"))
    return route.with_(**choices)


def workbook(client: FlaskClient, code: str, selection: Selection) -> openpyxl.Workbook:
    answer = get(client, f"/export/{code}.xlsx?{selection.to_query()}")
    assert answer.status_code == 200, answer.data
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def table_of(sheet: Any, head: str) -> list[list[Any]]:
    """Return the rows of a sheet's table with its heads, found by the first of them."""
    rows = [list(row) for row in sheet.iter_rows()]
    start = next(number for number, row in enumerate(rows) if row[0].value == head)
    return rows[start:]


def as_read(cell: Any) -> str:
    """Return what a spreadsheet shows of a cell, by its own number format."""
    if cell.value is None or isinstance(cell.value, str):
        return cell.value or ""
    positive, negative, zero = cell.number_format.split(";")
    form = positive if cell.value > 0 else negative if cell.value < 0 else zero
    found = re.fullmatch(r'"?([▲▼+−]?)"?#,##0(?:\.(0+))?(?:" (.+)")?', form)
    assert found, cell.number_format
    figure = words.number(abs(cell.value), len(found[2] or ""))
    return f"{found[1]}{figure} {found[3] or ''}".strip()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("code", sorted(WITH_FIGURES))
def test_screen_and_files_agree_cell_by_cell(client: FlaskClient, code: str, state: str) -> None:
    selection = selection_of(code, STATES[state])
    content = expanded(context_of(client), code, selection)
    book = workbook(client, code, selection)
    compare_table(content["table"], book.worksheets[1], selection)
    rows = compare_data(content["sources"]["rows"], book.worksheets[0], selection)
    assert csv_rows(client, code, selection) == [[csv_text(cell) for cell in row] for row in rows]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_index_on_a_base_is_in_the_files_as_on_the_screen(client: FlaskClient, language: str) -> None:
    selection = selection_of("bulk_prices", {"growth": "base", "language": language})
    content = expanded(context_of(client), "bulk_prices", selection)
    book = workbook(client, "bulk_prices", selection)
    compare_table(content["table"], book.worksheets[1], selection)
    heads = [head for head, *_ in content["table"]["heads"]]
    place = next(
        number for number, head in enumerate(heads) if head.startswith("定基" if language == "zh" else "Index")
    )
    assert any(
        cell.value and 0 < cell.value < 1000
        for cell in [row[place + 1] for row in table_of(book.worksheets[1], content["table"]["corner"])[1:]]
        if isinstance(cell.value, float)
    )
    assert "100" in f"{heads[place]} {content['table']['rows'][0]['cells'][place][3]}"


@pytest.mark.parametrize("state", ["latest", "single"])
@pytest.mark.parametrize("code", sorted(WITH_FIGURES))
def test_screen_and_workbook_agree_without_the_simulation(real_client: FlaskClient, code: str, state: str) -> None:
    selection = selection_of(code, STATES[state])
    content = expanded(context_of(real_client), code, selection)
    book = workbook(real_client, code, selection)
    compare_table(content["table"], book.worksheets[1], selection)
    rows = compare_data(content["sources"]["rows"], book.worksheets[0], selection)
    files = [plain(row[CORRESPONDING_FILE]) for row in rows]
    assert not any(name.startswith("simulated") for name in files)
    assert not content["simulated"]


def compare_table(screen: dict[str, Any], sheet: Any, selection: Selection) -> None:
    """Compare the table on the screen with the sheet, head by head and cell by cell."""
    if not screen["rows"]:
        assert screen["empty"]
        assert any(row[0].value == screen["empty"] for row in sheet.iter_rows())
        return
    heads, *rows = table_of(sheet, screen["corner"])
    form = "{}（{}）" if selection.language == "zh" else "{} ({})"
    joined = [form.format(head, unit) if unit else head for head, unit, _ in screen["heads"]]
    assert [cell.value for cell in heads] == [screen["corner"], *joined, screen["status"]]
    comma = "、" if selection.language == "zh" else ", "
    assert [row[0].value for row in rows] == [shown["head"] for shown in screen["rows"]]
    for shown, row in zip(screen["rows"], rows, strict=True):
        assert [as_read(cell) for cell in row[1:-1]] == [f"{cell[0]} {cell[3]}".strip() for cell in shown["cells"]]
        assert row[-1].value == comma.join(text for _, text in shown["badges"])


def compare_data(sources: list[list[Any]], sheet: Any, selection: Selection) -> list[list[Any]]:
    """Compare the table of sources with the data sheet; return the rows of the sheet."""
    zh = selection.language == "zh"
    heads, *rows = table_of(sheet, "面板" if zh else "Panel")
    named = {cell.value: number for number, cell in enumerate(heads)}
    at = [named[zh_name if zh else en_name] for zh_name, en_name in CORRESPONDING]
    in_file = sorted([plain(row[place]) for place in at] for row in rows)
    assert in_file == sorted([row[0], row[1], row[2], row[3], row[6], row[7], row[9]] for row in sources)
    return rows


CORRESPONDING_FILE = 17
CORRESPONDING = (
    *(("系列", "Series"), ("时期", "Period"), ("数值", "Value"), ("单位", "Unit")),
    *(("文件", "File"), ("SHA-256", "SHA-256"), ("入库", "Loaded at")),
)


def plain(cell: Any) -> str:
    return as_read(cell) if isinstance(cell.value, int | float) else str(cell.value or "")


def csv_text(cell: Any) -> str:
    """Return how the same cell stands in the CSV file: a figure without separators, a day as YYYY-MM-DD."""
    if cell.value is None:
        return ""
    if cell.is_date:
        return f"{cell.value:%Y-%m-%d}"
    if isinstance(cell.value, int | float):
        return plain(cell).replace(",", "").replace("−", "-")
    return str(cell.value)


def csv_rows(client: FlaskClient, code: str, selection: Selection) -> list[list[str]]:
    answer = get(client, f"/export/{code}.csv?{selection.to_query()}")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))[1:]


@pytest.mark.parametrize("code", sorted(WITH_FIGURES))
def test_what_is_simulated_says_so_in_every_row_sheet_and_name(client: FlaskClient, code: str) -> None:
    selection = selection_of(code, {})
    answer = get(client, f"/export/{code}.xlsx?{selection.to_query()}")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    heads, *rows = table_of(book.worksheets[0], "面板")
    named = {cell.value: number for number, cell in enumerate(heads)}
    marks = {row[named["模拟"]].value for row in rows}
    for row in rows:
        assert (row[named["模拟"]].value == "模拟") == row[named["文件"]].value.startswith("simulated")
    shown = {row[named["模拟"]].value for row in rows if row[named["图上显示"]].value == "是"}
    if "模拟" in shown:
        assert all("模拟" in name for name in book.sheetnames)
        assert "模拟" in unquote(answer.headers["Content-Disposition"])
        assert all(any("模拟" in str(row[0].value) for row in sheet.iter_rows(max_row=3)) for sheet in book.worksheets)
    else:
        assert not any("模拟" in name for name in book.sheetnames)
    assert marks <= {"模拟", None}


@pytest.mark.parametrize("page", sorted(DESK.keys() - {"sources"}))
def test_a_page_is_one_workbook_with_every_panel_of_it(client: FlaskClient, page: str) -> None:
    answer = get(client, f"/export/page/{page}.xlsx?language=zh")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    panels = [PANELS[place.panel] for place in DESK[page] if place.panel in WITH_FIGURES]
    for panel in panels:
        assert any(name.startswith(panel.title_zh[:10]) for name in book.sheetnames)
    _, *rows = table_of(book.worksheets[1], "面板")
    assert {row[0].value for row in rows} == {panel.title_zh for panel in panels}
    for panel in panels:
        single = workbook(client, panel.code, selection_of(panel.code, {}))
        mine = [row for row in rows if row[0].value == panel.title_zh]
        assert len(mine) == len(table_of(single.worksheets[0], "面板")) - 1


MAY = month_period(2026, 5)
COMPARED = [
    ({"compare": MAY}, "（左 · 最新）", "（右 · 2026年5月）"),
    ({"compare_region": "370200"}, "（左 · 西海岸新区）", "（右 · 青岛）"),
]


@pytest.mark.parametrize(("choices", "left", "right"), COMPARED)
def test_the_workbook_of_two_screens_side_by_side_holds_both(
    client: FlaskClient, choices: dict[str, Any], left: str, right: str
) -> None:
    selection = ROUTES["/clusters"].with_(**choices)
    answer = get(client, f"/export/page/clusters.xlsx?{selection.to_query()}")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    titles = [PANELS[place.panel].title_zh for place in DESK["clusters"]]
    _, *contents = table_of(book.worksheets[0], "面板")
    assert [row[0].value for row in contents] == [title + side for title in titles for side in (left, right)]
    _, *rows = table_of(book.worksheets[1], "面板")
    shown = {row[0].value for row in rows}
    assert {f"产业集群{left}", f"产业集群{right}"} <= shown
    # The right side holds what the page shows when only that is chosen.
    other = {"period": MAY} if "compare" in choices else {"region": "370200"}
    alone = workbook(client, "clusters", selection_of("clusters", other))
    _, *expected = table_of(alone.worksheets[0], "面板")
    mine = [[cell.value for cell in row[1:]] for row in rows if row[0].value == f"产业集群{right}"]
    assert mine == [[cell.value for cell in row[1:]] for row in expected]


@pytest.mark.parametrize("code", ["clusters-b", "trade-b", "heat-b"])
def test_a_panel_of_the_other_screen_is_exported_as_shown_with_its_side(client: FlaskClient, code: str) -> None:
    selection = selection_of(code.removesuffix("-b"), {"compare": MAY})
    content = expanded(context_of(client), code, selection)
    book = workbook(client, code, selection)
    compare_table(content["table"], book.worksheets[1], selection)
    assert content["title"].endswith("（右 · 2026年5月）")
    assert content["title"] in content["table"]["caption"]
    picture = get(client, f"/export/{code}.json?{selection.to_query()}").get_json()
    assert content["title"] in picture["measure"]
    addresses = [row[2].value for row in book.worksheets[2].iter_rows() if row[0].value == "地址"]
    assert addresses == [selection.address()]


def test_the_workbook_names_definition_source_and_address(client: FlaskClient) -> None:
    book = workbook(client, "national_trade", selection_of("national_trade", {}))
    text = "\n".join(str(cell.value) for row in book.worksheets[2].iter_rows() for cell in row if cell.value)
    for part in (
        "指标定义",
        "计算方法",
        "差额 = 出口 − 进口",
        "数据链路",
        "海关总署",
        "修订记录",
        "下次更新",
        "引用",
        "/?accumulation=Y",
    ):
        assert part in text


@pytest.mark.parametrize("code", sorted(WITH_FIGURES))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_panel_has_a_picture(client: FlaskClient, code: str, language: str) -> None:
    sheet = get(client, f"/export/{code}.json?language={language}&theme=dark").get_json()
    assert (sheet["chart"] is not None) or sheet["table"]["rows"]
    assert all(sheet[name] for name in ("headline", "measure", "source", "system", "name"))
    assert sheet["colors"]["surface"] == "#FFFFFF"  # always the light theme
    content = expanded(context_of(client), code, selection_of(code, {"language": language}))
    if content["takeaway"]:
        assert sheet["headline"] == content["takeaway"].replace("**", "")
    assert bool(sheet["watermark"]) == content["simulated"] == bool(sheet["mark"])


@pytest.mark.parametrize(
    "path",
    [
        *("/export/..%2f..%2fetc%2fpasswd.csv", "/export/%2e%2e/%2e%2e/etc/passwd.csv", "/export/heat%00.csv"),
        *("/export/heat.csv%00.xlsx", "/export/..\\..\\windows\\win.ini.csv", "/export/heat.exe", "/export/heat."),
        *("/export/.csv", "/export/HEAT.csv", "/export/ｈeat.csv", "/export/heat.csv/", "/export/heat"),
        *("/export/page/..%2foverview.xlsx", "/export/page/nowhere.xlsx", "/export/page/overview.csv"),
    ],
)
def test_s_16_only_known_panels_pages_and_kinds_are_files(client: FlaskClient, path: str) -> None:
    answer = get(client, path)
    assert answer.status_code == 404
    assert b"root:" not in answer.data


@pytest.mark.parametrize(
    "query", ["period=2024-13", "nonsense=1", "theme=dark&theme=light", "industry=..%2f..", "language=xx", "a" * 600]
)
def test_a_query_that_is_no_selection_is_a_quiet_400(client: FlaskClient, query: str) -> None:
    for path in ("/export/heat.csv", "/export/heat.xlsx", "/export/heat.json", "/export/page/clusters.xlsx"):
        answer = get(client, f"{path}?{query}")
        assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_selection")


def test_files_are_only_read(client: FlaskClient) -> None:
    assert client.post("/export/heat.csv", headers={"Host": "localhost"}).status_code == 405


NAMES = ("../../etc/passwd", "a\r\nSet-Cookie: x=1", 'quote".xlsx', "nul\0byte", "；drop；", "CON", "\u202ecsv.exe")


@pytest.mark.parametrize("hostile", NAMES)
def test_s_16_a_title_becomes_one_plain_file_name(hostile: str) -> None:
    name = safe_name([hostile, "2024年9月"])
    assert not re.search(r"[\\/:*?\"<>|\r\n\0\u202e]", name)
    assert not name.startswith(".")
    assert name.endswith("2024年9月")


def test_s_21_the_name_goes_into_the_header_by_rfc_5987(client: FlaskClient) -> None:
    header = get(client, "/export/trade.xlsx?language=zh").headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=\"trade\.xlsx\"; filename\*=UTF-8''[A-Za-z0-9%._~-]+", header)
    assert unquote(header.partition("UTF-8''")[2]).startswith("西海岸新区_外贸进出口_")

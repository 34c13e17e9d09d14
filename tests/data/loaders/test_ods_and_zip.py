"""OpenDocument workbooks and ZIP deliveries through the cage: the same figures, and the same refusals."""

# ruff: noqa: E501 - a row of a table reads better in one line
from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from data.loaders import FileRefusedError
from data.loaders.isolation import Isolation
from data.periods import month_period
from tests.data.loaders.foreign_files import csv_text, workbook
from tests.data.loaders.sheets import declared, figures, ods, ods_row

TABLE = """
[table]
format = "{kind}"
{more}
header_row = 1
missing = ["", "…"]
period = {{ column = "月份", form = "month" }}
[[table.group]]
region = "100000"
indicator = "trade"
stored_unit = "CNY_100M"
accumulation = "S"
column = [{{ header = "出口", flow = "X" }}, {{ header = "进口", flow = "M" }}]
"""
ODS = TABLE.format(kind="ods", more='sheet = "表"')
ERROR = (
    '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" '
    'calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
)
UNCALCULATED = '<table:table-cell table:formula="of:=[.B2]*2"/>'
CALCULATED = (
    '<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2.5"><text:p>2.5</text:p>'
    "</table:table-cell>"
)
EMPTY_MILLION = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'


@pytest.fixture(scope="module")
def isolation(catalogue):
    with Isolation(catalogue) as opened:
        yield opened


def test_an_ods_is_read_with_its_types_and_its_repetitions(isolation, tmp_path):
    repeated = '<table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="7"><text:p>7</text:p></table:table-cell>'
    date = '<table:table-cell office:value-type="date" office:date-value="2024-02-01"><text:p>2024年2月</text:p></table:table-cell>'
    rows = [["月份", "出口", "进口"], ["2024-01", 20.5, 10.25], ["2024-03", repeated], [date, 1, 2], EMPTY_MILLION]
    parsed = isolation.parse(declared(tmp_path, ODS), ods(tmp_path / "a.ods", rows, hidden=["隐藏"]))
    assert figures(parsed) == [
        ("SlX", month_period(2024, 1), 20.5), ("SlM", month_period(2024, 1), 10.25),
        ("SlX", month_period(2024, 3), 7), ("SlM", month_period(2024, 3), 7),
    ]  # fmt: skip
    assert [reject.place for reject in parsed.rejects] == ["表!4:4"]  # a date is no text of this form
    assert parsed.facts[1].place == "表!C2"


def test_f_08_errors_and_formulas_never_calculated_in_an_ods_are_rejected(isolation, tmp_path):
    rows = [["月份", "出口", "进口"], ["2024-01", ERROR, UNCALCULATED], ["2024-02", CALCULATED, None]]
    parsed = isolation.parse(declared(tmp_path, ODS), ods(tmp_path / "a.ods", rows))
    assert [reject.place for reject in parsed.rejects] == ["表!B2", "表!C2"]
    assert "#DIV/0!" in parsed.rejects[0].raw
    assert "never calculated" in parsed.rejects[1].raw
    assert (figures(parsed), parsed.missing) == ([("SlX", month_period(2024, 2), 2.5)], 1)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ods_row(["2024-01", 1, 2], repeated=1_000_000), "at most 200,000 rows"),
        (
            '<table:table-row><table:table-cell table:number-columns-repeated="16000" office:value-type="float" '
            'office:value="1"><text:p>1</text:p></table:table-cell></table:table-row>',
            "at most 500 columns",
        ),
    ],
    ids=["rows", "columns"],
)
def test_f_14_a_repetition_in_an_ods_is_bounded(row, words, isolation, tmp_path):
    with pytest.raises(FileRefusedError, match=words):
        isolation.parse(declared(tmp_path, ODS), ods(tmp_path / "a.ods", [["月份", "出口", "进口"], row]))


def test_f_09_a_hidden_sheet_of_an_ods_is_not_read(isolation, tmp_path):
    with pytest.raises(FileRefusedError, match="a visible sheet; found a hidden one"):
        isolation.parse(
            declared(tmp_path, ODS.replace('"表"', '"隐藏"')), ods(tmp_path / "a.ods", [["x"]], hidden=["隐藏"])
        )


@pytest.mark.parametrize("share", range(1, 50, 4))
def test_f_02_an_ods_cut_anywhere_is_incomplete(share, isolation, tmp_path):
    path = ods(tmp_path / "a.ods", [["月份", "出口", "进口"], ["2024-01", 20.5, 10.25]])
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * share // 50])
    with pytest.raises(FileRefusedError):
        isolation.parse(declared(tmp_path, ODS), path)


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def month(number, exports=20.5):
    return csv_text((("月份", "出口", "进口"), (f"2024-{number:02d}", exports, 10.25))).encode()


def test_a_zip_is_one_delivery_whose_places_name_the_member(isolation, tmp_path):
    source = declared(tmp_path, TABLE.format(kind="csv", more=""))
    path = zipped(tmp_path / "a.zip", {"2024年/02月.csv": month(2), "2024年/01月.csv": month(1), "说明.doc": b"x"})
    parsed = isolation.parse(source, path)
    assert [fact.place for fact in parsed.facts[:2]] == ["2024年/01月.csv: row 2, 出口", "2024年/01月.csv: row 2, 进口"]
    assert len(parsed.facts) == 4
    assert parsed.notes == ["files in the ZIP that are not read: 说明.doc"]


def test_one_bad_member_refuses_the_whole_delivery(isolation, tmp_path):
    source = declared(tmp_path, TABLE.format(kind="csv", more=""))
    path = zipped(tmp_path / "a.zip", {"01.csv": month(1), "02.csv": month(2)[:-4]})
    with pytest.raises(FileRefusedError, match="文件不完整"):
        isolation.parse(source, path)


@pytest.mark.parametrize("kind", ["xlsx", "ods", "workbook"])
def test_workbooks_in_a_zip_are_checked_like_workbooks(kind, isolation, tmp_path):
    source = declared(tmp_path, TABLE.format(kind=kind, more='sheets = { pattern = ".*" }'))
    if kind == "ods":
        inner = ods(tmp_path / "in.ods", [["月份", "出口", "进口"], ["2024-01", 20.5, 10.25]]).read_bytes()
    else:
        inner = workbook(tmp_path / "in.xlsx").read_bytes()
    name = f"in.{'ods' if kind == 'ods' else 'xlsx'}"
    assert isolation.parse(source, zipped(tmp_path / "a.zip", {name: inner})).facts[0].value == 20.5
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<a>" + b" " * 150_000_000 + b"</a>")
    for hostile, words in ((bomb.getvalue(), "times its packed size"), (b"PK\x03\x04cut", "incomplete")):
        with pytest.raises(FileRefusedError, match=words):
            isolation.parse(source, zipped(tmp_path / "b.zip", {name: hostile}))


def test_f_14_archives_in_archives_paths_out_and_macros_are_refused_in_a_delivery(isolation, tmp_path):
    source = declared(tmp_path, TABLE.format(kind="csv", more=""))
    inner = zipped(tmp_path / "in.zip", {"a.csv": month(1)}).read_bytes()
    for name, content, words in (
        ("in.zip", inner, "archive"), ("in.csv", inner, "archive"), ("in.xlsx", inner, "archive|no archive|a file that ends"),
        ("../a.csv", month(1), "leads out"), ("a.xlsm", b"x", "archive"),
    ):  # fmt: skip
        with pytest.raises(FileRefusedError, match=words):
            isolation.parse(source, zipped(tmp_path / "a.zip", {name: content}))


def test_a_name_that_chinese_archivers_write_in_gbk_is_read(isolation, tmp_path):
    path = zipped(tmp_path / "a.zip", {"PLACE.csv": month(1)})
    path.write_bytes(path.read_bytes().replace(b"PLACE.csv", "月报".encode("gbk") + b"1.csv"))
    parsed = isolation.parse(declared(tmp_path, TABLE.format(kind="csv", more="")), path)
    assert parsed.facts[0].place.startswith("月报1.csv: ")


def test_f_17_a_page_saved_as_xls_is_told_to_save_as_xlsx(isolation, tmp_path):
    source = declared(tmp_path, TABLE.format(kind="workbook", more='sheets = { take = "only" }'))
    for content in (b"<html><table><tr><td>2024-01</td></tr></table></html>", "月份\t出口\n".encode("gb18030")):
        path = tmp_path / "a.xls"
        path.write_bytes(content)
        with pytest.raises(FileRefusedError, match="请另存为"):
            isolation.parse(source, path)


def test_the_library_writes_what_the_reader_reads(isolation, tmp_path):
    """A workbook with every kind of cell, through openpyxl and back."""
    book = openpyxl.Workbook()
    book.active.title = "表"
    for row in (["月份", "出口", "进口"], ["2024-01", 1, 2.5], ["2024-02", "1,234", True]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    parsed = isolation.parse(declared(tmp_path, TABLE.format(kind="xlsx", more='sheet = "表"')), tmp_path / "a.xlsx")
    assert [value for _, _, value in figures(parsed)] == [1, 2.5, 1234]
    assert parsed.rejects[0].place == "表!C3"


def test_repeated_blanks_in_an_ods_do_not_vanish(isolation, tmp_path):
    blanks = '<table:table-cell office:value-type="string"><text:p>12<text:s text:c="2"/>34</text:p></table:table-cell>'
    path = ods(tmp_path / "a.ods", [["月份", "出口", "进口"], ["2024-01", blanks, 2]])
    parsed = isolation.parse(declared(tmp_path, ODS), path)
    assert ([fact.value for fact in parsed.facts], [reject.raw for reject in parsed.rejects]) == ([2], ["12 34"])

"""S-21: an exported file computes nothing and links nowhere, whatever stands in the texts; figures stay figures."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layouts.export_files import csv_file, harmless, xlsx
from layouts.export_sheets import Number, Sheet

HOSTILE = (
    *(
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "  =1+1",
        "\u3000=1",
    ),
    *("=cmd|' /C calc'!A0", '=HYPERLINK("http://x.example","y")', "=IMPORTXML(1)", "http://x.example", "mailto:a@b.c"),
    *("\ufeff=1+1", "'=1", "x\x00y\x1bz", "<b>&amp;</b>", "_x000D_=1", "external:\\\\host\\share", "a" * 40_000),
)
FIGURES = (Decimal("-12.30"), Decimal("0"), Decimal("5003.38"), Decimal("-0.5"), Decimal("12345678901"))


def sheet(texts: tuple[str, ...] = HOSTILE) -> Sheet:
    figures = [Number(value, 2) for value in FIGURES]
    rows = [[text, figures[number % len(figures)], date(2024, 9, 30)] for number, text in enumerate(texts)]
    return Sheet("=A1:[x]*?/\\'" + "长" * 40, list(texts[:4]), ["=head", "@figure", "day"], rows)


@pytest.fixture(autouse=True)
def _wide_fields() -> Iterator[None]:
    """The reader of CSV may have been told elsewhere how long a field can be; here one text is longer."""
    before = csv.field_size_limit(1_000_000)
    yield
    csv.field_size_limit(before)


def reopened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_s_21_no_cell_of_a_workbook_is_a_formula_or_a_link() -> None:
    content = xlsx([sheet(), sheet(), sheet()])
    book = reopened(content)
    assert len(book.sheetnames) == 3
    cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert not any(cell.hyperlink for cell in cells)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert not [name for name in parts if "externalLink" in name or "vba" in name.lower()]
    assert not [name for name, part in parts.items() if name.startswith("xl/worksheets") and b"<f>" in part]
    assert not [name for name, part in parts.items() if name.endswith(".rels") and b"TargetMode" in part]


def test_s_21_negative_numbers_stay_numbers_in_both_files() -> None:
    page = reopened(xlsx([sheet()])).worksheets[0]
    found = [
        cell.value
        for row in page.iter_rows(min_col=2, max_col=2)
        for cell in row
        if cell.data_type == "n" and cell.value is not None
    ]
    assert found[: len(FIGURES)] == [float(value) for value in FIGURES]
    rows = list(csv.reader(io.StringIO(csv_file(sheet()).decode("utf-8-sig"))))[1:]
    assert [row[1] for row in rows[: len(FIGURES)]] == [f"{value:f}" for value in FIGURES]
    assert not any(row[1].startswith("'") for row in rows)


def test_s_21_text_in_a_csv_that_looks_like_a_formula_is_disarmed() -> None:
    content = csv_file(sheet())
    assert content.startswith(b"\xef\xbb\xbf")
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        text = row[0].lstrip(" \u3000\u00a0\ufeff\u200b")
        assert text[:1] not in set("=+-@\t\r\n＝＋－＠"), row[0]


@given(st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_s_21_any_text_is_harmless_and_still_readable(text: str) -> None:
    made = harmless(text)
    assert made in {text, f"'{text}"}
    assert made.lstrip(" \u3000\u00a0\ufeff\u200b")[:1] not in set("=+-@\t\r\n＝＋－＠")


def test_a_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    longest = next(
        cell.value
        for row in reopened(xlsx([sheet()])).worksheets[0].iter_rows()
        for cell in row
        if str(cell.value).startswith("aaa")
    )
    assert len(longest) == 32_000
    assert longest.endswith("…")


def test_a_number_reads_as_on_the_screen() -> None:
    cells = [
        Number(Decimal("11.2"), 1, growth=True),
        Number(Decimal("-1.8"), 1, growth=True),
        Number(Decimal("7"), 0, mark="模拟"),
    ]
    page = reopened(xlsx([Sheet("x", [], ["a", "b", "c"], [cells])])).worksheets[0]
    formats = [cell.number_format for cell in page[2]]
    assert formats[0] == formats[1] == '"▲"#,##0.0;"▼"#,##0.0;#,##0.0'
    assert formats[2] == '#,##0" 模拟";"−"#,##0" 模拟";#,##0" 模拟"'


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_s_21_libreoffice_finds_no_formula(tmp_path: Path, kind: str) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: the files were re-opened with openpyxl and csv alone")
    source = tmp_path / f"hostile.{kind}"
    source.write_bytes(xlsx([sheet()]) if kind == "xlsx" else csv_file(sheet()))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, "--headless", profile, "--convert-to", "fods", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    converted = (tmp_path / "hostile.fods").read_text(encoding="utf-8")
    assert "table:formula" not in converted
    assert 'xlink:href="http' not in converted
    assert converted.count('office:value="-12.3"') >= len(HOSTILE) // len(FIGURES)

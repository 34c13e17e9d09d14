"""The declared table refuses what is not as declared, and accounts for every cell."""

from __future__ import annotations

import shutil

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.catalogue import load_catalogue
from data.loaders import FileRefusedError, SourceError, load_sources, parse
from data.loaders.placements import find_indicator
from tests.data.loaders.conftest import DATA

TOTALS_HEADER = "period,trade_total,exports,imports,balance,trade_total_cum,exports_cum,imports_cum,balance_cum,unit"
TOTALS_ROW = "2024-12,40670,24099,16570,7529,438468,254545,183923,70623,亿元"


@pytest.fixture
def totals(sources, catalogue, tmp_path):
    """Parse a customs totals file with the given lines."""

    def read(*lines, encoding="utf-8"):
        path = tmp_path / "totals.csv"
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return parse(sources["customs_totals"], path, catalogue)

    return read


@pytest.fixture
def pink_sheet(sources, catalogue, tmp_path):
    """Parse a small workbook laid out like the Pink Sheet; ``change`` gets its sheet and may spoil it."""

    def read(change, cells=(100.5,)):
        source = sources["world_bank_pink_sheet"]
        layout = source.options.table
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = layout.sheet
        for number, expected in enumerate(layout.expected, start=1):
            sheet.cell(number, 1, expected.text)
        required = [column for column in layout.group[0].column if not column.optional]
        for number, column in enumerate(required, start=2):
            sheet.cell(5, number, column.header)
            sheet.cell(6, number, column.unit)
            sheet.cell(7, number, cells[0] if number == 2 else 1.25)
        sheet.cell(7, 1, "2026M05")
        change(book, sheet)
        path = tmp_path / "CMO-Historical-Data-Monthly_test.xlsx"
        book.save(path)
        return parse(source, path, catalogue)

    return read


def keep(book, sheet):
    """Change nothing."""


def test_every_cell_of_a_right_file_is_stored(totals):
    result = totals(TOTALS_HEADER, TOTALS_ROW)
    assert [fact.value for fact in result.facts] == [40670, 24099, 16570, 438468, 254545, 183923]
    assert result.facts[3].place == "row 2, trade_total_cum"
    assert result.facts[3].raw == "438468"
    assert (result.rows_read, result.rejects, result.missing, result.notes) == (1, [], 0, [])


def test_another_unit_in_one_row_refuses_the_file(totals):
    with pytest.raises(FileRefusedError, match=r"totals.csv: row 3, unit: expected unit '亿元'; found '万元'"):
        totals(TOTALS_HEADER, TOTALS_ROW, TOTALS_ROW.replace("亿元", "万元"))


def test_a_renamed_column_is_refused_and_the_nearest_named(totals):
    with pytest.raises(FileRefusedError, match=r"row 1: expected one column 'exports_cum'; found 'export_cum'"):
        totals(TOTALS_HEADER.replace("exports_cum", "export_cum"), TOTALS_ROW)


def test_a_doubled_column_is_refused(totals):
    with pytest.raises(FileRefusedError, match="one column 'exports'; found it 2 times"):
        totals(TOTALS_HEADER.replace("imports,", "exports,"), TOTALS_ROW)


def test_moved_columns_are_found_by_their_header(totals):
    cells = list(zip(TOTALS_HEADER.split(","), TOTALS_ROW.split(","), strict=True))[::-1]
    result = totals(",".join(header for header, _ in cells), ",".join(cell for _, cell in cells))
    assert [fact.value for fact in result.facts] == [40670, 24099, 16570, 438468, 254545, 183923]


def test_a_column_nobody_declared_is_noted(totals):
    assert totals(TOTALS_HEADER + ",growth", TOTALS_ROW + ",5.0").notes == ["column 'growth' is not declared"]


@pytest.mark.parametrize("bad", ["", "…", "nan", "1_000", "2.5亿", "٣", "inf"])
def test_a_cell_that_is_no_number_is_rejected_with_its_place(totals, bad):
    result = totals(TOTALS_HEADER, TOTALS_ROW.replace("24099", bad))
    assert len(result.facts) == 5
    assert [(reject.place, reject.raw) for reject in result.rejects] == [("row 2, exports", bad)]
    assert "not a number" in result.rejects[0].reason


def test_a_row_with_another_period_or_too_few_cells_is_rejected(totals):
    result = totals(TOTALS_HEADER, TOTALS_ROW.replace("2024-12", "合计"), "2024-11,37477", TOTALS_ROW)
    assert [reject.place for reject in result.rejects] == ["row 2", "row 3"]
    assert "not a period like 2023-06" in result.rejects[0].reason
    assert result.rejects[1].reason == "only 2 cells"


def test_thousands_and_full_width_digits_are_read(totals):
    result = totals(TOTALS_HEADER, TOTALS_ROW.replace("40670", '"40,670"').replace("24099", "２４０９９"))
    assert [fact.value for fact in result.facts][:2] == [40670, 24099]


def test_a_file_in_another_encoding_is_refused_not_guessed(totals):
    with pytest.raises(FileRefusedError, match="UTF-8, GB18030"):
        totals(TOTALS_HEADER, TOTALS_ROW, encoding="gb18030")


def test_an_empty_file_is_refused(totals):
    with pytest.raises(FileRefusedError):
        totals("")
    with pytest.raises(FileRefusedError, match="at least one row of data"):
        totals(TOTALS_HEADER)


def test_the_small_workbook_is_read(pink_sheet):
    result = pink_sheet(keep)
    assert len(result.facts) == 21
    assert (result.facts[0].place, result.facts[0].value) == ("Monthly Prices!B7", 100.5)


def test_another_unit_in_the_unit_row_refuses_the_workbook(pink_sheet):
    def change(book, sheet):
        sheet["C6"] = "($/mt)"

    with pytest.raises(FileRefusedError, match=r"Monthly Prices!C6: expected unit '\(\$/bbl\)' for 'Crude oil, Brent'"):
        pink_sheet(change)


def test_another_title_refuses_the_workbook(pink_sheet):
    def change(book, sheet):
        sheet["A2"] = "monthly prices in real US dollars"

    with pytest.raises(
        FileRefusedError, match="above Monthly Prices!5:5: expected 'monthly prices in nominal US dollars"
    ):
        pink_sheet(change)


def test_a_missing_or_hidden_sheet_refuses_the_workbook(pink_sheet):
    def rename(book, sheet):
        sheet.title = "Prices"

    def hide(book, sheet):
        book.create_sheet("Shown")
        sheet.sheet_state = "hidden"

    with pytest.raises(FileRefusedError, match="sheet 'Monthly Prices'; found Prices"):
        pink_sheet(rename)
    with pytest.raises(FileRefusedError, match="a visible sheet; found a hidden one"):
        pink_sheet(hide)


@pytest.mark.parametrize("marker", ["…", "..."])
def test_declared_markers_are_missing_and_not_zero(pink_sheet, marker):
    result = pink_sheet(keep, cells=(marker,))
    assert (len(result.facts), result.missing, result.rejects) == (20, 1, [])


@pytest.mark.parametrize("cell", ["#DIV/0!", "#N/A", True, "n/a", "-", "", None])
def test_errors_truth_values_and_undeclared_markers_are_rejected(pink_sheet, cell):
    result = pink_sheet(keep, cells=(cell,))
    assert (len(result.facts), result.missing, len(result.rejects)) == (20, 0, 1)
    assert result.rejects[0].place == "Monthly Prices!B7"


def test_a_partner_no_list_knows_rejects_its_row(sources, catalogue, tmp_path):
    source = sources["customs_by_partner"]
    lines = source.paths()[0].read_text(encoding="utf-8").splitlines()
    row = next(line for line in lines if line.startswith("2024-01,日本,"))
    path = tmp_path / "partners.csv"
    path.write_text("\n".join([lines[0], row, row.replace("日本", "亚特兰蒂斯"), ""]), encoding="utf-8")
    result = parse(source, path, catalogue)
    assert len(result.facts) == 9
    assert [reject.place for reject in result.rejects] == ["row 3"]
    assert "'亚特兰蒂斯' is not in the code list" in result.rejects[0].reason


def test_a_unit_no_group_declares_refuses_the_file(sources, catalogue, tmp_path):
    source = sources["customs_by_partner"]
    lines = source.paths()[0].read_text(encoding="utf-8").splitlines()
    path = tmp_path / "partners.csv"
    path.write_text("\n".join([lines[0], lines[20].replace("万元", "元"), ""]), encoding="utf-8")
    with pytest.raises(FileRefusedError, match="expected unit: 万元 or 千美元; found 元"):
        parse(source, path, catalogue)


@pytest.fixture
def declared(sources, tmp_path):
    """Load the declaration of customs totals with one text replaced."""

    def load(old, new):
        text = sources["customs_totals"].declared_in.read_text(encoding="utf-8")
        assert old in text
        (tmp_path / "customs_totals.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
        return load_sources(tmp_path)[0]

    return load


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('loader = "table"', 'loader = "tabel"', "loader: 'tabel' is none of"),
        ('licence = "', 'license = "', "licence: Field required"),
        ("[table]", "tables = 1\n[table]", "tables: Extra inputs"),
        ("first_row = 2", "first_row = 1", "table.first_row"),
        ('form = "month"', 'form = "months"', "table.period.form"),
        ('accumulation = "S"', 'accumulation = "X"', "accumulation"),
        ('unit = "亿元"', 'unit = "亿元"\nfactor = 0.1', "write the factor as text"),
        ("vintage = 2025-01-13", 'vintage = "yesterday"', "vintage"),
        ("[table]", "[table", "the file"),
        ('files = ["trade/gacc_trade_total_monthly_2023_2024.csv"]', "files = []", "files"),
    ],
)
def test_a_mistake_in_a_declaration_names_file_and_key(declared, old, new, message):
    with pytest.raises(SourceError) as caught:
        declared(old, new)
    assert "customs_totals.toml: " in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('indicator = "trade"', 'indicator = "trades"', "indicator 'trades' is not in the catalogue"),
        ('stored_unit = "CNY_100M"', 'stored_unit = "CNY_10K"', "the catalogue's unit is 'CNY_100M'"),
        ('form = "month"', 'form = "year"', "the file is A, indicator trade is M"),
        ('flow = "T"', 'flow = "TT"', "no flow list knows 'TT'"),
        ('region = "100000"', 'region = "199999"', "no region list knows '199999'"),
        ('stored_unit = "CNY_100M"', "", "stored_unit is not declared"),
    ],
)
def test_a_declaration_that_does_not_fit_the_catalogue_is_refused(declared, catalogue, old, new, message):
    source = declared(old, new)
    with pytest.raises(SourceError, match=message):
        parse(source, source.paths()[0], catalogue)


def test_two_sources_of_one_code_are_refused(sources, tmp_path):
    text = sources["customs_totals"].declared_in.read_text(encoding="utf-8")
    for name in ("first.toml", "second.toml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"second.toml: code: customs_totals is declared in .*first.toml too"):
        load_sources(tmp_path)


def test_a_pattern_that_finds_no_file_is_refused(sources, tmp_path):
    with pytest.raises(FileRefusedError, match="at least one file of source customs_totals; found none"):
        sources["customs_totals"].paths(tmp_path)


def test_an_unknown_indicator_is_named(sources, catalogue):
    with pytest.raises(SourceError, match="'nothing' is not in the catalogue"):
        find_indicator(sources["customs_totals"], catalogue, "nothing", "here")


def test_a_file_that_is_no_workbook_is_refused(sources, catalogue, tmp_path):
    for code, name in (("world_bank_pink_sheet", "prices.xlsx"), ("eia_brent_workbook", "brent.xls")):
        path = tmp_path / name
        path.write_bytes(b"<html>not a workbook</html>")
        with pytest.raises(FileRefusedError, match="workbook"):
            parse(sources[code], path, catalogue)


def test_a_column_of_the_workbook_is_loaded_by_one_entry_in_the_catalogue(sources, parsed, tmp_path):
    """The other columns are mapped already: declaring the indicator is all it takes."""
    folder = tmp_path / "catalogue"
    shutil.copytree(DATA / "catalogue", folder)
    theme = folder / "themes" / "bulk_prices.toml"
    text = theme.read_text(encoding="utf-8")
    entry = text[text.index("[indicator.price_zinc]") :].partition("\n\n")[0].partition("\n[indicator.")[0]
    entry = entry.replace("price_zinc", "price_gold").replace("USD_PER_TONNE", "USD_PER_TROY_OUNCE")
    theme.write_text(f"{text}\n{entry}\n", encoding="utf-8")
    source = sources["world_bank_pink_sheet"]
    result = parse(source, source.paths()[0], load_catalogue(folder))
    gold = [fact for fact in result.facts if fact.key.indicator == "price_gold"]
    assert len(result.facts) - len(gold) == len(parsed("world_bank_pink_sheet")[0].facts)
    assert (len(gold), gold[-1].value, gold[-1].unit) == (797, 4587.21, "USD_PER_TROY_OUNCE")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    lines=st.lists(
        st.lists(st.sampled_from(["2024-12", "亚洲", "总值", "万元", "千美元", "5", "", "…", "nan", "x"]), max_size=14),
        max_size=4,
    )
)
def test_whatever_the_rows_hold_each_is_stored_rejected_missing_or_the_file_is_refused(
    sources, catalogue, tmp_path, lines
):
    source = sources["customs_by_partner"]
    header = source.paths()[0].read_text(encoding="utf-8").splitlines()[0]
    path = tmp_path / "partners.csv"
    path.write_text("\n".join([header, *(",".join(line) for line in lines)]) + "\n", encoding="utf-8")
    try:
        result = parse(source, path, catalogue)
    except FileRefusedError:
        return
    whole_rows = sum(1 for reject in result.rejects if ", " not in reject.place)
    cells = len(result.facts) + len(result.rejects) - whole_rows + result.missing + result.excluded
    assert cells == 9 * (result.rows_read - whole_rows)

"""Other editions of the publishers' files: read right by the bundled declarations, or refused with the reason."""

# ruff: noqa: E501 - a row of a table reads better in one line
from __future__ import annotations

import csv
import shutil
from datetime import datetime

import openpyxl
import pytest

from data.catalogue import load_catalogue
from data.loaders import FileRefusedError, SourceError, parse
from data.periods import day_period, month_period
from tests.data.loaders.conftest import DATA
from tests.data.loaders.sheets import declared

# The names and units of the 2016 editions, with the codes that stood in a third header row.
OLD_NAMES = {
    "Crude oil, average": "Crude oil, avg, spot", "Crude oil, Brent": "Crude oil, Brendt", "Coal, Australian": "Coal, Australia",
    "Liquefied natural gas, Japan": "Natural gas LNG, Japan", "Logs, Malaysian": "Logs, Malaysia",
    "Cotton, A Index": "Cotton, A Indx", "Rubber, TSR20 **": "Rubber, TSR20", "Rubber, RSS3": "Rubber, SGP/MYS",
    "Iron ore, cfr spot": "Iron ore", "Urea ": "Urea",
}  # fmt: skip


@pytest.fixture(scope="module")
def pink(sources):
    """The first and last rows of the real workbook."""
    book = openpyxl.load_workbook(sources["world_bank_pink_sheet"].paths()[0], read_only=True)
    rows = [list(row[:72]) for row in book["Monthly Prices"].iter_rows(values_only=True)]
    book.close()
    return [*rows[:30], *rows[-12:]]


@pytest.fixture
def edition(sources, catalogue, tmp_path):
    """Parse rows as an edition of the Pink Sheet."""

    def read(rows, sheet="Monthly Prices", name="CMO-Historical-Data-Monthly_2016-01.xlsx"):
        book = openpyxl.Workbook()
        book.active.title = "AFOSHEET"
        book.active.sheet_state = "hidden"
        page = book.create_sheet(sheet)
        for row in rows:
            page.append(row)
        book.active = 1
        book.save(tmp_path / name)
        return parse(sources["world_bank_pink_sheet"], tmp_path / name, catalogue)

    return read


def old(rows):
    """The layout of 2016: one line less above, other names, codes below the units, two dots for missing."""
    names = [OLD_NAMES.get(cell, cell) if cell else cell for cell in rows[4]]
    codes = [None, *(f"CODE_{number}" for number in range(1, 72))]
    body = [[".." if cell == "…" else cell for cell in row] for row in rows[6:]]
    return [rows[0], rows[1], rows[3], names, rows[5], codes, *body]


def test_an_old_pink_sheet_with_three_header_rows_gives_the_same_figures(edition, pink):
    new, before = edition(pink), edition(old(pink))
    figures = [(fact.key, fact.period, fact.value) for fact in new.facts]
    assert figures == [(fact.key, fact.period, fact.value) for fact in before.facts]
    assert len(figures) + new.missing == 36 * 21
    assert (before.missing, before.rejects) == (new.missing, [])
    assert "rows 6 below the header hold no figure and are not read" in before.notes
    last = {fact.key.indicator: fact for fact in before.facts if fact.period == month_period(2026, 5)}
    assert (last["price_brent"].value, last["price_rss3"].unit) == (107.54, "USD_PER_KG")


def test_columns_that_moved_are_found_by_name(edition, pink):
    turned = [[*row[:1], *reversed(row[1:])] if number > 3 else row for number, row in enumerate(pink)]
    assert {(f.key, f.period, f.value) for f in edition(turned).facts} == {
        (f.key, f.period, f.value) for f in edition(pink).facts
    }


def test_an_edition_without_tsr20_is_read_and_the_column_noted(edition, pink):
    index = pink[4].index("Rubber, TSR20 **")
    parsed = edition([[*row[:index], *row[index + 1 :]] for row in pink])
    assert len({fact.key.indicator for fact in parsed.facts}) == 20
    assert "column 'Rubber, TSR20 **' may be absent and is not there" in parsed.notes


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda rows: rows[5].__setitem__(rows[4].index("Iron ore, cfr spot"), "(cents/dmtu)"),
            "unit '\\(\\$/dmtu\\)'",
        ),
        (lambda rows: rows[4].__setitem__(2, "Crude oil, Ural"), "one column 'Crude oil, Brent'"),
        (lambda rows: rows[4].__setitem__(3, "Crude oil, Brent"), "it 2 times"),
        (lambda rows: rows[1].__setitem__(0, "monthly prices in real US dollars"), "nominal US dollars"),
        (lambda rows: rows.__delitem__(4), "one row with the header"),
    ],
    ids=["iron ore in cents", "renamed", "twice", "real prices", "no names"],
)
def test_an_edition_of_another_meaning_is_refused(change, words, edition, pink):
    rows = [list(row) for row in pink]
    change(rows)
    with pytest.raises(FileRefusedError, match=words):
        edition(rows)


def test_swapped_names_with_other_units_are_refused_and_odd_cells_rejected(edition, pink):
    rows = [list(row) for row in pink]
    first, second = rows[4].index("Copper"), rows[4].index("Crude oil, WTI")
    rows[4][first], rows[4][second] = rows[4][second], rows[4][first]
    with pytest.raises(FileRefusedError, match="unit"):
        edition(rows)
    rows = [list(row) for row in pink]
    rows[8][2], rows[9][2], rows[10][2] = "#N/A", "1,6", None
    parsed = edition(rows)
    assert [reject.place for reject in parsed.rejects] == [
        "Monthly Prices!C9",
        "Monthly Prices!C10",
        "Monthly Prices!C11",
    ]


def test_the_annual_workbook_is_refused_by_the_monthly_declaration(edition, pink):
    annual = [
        ["World Bank Commodity Price Data (The Pink Sheet)"],
        ["annual prices in nominal US dollars"],
        [],
        pink[4],
        pink[5],
        [1960, *pink[6][1:]],
    ]
    with pytest.raises(FileRefusedError, match="sheet 'Monthly Prices'; found AFOSHEET, Annual Prices"):
        edition(annual, "Annual Prices (Nominal)")


ANNUAL = """
[table]
format = "workbook"
sheets = { pattern = 'Annual Prices \\(Nominal\\)' }
anchor = "Crude oil, average"
levels = ["figure", "unit"]
missing = ["…", ".."]
period = { column = 1, form = "year" }
expected = [{ text = "annual prices in nominal US dollars, 1960 to present" }]
[[table.group]]
region = "WLD"
accumulation = "S"
column = [{ header = "Crude oil, Brent", unit = "($/bbl)", indicator = "price_brent_annual", stored_unit = "USD_PER_BARREL" }]
"""


@pytest.fixture(scope="module")
def wider_catalogue(tmp_path_factory):
    """The catalogue with annual and weekly Brent prices."""
    folder = tmp_path_factory.mktemp("editions") / "catalogue"
    shutil.copytree(DATA / "catalogue", folder)
    theme = folder / "themes" / "bulk_prices.toml"
    text = theme.read_text(encoding="utf-8")
    entry = text[text.index("[indicator.price_zinc]") :].partition("\n\n")[0].partition("\n[indicator.")[0]
    entry = entry.replace("USD_PER_TONNE", "USD_PER_BARREL")
    entry = "\n".join(line for line in entry.splitlines() if not line.startswith("frequency"))
    for code, frequency in (("price_brent_annual", "A"), ("price_brent_weekly", "D")):
        text += f'\n{entry.replace("price_zinc", code)}\nfrequency = "{frequency}"\n'
    theme.write_text(text, encoding="utf-8")
    return load_catalogue(folder)


def test_annual_sheets_are_read_by_a_small_declaration(pink, wider_catalogue, tmp_path):
    book = openpyxl.Workbook()
    for number, (sheet, kind) in enumerate((("Annual Prices (Nominal)", "nominal"), ("Annual Prices (Real)", "real"))):
        page = book.active if not number else book.create_sheet()
        page.title = sheet
        for row in [
            ["World Bank Commodity Price Data (The Pink Sheet)"],
            [f"annual prices in {kind} US dollars, 1960 to present"],
            [],
            [],
            [],
            pink[4],
            pink[5],
            [],
            [1960, 1.6, 1.63, 1.62],
            [1961, "..", 1.57, ".."],
            [2025, 70.2, 69.1, 68.8],
        ]:
            page.append(row)
    book.save(tmp_path / "CMO-Historical-Data-Annual.xlsx")
    parsed = parse(declared(tmp_path, ANNUAL), tmp_path / "CMO-Historical-Data-Annual.xlsx", wider_catalogue)
    assert [(f.key.frequency, f.period, f.value) for f in parsed.facts] == [
        ("A", month_period(1960, 12), 1.63), ("A", month_period(1961, 12), 1.57), ("A", month_period(2025, 12), 69.1),
    ]  # fmt: skip


INDICES = """
[table]
format = "workbook"
sheet = "Monthly Indices"
anchor = "Total Index"
levels = ["figure", "figure", "figure", "figure"]
missing = ["…"]
period = { column = 1, form = "month_with_m" }
[[table.group]]
region = "WLD"
accumulation = "S"
column = [{ header = "Metals & Minerals", indicator = "pulp_price_index_us", stored_unit = "INDEX_1982_100" }, { header = "Grains", indicator = "pulp_price_index_us", stored_unit = "INDEX_1982_100", region = "USA" }]
"""


def test_the_staircase_header_of_the_real_index_sheet_is_read(sources, catalogue, tmp_path):
    """Each name stands in one of four header rows; the indicator is only a place to put the figures."""
    parsed = parse(declared(tmp_path, INDICES), sources["world_bank_pink_sheet"].paths()[0], catalogue)
    first = [fact for fact in parsed.facts if fact.period == month_period(1960, 1)]
    assert [(fact.value, fact.place) for fact in first] == [
        (12.9, "Monthly Indices!O10"),
        (23.58, "Monthly Indices!I10"),
    ]
    assert (len(parsed.facts), parsed.rejects) == (797 * 2, [])


# --- EIA


def eia(path, title, rows, key="RBRTE"):
    book = openpyxl.Workbook()
    book.active.title = "Contents"
    page = book.create_sheet("Data 1")
    for row in [["Back to Contents", f"Data 1: {title}"], ["Sourcekey", key], ["Date", title], *rows]:
        page.append(row)
    for cell in page["A"][3:]:
        cell.number_format = "mmm d, yyyy"
    book.save(path)
    return path


def day(year, month, number):
    """A date as Excel holds it: a day, in no time zone."""
    return datetime(year, month, number)  # noqa: DTZ001 - a period is never a timestamp


WEEKLY = [[day(2024, 3, 8), 83.5], [day(2024, 3, 15), 84.55], [day(2024, 3, 22), 86.31]]
BRENT = "Europe Brent Spot Price FOB (Dollars per Barrel)"


def test_the_monthly_eia_workbook_is_read_in_the_new_kind_of_file_too(sources, catalogue, tmp_path):
    path = eia(tmp_path / "RBRTEm.xlsx", BRENT, [[day(2024, 2, 15), 83.48], [day(2024, 3, 15), 85.41]])
    parsed = parse(sources["eia_brent_workbook"], path, catalogue)
    assert [(fact.period, fact.value) for fact in parsed.facts] == [
        (month_period(2024, 2), 83.48),
        (month_period(2024, 3), 85.41),
    ]


def test_weekly_and_other_eia_workbooks_are_not_taken_for_months(sources, catalogue, tmp_path):
    with pytest.raises(FileRefusedError, match="one column 'Europe Brent"):
        parse(sources["eia_brent_workbook"], eia(tmp_path / "w.xlsx", f"Weekly {BRENT}", WEEKLY), catalogue)
    with pytest.raises(FileRefusedError, match="'RBRTE'; found 'RWTC'"):
        parse(sources["eia_brent_workbook"], eia(tmp_path / "x.xlsx", BRENT, WEEKLY, "RWTC"), catalogue)
    daily = parse(sources["eia_brent_workbook"], eia(tmp_path / "d.xlsx", BRENT, WEEKLY), catalogue)
    assert len(daily.rejects) == 2  # of three: the check `rejected` holds the file back
    annual = parse(
        sources["eia_brent_workbook"], eia(tmp_path / "a.xlsx", BRENT, [[day(2023, 6, 30), 82.49]]), catalogue
    )
    assert (annual.facts, annual.rejects[0].reason.count("must be 15")) == ([], 1)


EIA = """
[table]
format = "workbook"
sheet = "Data 1"
anchor = "Date"
period = {{ column = "Date", form = "{form}" }}
expected = [{{ row = 2, column = 2, text = "RBRTE" }}]
[[table.group]]
region = "WLD"
accumulation = "S"
column = [{{ header = "{header}", indicator = "{indicator}", stored_unit = "USD_PER_BARREL" }}]
"""


def test_weekly_and_annual_eia_workbooks_are_read_by_a_small_declaration(wider_catalogue, tmp_path):
    source = declared(tmp_path, EIA.format(form="day", header=f"Weekly {BRENT}", indicator="price_brent_weekly"))
    parsed = parse(source, eia(tmp_path / "w.xlsx", f"Weekly  {BRENT}", WEEKLY), wider_catalogue)
    assert [(fact.period, fact.value) for fact in parsed.facts] == [
        (day_period(each.date()), value) for each, value in WEEKLY
    ]
    source = declared(
        tmp_path, EIA.format(form="middle_of_year", header=f"Annual {BRENT}", indicator="price_brent_annual")
    )
    rows = [[day(2023, 6, 30), 82.49], [day(2024, 6, 30), 80.56]]
    parsed = parse(source, eia(tmp_path / "a.xlsx", f"Annual {BRENT}", rows), wider_catalogue)
    assert [(fact.key.frequency, fact.period) for fact in parsed.facts] == [
        ("A", month_period(2023, 12)),
        ("A", month_period(2024, 12)),
    ]


# --- customs tables damaged in transit


@pytest.fixture(scope="module")
def customs_lines(sources):
    return sources["customs_by_partner"].paths()[0].read_text(encoding="utf-8").splitlines(keepends=True)


@pytest.fixture
def damaged(sources, catalogue, tmp_path):
    def read(content, code="customs_by_partner"):
        path = tmp_path / sources[code].paths()[0].name
        path.write_bytes(content if isinstance(content, bytes) else "".join(content).encode())
        return parse(sources[code], path, catalogue)

    return read


def test_a_lost_header_or_renamed_column_is_refused(damaged, customs_lines):
    with pytest.raises(FileRefusedError, match=r"header|one column"):
        damaged(customs_lines[1:])
    with pytest.raises(FileRefusedError, match="one column 'exports_cum'"):
        damaged([customs_lines[0].replace("exports_cum,", "exports_total,"), *customs_lines[1:]])


def test_swapped_columns_are_found_by_their_header(damaged, customs_lines, parsed):
    rows = list(csv.reader(customs_lines))
    swapped = [",".join(f'"{cell}"' for cell in [*row[:4], *reversed(row[4:])]) + "\n" for row in rows]
    before = {(fact.key, fact.period, fact.value) for fact in parsed("customs_by_partner")[0].facts}
    assert {(fact.key, fact.period, fact.value) for fact in damaged(swapped).facts} == before


def test_joined_and_cut_lines_are_rejected_row_by_row(damaged, customs_lines):
    lines = list(customs_lines[:40])
    lines[10] = lines[10].rstrip("\n")  # two rows in one line
    lines[20] = lines[20][:25] + "\n"
    parsed = damaged(lines)
    assert [reject.place for reject in parsed.rejects] == ["row 11", "row 20"]
    assert "cells under" in parsed.rejects[0].reason


def test_thousands_without_quotes_shift_no_figure(damaged, customs_lines):
    lines = list(customs_lines[:10])
    cells = lines[5].split(",")
    cells[4] = "12,345"
    lines[5] = ",".join(cells)
    assert [reject.place for reject in damaged(lines).rejects] == ["row 6"]


def test_mixed_encodings_give_no_wrong_figure(damaged, customs_lines, catalogue):
    half = len(customs_lines) // 2
    mixed = "".join(customs_lines[:half]).encode() + "".join(customs_lines[half:]).encode("gb18030")
    with pytest.raises(FileRefusedError):
        damaged(mixed)
    mixed = "".join(customs_lines[:half]).encode("gb18030") + "".join(customs_lines[half:]).encode()
    with pytest.raises(FileRefusedError):
        damaged(mixed)


def test_doubled_rows_say_the_same_twice(damaged, customs_lines, parsed):
    doubled = damaged([*customs_lines, *customs_lines[5:50]])
    facts = {}
    for fact in doubled.facts:
        assert facts.setdefault((fact.key, fact.period), fact.value) == fact.value
    assert facts == {(fact.key, fact.period): fact.value for fact in parsed("customs_by_partner")[0].facts}


@pytest.mark.parametrize("part", range(1, 50))
def test_f_02_a_customs_table_cut_at_every_fiftieth_gives_no_wrong_figure(part, damaged, sources, parsed):
    content = sources["customs_totals"].paths()[0].read_bytes()
    cut = content[: len(content) * part // 50]
    whole = {(fact.key, fact.period): fact.value for fact in parsed("customs_totals")[0].facts}
    if cut.endswith((b"\n", b"\r", "亿元".encode())):  # between two rows: the check `shrink` sees that rows are gone
        facts = damaged(cut, "customs_totals").facts
        assert all(whole[fact.key, fact.period] == fact.value for fact in facts)
        return
    with pytest.raises(FileRefusedError):
        damaged(cut, "customs_totals")


@pytest.mark.parametrize("part", range(1, 50))
def test_f_02_the_old_workbook_cut_at_every_fiftieth_is_refused(part, damaged, sources):
    content = sources["eia_brent_workbook"].paths()[0].read_bytes()
    with pytest.raises((FileRefusedError, SourceError)):
        damaged(content[: len(content) * part // 50], "eia_brent_workbook")

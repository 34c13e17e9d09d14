"""Every cell of a file is stored as read, rejected, missing by declaration or left out by declaration."""

from __future__ import annotations

import random
import zipfile
from collections import Counter
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from data.loaders import FileRefusedError, parse
from data.loaders.isolation import Isolation
from data.loaders.numbers import FOLDED
from tests.data.loaders.foreign_files import feed
from tests.data.loaders.sheets import declared, ods, xlsx
from tests.data.loaders.test_mutations import damaged
from tests.data.loaders.test_table_layouts import DISTRICT, DISTRICT_ROWS

CELLS = st.one_of(
    st.none(),
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**6), 10**6, places=4).map(float),  # openpyxl writes sixteen digits
    st.booleans(),
    st.sampled_from(
        [
            "…",
            "",
            " ",
            "12.5",
            "1,234",
            "１２",
            "5.3%",
            "(3)",
            "1.2亿",
            "#DIV/0!",
            "=1+1",
            "x",
            "-",
            "1_0",
            "nan",
            "2024年",
        ]
    ),
)
FUZZ = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)


def accounted(parsed, figures_in_a_line):
    """The cells a reader told of; a rejected line stands for all its figures."""
    lines = sum(1 for reject in parsed.rejects if ":" in reject.place.partition("!")[2])
    cells = len(parsed.rejects) - lines
    return len(parsed.facts) + cells + parsed.missing + parsed.excluded + lines * figures_in_a_line


def plain_value(raw):
    """What a person reads in a cell that was stored, where the factor is one."""
    return Decimal(raw.translate(FOLDED).replace(",", "").removesuffix("%"))


@FUZZ
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["进出口总额", "出口", "", "合计"]), st.lists(CELLS, min_size=6, max_size=6)),
        max_size=4,
    )
)
def test_every_cell_of_a_table_with_periods_across_is_accounted_for(rows, tmp_path, catalogue):
    written = [[label, "万元", *cells] for label, cells in rows]
    path = xlsx(tmp_path / "a.xlsx", [*DISTRICT_ROWS[:4], *written], ("A3:A4", "B3:B4", "C3:D3", "E3:F3", "G3:H3"))
    try:
        parsed = parse(declared(tmp_path, DISTRICT), path, catalogue)
    except FileRefusedError:
        return
    assert accounted(parsed, 2) == 6 * len(rows)
    for fact in parsed.facts:
        row, column = int(fact.place[3:]), "ABCDEFGH".index(fact.place[2])
        cell = written[row - 5][column]
        factor = 1 if fact.key.measure == "yoy" else Decimal("0.0001")
        assert not isinstance(cell, bool)
        assert fact.value == float(plain_value(str(cell) if isinstance(cell, str) else repr(cell)) * factor)


@FUZZ
@given(rows=st.lists(st.tuples(st.sampled_from(["2024-01", "2024-02", "2024-13", "", "x"]), CELLS, CELLS), max_size=5))
def test_every_cell_of_an_ods_is_accounted_for(rows, tmp_path, catalogue):
    written = [[None if cell == "" else cell for cell in row] for row in rows]
    path = ods(tmp_path / "a.ods", [["月份", "出口", "进口"], *written], sheet="数据")
    source = feed(tmp_path, "xlsx")
    source = source.model_copy(
        update={
            "options": source.options.model_copy(
                update={"table": source.options.table.model_copy(update={"format": "ods"})}
            )
        }
    )
    try:
        parsed = parse(source, path, catalogue)
    except FileRefusedError:
        return
    filled = [row for row in written if any(cell not in (None, " ") for cell in row)]
    assert accounted(parsed, 2) == 2 * len(filled)


def test_changed_cells_of_the_real_pink_sheet_are_stored_as_they_stand_or_rejected(sources, catalogue, tmp_path):
    source, chance = sources["world_bank_pink_sheet"], random.Random("pink")
    book = openpyxl.load_workbook(source.paths()[0], read_only=True)
    real = [list(row[:72]) for row in book["Monthly Prices"].iter_rows(values_only=True)]
    book.close()
    rows = [*real[:16], *real[-4:]]
    for _ in range(12):
        changed = [list(row) for row in rows]
        for _ in range(6):
            number, index = chance.randrange(6, len(rows)), chance.randrange(0, 72)
            changed[number][index] = chance.choice([None, "#N/A", "1,2", "…", True, 7, "7.25", "2016M13", "n/a", -3.5])
        path = xlsx(tmp_path / "a.xlsx", changed, sheet="Monthly Prices")
        parsed = parse(source, path, catalogue)
        assert accounted(parsed, 21) == 21 * (len(rows) - 6)
        for fact in parsed.facts:
            column, row = coordinate_from_string(fact.place.partition("!")[2])
            cell = changed[row - 1][column_index_from_string(column) - 1]
            assert fact.value == float(cell)


@pytest.mark.parametrize("kind", ["xlsx", "ods", "zip"])
def test_damaged_workbooks_and_archives_are_read_as_they_stand_or_refused(kind, catalogue, tmp_path):
    table = """
[table]
format = "KIND"
sheets = { take = "only" }
header_row = 1
period = { column = "月份", form = "month" }
[[table.group]]
region = "100000"
column = [{ header = "出口", indicator = "trade", flow = "X", accumulation = "S", stored_unit = "CNY_100M" }]
"""
    rows = [
        ["月份", "出口"],
        *([f"20{year}-0{month}", year * month] for year in range(10, 24) for month in range(1, 10)),
    ]
    source = declared(tmp_path, table.replace("KIND", "ods" if kind == "ods" else "xlsx"))
    original = ods(tmp_path / "a.ods", rows) if kind == "ods" else xlsx(tmp_path / "a.xlsx", rows)
    if kind == "zip":
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.write(original, "a.xlsx")
        original = tmp_path / "a.zip"
    content, chance, outcomes = original.read_bytes(), random.Random(f"damage{kind}"), Counter()
    truth = dict(enumerate((row[1] for row in rows[1:]), start=2))
    with Isolation(catalogue) as isolation:
        assert len(isolation.parse(source, original).facts) == len(truth)
        for _ in range(25):
            path = tmp_path / f"b{original.suffix}"
            path.write_bytes(damaged(content, chance))
            try:
                parsed = isolation.parse(source, path)
            except FileRefusedError:
                outcomes["refused"] += 1
                continue
            outcomes["read"] += 1
            assert all(truth[int(fact.place.rpartition("B")[2])] == fact.value for fact in parsed.facts)
    assert sum(outcomes.values()) == 25

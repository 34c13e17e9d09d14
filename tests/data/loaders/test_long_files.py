"""Long files: read in stretches, staged, sieved and merged; they end exactly as short ones do."""

from __future__ import annotations

import random
from datetime import date

import pytest
from sqlalchemy import select

from data import schema, staging
from data.fingerprints import file_sha256
from data.loaders import long_table, pieces, run, table
from data.loaders.isolation import Isolation
from data.loaders.source import SAMPLES, load_sources
from data.registering import register
from data.state import dump_state
from data.warehouse import open_warehouse

TODAY = date(2026, 11, 23)
FILES = ("customs_totals", "customs_by_partner", "nbs_macro", "published_figures", "world_bank_pink_sheet")
SOURCE = """
code = "long_trade"
loader = "table"
files = ["*.csv"]
title_zh = "长表"
title_en = "A long table"
publisher_zh = "测试"
publisher_en = "Test"
licence = "none"
page = ""
vintage = 2025-01-20
{more}
[table]
format = "csv"
header_row = 1
first_row = 2
missing = ["-"]
unmatched = "{unmatched}"
period = {{ column = "month", form = "month" }}
[[table.lookup]]
header = "partner"
part = "partner"
code_list = "partner"
total = "all"
[[table.group]]
when = {{ flow = "exports" }}
region = "100000"
indicator = "trade"
flow = "X"
column = [{columns}]
[[table.group]]
when = {{ flow = "imports" }}
region = "100000"
indicator = "trade"
flow = "M"
column = [{columns}]
"""
COLUMNS = """
{ header = "value", accumulation = "S", factor = "0.0001", stored_unit = "CNY_100M" },
{ header = "so_far", accumulation = "Y", factor = "0.0001", stored_unit = "CNY_100M" },
"""


@pytest.fixture
def long_from_the_first_fact(monkeypatch):
    """Let everything be long."""

    def switch(on):
        monkeypatch.setattr(run, "LONG_FACTS", -1 if on else 10**9)
        monkeypatch.setattr(long_table, "LONG_BYTES", 0 if on else 10**12)
        monkeypatch.setattr(long_table, "ROWS", 50)
        monkeypatch.setattr(pieces, "FACTS", 300)
        monkeypatch.setattr(staging, "WRITTEN", 70 if on else 10**9)  # by one statement

    return switch


def declare(folder, *, more="", unmatched="reject", columns=COLUMNS):
    columns = " ".join(columns.split()).rstrip(",")
    folder.mkdir(exist_ok=True)
    (folder / "long.toml").write_text(SOURCE.format(more=more, unmatched=unmatched, columns=columns), encoding="utf-8")
    return load_sources(folder)[0]


def names(catalogue, count):
    codes = list(catalogue.code_lists["partner"].codes.values())
    return [code.name_zh for code in codes[:count]]


def lines(catalogue, *, partners=4, months=30, seed=1, shuffled=False):
    """Rows that rise smoothly, in thousands of yuan, so that nothing in them is odd."""
    noise = random.Random(seed)
    rows = []
    for partner in names(catalogue, partners):
        for flow in ("exports", "imports"):
            size, so_far = noise.uniform(1000, 90000), 0.0
            for month in range(months):
                so_far = 0.0 if month % 12 == 0 else so_far
                value = round(size * (1 + month / 100) * noise.uniform(0.95, 1.05), 1)
                so_far = round(so_far + value, 1)
                rows.append(f"{partner},{2021 + month // 12}-{month % 12 + 1:02},{flow},{value},{so_far}")
    if shuffled:
        noise.shuffle(rows)
    return ["partner,month,flow,value,so_far", *rows]


def load_both_ways(database, catalogue, source, editions, switch, isolation=None):
    """Load the same files the short and the long way; return both states and the reports of each."""
    found = []
    for is_long in (False, True):
        switch(is_long)
        url = database.create()
        warehouse = open_warehouse(url)
        register(warehouse, source)
        reports = []
        for number, path in enumerate(editions):
            dated = source.model_copy(update={"vintage": date(2025, 1, 20 + number)})
            fetched = run.Fetched(dated, path, file_sha256(path), "read one way")
            reports.append(run.run(fetched, catalogue, warehouse, isolation=isolation, today=TODAY))
        ledger = warehouse.read(
            select(*(schema.load.c[name] for name in ("state", "rows_read", "rows_rejected", "error", "note")))
        )
        remarks = [
            [tuple(row) for row in warehouse.read(select(each).order_by(*each.primary_key))]
            for each in (schema.finding, schema.rejected_row)
        ]
        outcome = [(each.state, each.counts, each.error) for each in reports]
        found.append((dump_state(warehouse), outcome, [tuple(row) for row in ledger], remarks))
        warehouse.dispose()
        database.drop(url)
    return found


@pytest.mark.parametrize("code", FILES)
def test_a_bundled_file_is_stored_the_same_both_ways(code, sqlite_files, catalogue, sources, long_from_the_first_fact):
    source = sources[code]
    short, long = load_both_ways(sqlite_files, catalogue, source, source.paths(), long_from_the_first_fact)
    assert short == long
    assert {state for state, _, _ in short[1]} == {"done"}


def test_editions_revise_withdraw_and_repeat_the_same_both_ways(
    database, catalogue, tmp_path, long_from_the_first_fact
):
    source = declare(tmp_path / "declared")
    longer = lines(catalogue, months=33, shuffled=True)
    first = sorted(line for line in longer if line.split(",")[1] < "2023-07")
    rows = [row.split(",") for row in first]
    rows[5][3], rows[9][3], rows[77][4] = "-", f"{float(rows[9][3]) * 1.01:.1f}", "-"  # withdrawn, revised, withdrawn
    second = [",".join(row) for row in [*rows, rows[20]]]  # and one stands twice
    editions = []
    for number, content in enumerate((first, second, longer)):
        editions.append(tmp_path / f"edition {number}.csv")
        editions[-1].write_text(
            "\n".join([lines(catalogue)[0], *(each for each in content if "so_far" not in each)]) + "\n",
            encoding="utf-8",
        )
    short, long = load_both_ways(database, catalogue, source, editions, long_from_the_first_fact)
    assert short == long
    counts = [each for state, each, _ in short[1] if state == "done"]
    assert [(each["new"], each["revised"], each["unchanged"], each["collapsed"]) for each in counts] == [
        (480, 0, 0, 0), (0, 3, 477, 2), (48, 3, 477, 0),
    ]  # fmt: skip
    assert len(short[0]["observation_history"]) == 6


ODD = {
    "numbers that are none": lambda row: [*row[:3], "n/a", *row[4:]],
    "full-width and thousands": lambda row: [*row[:3], "１２３４５.６", *row[4:]],
    "blank cells around": lambda row: [f" {row[0]} ", f" {row[1]}", row[2], f" {row[3]} ", *row[4:]],
    "a name nobody knows": lambda row: ["不知道", *row[1:]],
    "a flow nobody declared": lambda row: [*row[:2], "transit", *row[3:]],
    "no such month": lambda row: [row[0], "2024-13", *row[2:]],
    "cut short": lambda row: row[:3],
    "longer": lambda row: [*row, "more"],
    "blank": lambda row: [""] * len(row),
    "in another unit": lambda row: [*row[:3], str(float(row[3]) * 10000), *row[4:]],
    "of next year": lambda row: [row[0], "2027-01", *row[2:]],
    "quoted with a break": lambda row: [*row[:3], '"1\n2"', *row[4:]],
    "below the month before": lambda row: [*row[:4], "0.1", *row[5:]],
    "twice with two values": None,
    "the whole column in another unit": None,
}


@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize("unmatched", ["reject", "refuse"])
def test_what_is_odd_is_found_the_same_both_ways(
    what, unmatched, sqlite_files, catalogue, tmp_path, long_from_the_first_fact
):
    source = declare(tmp_path / "declared", unmatched=unmatched)
    content = lines(catalogue, months=36)
    if what == "twice with two values":
        content += [content[3].replace(content[3].split(",")[3], "1.5")]
    for number in range(7, len(content), 41 if "column" not in what else 1):
        row = content[number].split(",")
        if what == "the whole column in another unit" and row[1].startswith("2023"):
            row[3] = str(float(row[3]) * 10000)
        content[number] = ",".join(ODD[what](row) if ODD[what] else row)
    path = tmp_path / "odd.csv"
    path.write_text("\n".join(content) + "\n", encoding="utf-8")
    short, long = load_both_ways(sqlite_files, catalogue, source, [path], long_from_the_first_fact)
    assert short == long


@pytest.mark.parametrize("factor", ["1", "0.0001", "10000", "0.5"])
def test_a_long_table_is_read_as_the_careful_reader_reads_it(factor, catalogue, tmp_path, long_from_the_first_fact):
    source = declare(tmp_path / "declared", columns=COLUMNS.replace("0.0001", factor))
    noise = random.Random(7)
    content = lines(catalogue, months=40)
    for number in range(1, len(content)):
        row = content[number].split(",")
        row[3] = noise.choice(
            [row[3], "-", "0", "-0", "+5", "007", "1.50", "1e5", ".5", "5.", "", " 7 ", "123456789012345.1234567890"]
        )
        content[number] = ",".join(row)
    path = tmp_path / "mixed.csv"
    path.write_text("\n".join(content) + "\n", encoding="utf-8")
    long_from_the_first_fact(True)
    assert long_table.can_stream(source, path)
    assert pieces.joined(long_table.stream(source, path, catalogue)) == table.parse(source, path, catalogue)


def test_bulk_a_long_file_comes_through_the_cage(sqlite_files, catalogue, tmp_path, long_from_the_first_fact):
    source = declare(tmp_path / "declared")
    path = tmp_path / "caged.csv"
    path.write_text("\n".join(lines(catalogue, months=40)) + "\n", encoding="utf-8")
    with Isolation(catalogue) as isolation:
        short, long = load_both_ways(
            sqlite_files, catalogue, source, [path], long_from_the_first_fact, isolation=isolation
        )
    assert short == long
    assert short[1][0][0] == "done"
    assert SAMPLES.is_dir()

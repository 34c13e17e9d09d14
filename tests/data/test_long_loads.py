"""While a long load is at work and after it: readers, the log of SQLite, and a reader that runs out of memory."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, make_url, select

from data import schema
from data.catalogue import load_catalogue
from data.check_settings import DEFAULT_CHECKS
from data.columns import Numbering, Piece
from data.dialects import WAL_LIMIT
from data.facts import Load, SeriesKey
from data.fingerprints import file_sha256
from data.loaders.isolation import Isolation
from data.loaders.limits import Limits
from data.loaders.long_load import run_long
from data.loaders.run import Fetched, run
from data.loaders.source import Source
from data.state import dump_state
from data.warehouse import open_warehouse
from tests.data.loads import declare_sources, fact, load

CATALOGUE = load_catalogue(Path(__file__).resolve().parents[2] / "data" / "catalogue")
KEY = SeriesKey("trade", "100000", "M", "S", flow="X", currency="CNY")
PARTNERS = [code for code in CATALOGUE.code_lists["partner"].codes if code != "_T"][:30]
MONTHS = 40
TODAY = date(2026, 11, 23)


def pieces(pause=lambda: None):
    """A file in as many pieces as it has series."""
    numbering = Numbering()
    for number, partner in enumerate(PARTNERS):
        facts = [
            fact(1000.0 + number + month, key=KEY.with_(partner=partner), period=24000 + month)
            for month in range(MONTHS)
        ]
        columns = numbering.columns(facts)
        series, citations = numbering.new()
        pause()
        yield Piece(columns, series, citations, rows_read=MONTHS)


def load_long(warehouse, stream, content="long"):
    """Load pieces the long way; nothing is held back."""
    made: Load = load((), content=content)
    return run_long(made, stream, DEFAULT_CHECKS, CATALOGUE, warehouse, TODAY, lambda _: None)


def test_r_16_a_reader_during_a_long_load_sees_all_of_it_or_nothing(warehouse, warehouse_url):
    declare_sources(warehouse)
    seen, versions, over = set(), [], threading.Event()

    def look():
        reader = open_warehouse(warehouse_url, readonly=True)
        asked = select(func.count(), func.count(schema.observation.c.load_id.distinct())).select_from(
            schema.observation
        )
        while not over.is_set():
            with reader.snapshot() as snapshot:
                count, loads = snapshot.read(asked)[0]
                seen.add((count, loads))
                versions.append(snapshot.version)
            over.wait(0.01)
        with reader.snapshot() as snapshot:
            seen.add(tuple(snapshot.read(asked)[0]))
            versions.append(snapshot.version)
        reader.dispose()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        report = load_long(warehouse, pieces())
    finally:
        over.set()
        thread.join()
    assert report.state == "done"
    assert seen == {(0, 0), (len(PARTNERS) * MONTHS, 1)}
    assert len(dict.fromkeys(versions)) == 2  # the data version changes once


def test_another_writer_does_not_wait_while_a_long_file_is_read(warehouse, warehouse_url):
    declare_sources(warehouse)
    other = open_warehouse(warehouse_url)
    done = []

    def write_between():
        if not done:
            done.append(other.write(load([fact(1.0)], content="between", source="other")).state)

    assert load_long(warehouse, pieces(write_between)).state == "done"
    other.dispose()
    assert done == ["done"]


def test_a_long_load_that_breaks_off_leaves_nothing(warehouse, warehouse_url):
    declare_sources(warehouse)
    before = dump_state(warehouse)

    def broken():
        yield from list(pieces())[:5]
        raise OSError("the reader is gone")

    with pytest.raises(OSError, match="reader is gone"):
        load_long(warehouse, broken())
    assert dump_state(warehouse) == before
    if warehouse.dialect == "sqlite":
        folder = Path(make_url(warehouse_url).database).parent
        assert list(folder.glob(".staging-*")) == []
    assert load_long(warehouse, pieces()).state == "done"


@pytest.mark.sqlite
def test_r_17_the_log_of_sqlite_is_emptied_after_loads_that_a_reader_held_up(sqlite_files):
    url = sqlite_files.create()
    warehouse, reader = open_warehouse(url), open_warehouse(url, readonly=True)
    declare_sources(warehouse)
    log = Path(make_url(url).database + "-wal")
    with reader.snapshot() as held:
        nothing = held.read(select(func.count()).select_from(schema.observation))[0][0]
        for number in range(50):
            facts = [fact(float(number + month), period=24000 + month) for month in range(50)]
            warehouse.write(load(facts, content=str(number), vintage=date(2024, 1, 1 + number % 28)))
        warehouse.settle()
        grown = log.stat().st_size
    warehouse.settle()
    assert nothing == 0
    assert grown > 0  # a log the reader still needs is kept
    assert log.stat().st_size == 0 <= WAL_LIMIT == 64 * 1024 * 1024
    with warehouse.writing.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_size_limit").scalar() == WAL_LIMIT
    reader.dispose()
    warehouse.dispose()


def eats_memory(source: Source, path: Path, _catalogue: object) -> object:
    """A reader that takes whatever it gets."""
    from data.loaders import parse

    if path.name == "bomb.csv":
        return [bytearray(64 * 1024 * 1024) for _ in range(1000)]
    return parse(source, path, CATALOGUE)


@pytest.mark.sqlite
def test_r_19_a_reader_out_of_memory_fails_its_file_and_the_next_one_is_loaded(sqlite_files, tmp_path):
    from tests.data.loaders.foreign_files import csv_text, feed

    warehouse = open_warehouse(sqlite_files.create())
    source = feed(tmp_path).model_copy(update={"limits": Limits(memory_mib=512)})
    texts = {name: getattr(source, name) for name in ("title_zh", "title_en", "publisher_zh", "publisher_en")}
    warehouse.register_source(source.code, simulated=False, licence="", page="", **texts)
    reports = []
    with closing(Isolation(CATALOGUE, eats_memory)) as isolation:
        for name in ("bomb.csv", "good.csv"):
            (tmp_path / name).write_text(csv_text(), encoding="utf-8", newline="")
            fetched = Fetched(source, tmp_path / name, file_sha256(tmp_path / name), "read one way")
            reports.append(run(fetched, CATALOGUE, warehouse, isolation=isolation, today=TODAY))
    assert [each.state for each in reports] == ["failed", "done"]
    assert "512 MiB" in reports[0].error
    warehouse.dispose()

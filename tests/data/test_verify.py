"""``python -m data.verify`` (L-11): whatever is edited past the loads is found, with place and words."""

from __future__ import annotations

import shutil

import pytest
from sqlalchemy import func, select, text

from data import schema
from data.integrity import KINDS
from data.refresh import refresh
from data.settings import ROOT
from data.verify import main, verify
from data.warehouse import open_warehouse
from data.withdraw import withdraw
from tests.data.test_refresh import small_settings

CELL = "series_id = {series_id} AND period = {period}"
# what somebody does to a stored figure → the kinds of problem that say so, and words among them
TAMPERING = {
    "UPDATE observation SET value = value + 1 WHERE {cell}": ({"rebuilt"}, "its file gives {value}"),
    "UPDATE observation SET note = 'typed over' WHERE {cell}": ({"rebuilt"}, "typed over"),
    "UPDATE observation SET revisions = 7 WHERE {cell}": ({"held", "rebuilt"}, "miscounted"),
    "UPDATE observation SET load_id = 4711 WHERE {cell}": ({"load", "ledger"}, "load_id 4711"),
    "UPDATE observation SET vintage = '1999-01-01' WHERE {cell}": ({"load", "rebuilt"}, "is not that of its load"),
    "DELETE FROM observation WHERE {cell}": ({"ledger", "rebuilt"}, "{value} is missing in the warehouse"),
    "DELETE FROM series WHERE series_id = {series_id}": ({"orphan"}, "observation.series_id points to nothing"),
    "INSERT INTO observation_history SELECT series_id, period, -1, decimals, obs_status, conf_status, simulated, "
    "derived, load_id, vintage, citation_id, place, raw, note, known_from, known_from, load_id FROM observation "
    "WHERE {cell}": ({"held", "rebuilt"}, "-1.0 comes out of no file"),
}
TABLES = (schema.observation, schema.observation_history, schema.series)


@pytest.fixture
def settings(tmp_path, warehouse_url):
    made = small_settings(tmp_path, "world_bank_gdp", warehouse=warehouse_url, simulated=False)
    assert not refresh(made).failed
    return made


def kinds(result):
    return {each.kind for each in result.problems}


@pytest.fixture
def unguarded(warehouse):
    """Switch the triggers off, as somebody with all rights can, and give a way to put everything back."""
    with warehouse.writing.connect() as connection:
        kept = {table: [dict(row) for row in connection.execute(select(table)).mappings()] for table in TABLES}
    off = "DROP TRIGGER observation_history_no_{}"
    if warehouse.dialect == "sqlite":
        guards = [text(off.format(verb)) for verb in ("update", "delete")]
    else:
        guards = [text("ALTER TABLE observation_history DISABLE TRIGGER USER")]
    with warehouse.writing.begin() as connection:
        for guard in guards:
            connection.execute(guard)

    def put_back():
        with warehouse.writing.begin() as connection:
            for table, rows in kept.items():
                connection.execute(table.delete())
                if rows:
                    connection.execute(table.insert(), rows)

    return put_back


def test_l_11_whatever_is_edited_past_the_loads_is_found_with_its_place(settings, warehouse, request):
    assert verify(settings, warehouse).problems == []
    put_back = request.getfixturevalue("unguarded")
    row = warehouse.read(select(schema.observation).order_by(schema.observation.c.period).limit(1))[0]
    cell = CELL.format(series_id=row.series_id, period=row.period)
    for statement, (expected, words) in TAMPERING.items():
        values = {"cell": cell, "series_id": row.series_id, "value": row.value}
        with warehouse.writing.begin() as connection:
            assert connection.execute(text(statement.format(**values))).rowcount == 1
        result = verify(settings, warehouse)
        assert expected <= kinds(result) - {"append-only"}, statement
        said = "\n".join(map(str, result.problems))
        assert words.format(**values) in said, said
        assert "append-only: observation_history_no_" in said, "the guards are off"
        put_back()
    assert kinds(verify(settings, warehouse)) == {"append-only"}


def test_l_11_a_withdrawn_load_and_a_quick_look_are_well(settings, warehouse):
    [load_id] = warehouse.read(select(func.max(schema.load.c.load_id)))[0]
    withdraw(warehouse, load_id, "the wrong file was sent", "Li")
    result = verify(settings, warehouse)
    assert (result.problems, result.left_out) == ([], [])
    assert result.compared > 100, "they stand in history"
    quick = verify(settings, warehouse, quick=True)
    assert (quick.problems, quick.compared) == ([], 0)


@pytest.mark.sqlite
def test_l_11_a_kept_file_that_was_changed_is_found(tmp_path, sqlite_files):
    drop, url = tmp_path / "drop", sqlite_files.create()
    settings = small_settings(tmp_path, "world_bank_gdp", warehouse=url, drop_folder=drop, simulated=False)
    inbox = drop / "world_bank_gdp"
    inbox.mkdir(parents=True)
    text_of_file = (ROOT / "data/samples/macro/worldbank_gdp_current_usd_selected.csv").read_text(encoding="utf-8")
    (inbox / "again.csv").write_text(text_of_file.replace("CHN,2023,17794781", "CHN,2023,17794782"), encoding="utf-8")
    (inbox / "again.csv.done").touch()
    assert not refresh(settings).failed
    warehouse = open_warehouse(url)
    assert (verify(settings, warehouse).problems, verify(settings, warehouse).left_out) == ([], [])
    [put_away] = inbox.glob("done/*")
    put_away.write_text(text_of_file, encoding="utf-8")
    result = verify(settings, warehouse)
    assert [(each.kind, each.place) for each in result.problems] == [("kept", f"world_bank_gdp/done/{put_away.name}")]
    assert [("is not kept any more" in each) for each in result.left_out] == [True]
    warehouse.dispose()


def test_l_11_the_command_ends_with_1_and_says_what_and_where(settings, warehouse, monkeypatch, capsys, tmp_path):
    own = {"WAREHOUSE": settings.warehouse, "SOURCES": settings.sources, "TODAY": settings.today, "SIMULATED": "off"}
    for name, value in own.items():
        monkeypatch.setenv(f"ONESCREEN_{name}", str(value))
    assert main(["--quick"]) == 0
    assert "problems found：0\n" in capsys.readouterr().out
    with warehouse.writing.begin() as connection:
        last = "(SELECT max(period) FROM observation)"
        connection.execute(text(f"UPDATE observation SET value = 0.5 WHERE period = {last}"))
    assert main([]) == 1
    said = capsys.readouterr().out
    assert KINDS["rebuilt"][0] in said
    assert "value is 0.5, its file gives " in said
    monkeypatch.setenv("ONESCREEN_WAREHOUSE", f"sqlite:///{tmp_path / 'none.db'}")
    assert main([]) == 2
    assert "python -m data.refresh" in capsys.readouterr().err


def test_l_11_a_registered_source_nobody_declares_any_more_is_named(settings, warehouse):
    shutil.copyfile(ROOT / "data/sources/fed_h10.toml", settings.sources / "fed_h10.toml")
    assert not refresh(settings).failed
    (settings.sources / "fed_h10.toml").unlink()
    result = verify(settings, warehouse)
    assert result.problems == []
    assert [each.partition(": ")[2].rpartition(": ")[2] for each in result.left_out] == [
        "its source is not declared any more"
    ]

"""What a warehouse refuses: edits of what was written, and writing through a read-only door (L-11)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from data import schema
from data.state import dump_state
from data.warehouse import WarehouseUnavailableError, open_warehouse
from tests.data.loads import declare_sources, fact, load

JANUARY, MARCH = date(2024, 1, 20), date(2024, 3, 20)


@pytest.fixture(autouse=True)
def _sources(warehouse):
    declare_sources(warehouse)


HISTORY = schema.observation_history


@pytest.mark.parametrize("change", [update(HISTORY).values(value=0.0), delete(HISTORY)])
def test_history_cannot_be_edited(warehouse, change):  # L-11
    warehouse.write(load([fact(1.0)], content="a", vintage=JANUARY))
    warehouse.write(load([fact(2.0)], content="b", vintage=MARCH))
    before = dump_state(warehouse)
    with pytest.raises(DBAPIError, match="observation_history is append-only"), warehouse.writing.begin() as connection:
        connection.execute(change)
    assert dump_state(warehouse) == before


@pytest.mark.parametrize("change", [update(schema.load).values(sha256="0"), delete(schema.load)])
def test_the_ledger_of_done_loads_cannot_be_edited(warehouse, change):  # L-11
    warehouse.write(load([fact(1.0)], content="a"))
    before = dump_state(warehouse)
    with pytest.raises(DBAPIError, match="load is append-only"), warehouse.writing.begin() as connection:
        connection.execute(change)
    assert dump_state(warehouse) == before


@pytest.mark.parametrize("table", ["observation_history", "load"])
def test_postgresql_tables_cannot_be_emptied(warehouse, table):  # L-11
    if warehouse.dialect == "sqlite":
        return  # it has no TRUNCATE; DELETE is refused above
    with pytest.raises(DBAPIError, match="append-only"), warehouse.writing.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {table}")


def test_a_readonly_warehouse_cannot_write(warehouse_url):
    reader = open_warehouse(warehouse_url, readonly=True)
    with pytest.raises(WarehouseUnavailableError, match="read-only"):
        reader.write(load([fact(1.0)], content="a"))
    with pytest.raises(DBAPIError), reader.reading.begin() as connection:
        connection.execute(delete(schema.meta))
    reader.dispose()

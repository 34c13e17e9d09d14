"""A warehouse of the schema before findings were kept is brought up to date, and keeps what it holds."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, select

from data import migrations, schema
from data.facts import Load
from data.findings import Finding
from data.warehouse import open_warehouse
from tests.data.loads import declare_sources, fact, load


@pytest.fixture
def old_url(database, tmp_path):
    """The URL of a warehouse at schema 0001."""
    url = f"sqlite:///{tmp_path / 'old.db'}" if database.name == "sqlite" else database.create_empty()
    opened = open_warehouse(url)
    with opened.writing.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(migrations.FOLDER))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    opened.dispose()
    yield url
    if database.name == "postgresql":
        database.drop(url)


def test_an_older_warehouse_gains_the_table_of_findings(old_url):
    opened = open_warehouse(old_url)
    assert not inspect(opened.reading).has_table("finding")
    declare_sources(opened)
    opened.migrate()
    opened.check_schema()
    assert opened.write(load([fact(1.0)], content="a")).state == "done"
    opened.dispose()


def test_findings_are_kept_with_a_load_that_was_stored_and_one_that_was_not(warehouse):
    declare_sources(warehouse)
    finding = Finding("range", "warn", "row 1", "1.0", "原因", "reason", "gdp", "2024-Q1")
    stored = warehouse.write(load([fact(1.0)], content="a", findings=[finding]))
    held_back: Load = load([fact(2.0)], content="b", findings=[finding, finding])
    first = warehouse.record_failure(held_back, "why", "quarantined")
    again = warehouse.record_failure(held_back, "why", "quarantined")
    assert (stored.state, first.state, first.load_id) == ("done", "quarantined", again.load_id)
    with warehouse.connected() as connection:
        rows = connection.execute(select(schema.finding.c.load_id, schema.finding.c.remedy_zh)).all()
        version = warehouse.data_version()
    assert sorted(row.load_id for row in rows) == [stored.load_id, first.load_id, first.load_id]
    assert all("checks.accept" in row.remedy_zh for row in rows)
    assert version.endswith(f".{stored.load_id}")  # what was not stored changes no screen

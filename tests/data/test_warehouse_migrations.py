"""The tables are made by migrations, and the migrations make exactly the tables the program uses."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from data import migrations
from data.failpoints import InjectedFailureError
from data.schema import metadata
from data.warehouse import WarehouseUnavailableError, open_warehouse


@pytest.fixture
def empty_url(database, tmp_path):
    """The URL of a database without tables."""
    url = f"sqlite:///{tmp_path / 'new' / 'empty.db'}" if database.name == "sqlite" else database.create_empty()
    yield url
    if database.name == "postgresql":
        database.drop(url)


def test_metadata_and_migrations_agree(warehouse):
    with warehouse.reading.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []


def test_primary_keys_agree(warehouse):  # Alembic does not compare them
    with warehouse.reading.connect() as connection:
        found = {name: inspect(connection).get_pk_constraint(name)["constrained_columns"] for name in metadata.tables}
    assert found == {name: [column.name for column in table.primary_key] for name, table in metadata.tables.items()}


def test_the_known_head_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.HEAD]


def test_migrating_twice_does_nothing(warehouse):
    warehouse.migrate()
    warehouse.check_schema()
    assert warehouse.data_version() == "0"


def test_a_migration_that_fails_leaves_nothing(empty_url, monkeypatch):
    from alembic import op

    def broken(*_args, **_options):
        raise InjectedFailureError("in the middle of a migration")

    opened = open_warehouse(empty_url)
    monkeypatch.setattr(op, "create_index", broken)
    with pytest.raises(InjectedFailureError):
        opened.migrate()
    monkeypatch.undo()
    with opened.writing.connect() as connection:
        assert inspect(connection).get_table_names() == []
    opened.migrate()
    opened.check_schema()
    opened.dispose()


def test_without_tables_it_says_what_to_do(empty_url):
    opened = open_warehouse(empty_url)
    with opened.writing.begin():
        pass  # the file is there, its tables are not
    with pytest.raises(WarehouseUnavailableError, match=r"python -m data\.refresh"):
        opened.data_version()
    with pytest.raises(WarehouseUnavailableError, match="has schema none"):
        opened.check_schema()
    opened.dispose()


def test_without_a_file_it_says_what_to_do(tmp_path):
    opened = open_warehouse(f"sqlite:///{tmp_path / 'none.db'}", readonly=True)
    with pytest.raises(WarehouseUnavailableError, match=r"python -m data\.refresh"):
        opened.data_version()
    with pytest.raises(WarehouseUnavailableError, match="does not answer"):
        opened.check_schema()
    assert not (tmp_path / "none.db").exists()
    opened.dispose()


def test_a_warehouse_of_a_newer_program_is_not_touched(warehouse):
    with warehouse.writing.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(WarehouseUnavailableError, match="has schema 9999"):
        warehouse.check_schema()
    with pytest.raises(migrations.UnknownSchemaError, match="written by a newer one"):
        warehouse.migrate()

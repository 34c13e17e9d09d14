"""The history of the tables (Alembic), run from the program: there is no alembic command to remember."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

HEAD = "0005_warnings"  # the newest file in versions/; a test holds it true, so that a start need not read them
FOLDER = Path(__file__).parent


class UnknownSchemaError(Exception):
    """The warehouse was written by a newer program."""


def current_revision(connection: Connection) -> str | None:
    """Return the schema revision of the warehouse, ``None`` if it has no tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def is_newer(revision: str | None) -> bool:
    """Tell whether a revision, all of which are numbered in their order, comes after ``HEAD``."""
    return revision is not None and revision > HEAD


def newer_text(revision: str | None) -> str:
    """Return what to say about the warehouse of a newer program."""
    return (
        f"the warehouse has schema {revision}, which this program does not know; it was written by a newer one. "
        "Install that version, or restore a backup from before the upgrade. / "
        "数据仓库由更新版本的程序写成：请安装该版本，或恢复升级之前的备份。"
    )


def upgrade(connection: Connection) -> None:
    """Bring the tables to ``HEAD`` inside the transaction of ``connection``."""
    found = current_revision(connection)
    if found == HEAD:
        return
    # Alembic takes a while to import and is needed only here.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        if found is not None:
            ScriptDirectory.from_config(config).get_revision(found)
    except CommandError as error:
        raise UnknownSchemaError(newer_text(found)) from error
    command.upgrade(config, "head")

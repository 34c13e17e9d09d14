"""Alembic's entry: runs in the connection and transaction that ``data.migrations.upgrade`` gives it."""

from alembic import context

from data.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

"""Alembic's entry: the program hands over its own connection and transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], target_metadata=None, transaction_per_migration=False)
context.run_migrations()

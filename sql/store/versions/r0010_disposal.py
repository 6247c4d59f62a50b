"""Disposal after retention."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Run ``sql/store/0010_disposal.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

"""Corrections of the trail's time by two people."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Run ``sql/store/0007_clock.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

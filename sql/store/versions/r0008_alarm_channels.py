"""Alarm channels and what became of each notice."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Run ``sql/store/0008_alarm_channels.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

"""Deviations and their evidence."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Run ``sql/store/0013_deviations.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

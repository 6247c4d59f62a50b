"""Recovery when nobody can unlock."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Run ``sql/store/0014_recovery.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

"""How far the trail was verified, when, why, and with what result."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run ``sql/store/0003_verification.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

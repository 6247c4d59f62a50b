"""Whose events lie in each tile of the trail."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Run ``sql/store/0017_actors.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

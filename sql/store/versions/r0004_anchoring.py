"""Cosignatures that witnesses gave to checkpoints."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Run ``sql/store/0004_anchoring.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

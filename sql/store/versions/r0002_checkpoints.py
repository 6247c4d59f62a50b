"""The Merkle tree over the trail, and its checkpoints."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Run ``sql/store/0002_checkpoints.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

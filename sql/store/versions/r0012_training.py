"""Training: procedures, requirements, records."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Run ``sql/store/0012_training.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

"""The first schema: ledger, people, signatures, alarms, devices, materials, recipes, batches, weighings."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run ``sql/store/0001_spine.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

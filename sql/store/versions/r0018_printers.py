"""Labels of dispensed containers and what became of each."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Run ``sql/store/0018_printers.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

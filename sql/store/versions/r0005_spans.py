"""Between which times each tile of the trail lies."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Run ``sql/store/0005_spans.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

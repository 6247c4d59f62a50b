"""Reviews of the audit trail as signed records."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Run ``sql/store/0006_reviews.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

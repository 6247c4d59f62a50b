"""The signature matrix, the accountability statement, and actions that the matrix alone has signed."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Run ``sql/store/0009_signing.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

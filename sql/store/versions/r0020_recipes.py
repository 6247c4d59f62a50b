"""What an approved recipe version holds stays as it was approved."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Run ``sql/store/0020_recipes.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

"""Lots in containers, their movements, certificates, analysis values, holds and voids."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Run ``sql/store/0019_materials.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

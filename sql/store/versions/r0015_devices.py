"""Devices as data, their calibration and checks, alarms after ISA-18.2."""

from alembic import op

from jope.kernel.store.migrations import revision_sql, statements

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Run ``sql/store/0015_devices.sql``."""
    for statement in statements(revision_sql(revision)):
        op.get_bind().exec_driver_sql(statement)

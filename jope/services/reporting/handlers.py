"""What happens when something is printed."""

from __future__ import annotations

from jope.compliance.access.permissions import Permission
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, handles
from jope.kernel.store.uow import UnitOfWork
from jope.plant.batches.guards import batch_named
from jope.services.reporting.commands import PrintBatchRecord


@handles(PrintBatchRecord, permission=Permission.RECORD_PRINT, subject=lambda c: ("batch", c.batch_no), regulated=False)
def print_batch_record(command: PrintBatchRecord, uow: UnitOfWork, acting: Acting) -> None:
    """Note that the record is printed, with the state it is printed in."""
    batch = batch_named(uow.session, command.batch_no)
    uow.audit.record(
        Action.RECORD_PRINTED, ("batch", batch.batch_no), details={"record_state": batch.record_state, "version": batch.version}
    )

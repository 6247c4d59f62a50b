"""The batch record as PDF: complete, human-readable, the same values as the electronic record (URS E08; P11-03, P11-16, PR-06, A11-08)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jope.compliance.access.reader import Reader
    from jope.kernel.settings.identity import StationFacts


def write_batch_record(reader: Reader, batch_no: str, info: StationFacts, origin: str) -> bytes:
    """Print a batch record, exceptions first.

    The same store read at the same time gives the same bytes.

    Args:
        reader: an open reading transaction; its time is the time of printing.
        batch_no: the batch.
        info: the station.
        origin: the name of the ledger's chain.

    Returns:
        The PDF.

    Raises:
        NotFoundError: no such batch in the reader's scope.
    """
    from jope.services.reporting.record.story import batch_record  # the PDF library is loaded by the first print, not by the start

    return batch_record(reader, batch_no, info, origin)

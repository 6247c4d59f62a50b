"""The batch record as PDF: complete, human-readable, the same values as the electronic record (URS E08; P11-03, P11-16, PR-06, A11-08)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from jope.compliance.access.reader import Reader


class StationFacts(Protocol):
    """What the record says of the station that printed it."""

    @property
    def station_id(self) -> str:
        """The station's id."""

    @property
    def site(self) -> str:
        """The site's name."""

    @property
    def line(self) -> str:
        """The station's line."""

    @property
    def zone(self) -> str:
        """The site's time zone, an IANA name."""

    @property
    def demo(self) -> bool:
        """Whether the station is a demo; every page then says so."""

    @property
    def version(self) -> str:
        """The program's version."""


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

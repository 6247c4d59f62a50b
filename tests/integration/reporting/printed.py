"""A batch record as a reader of the paper has it: pages of text."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from pypdf import PdfReader

from jope.bootstrap import Station
from jope.kernel.settings.identity import StationFacts
from jope.services.reporting.printing import write_batch_record

BATCH = "B-2026-0281"
HOLD_REASON = "Powder spilled beside the scale; the booth floor is cleaned before the next material is opened"


@dataclass(frozen=True)
class Printed:
    """A printed record: its bytes and the text of its pages."""

    pdf: bytes
    pages: tuple[str, ...]

    @property
    def text(self) -> str:
        """All pages with every run of white space folded, so that a wrapped text is found in one piece."""
        return " ".join(" ".join(self.pages).split())


def print_record(station: Station, token: str, batch_no: str, *, info: StationFacts | None = None) -> Printed:
    """Print through the station's own reading side."""
    pdf = station.read(write_batch_record, token, batch_no=batch_no, info=info or station.info, origin=station.policy.origin)
    return Printed(pdf, tuple(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))

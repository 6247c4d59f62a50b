"""Read labels: what the next one will look like, and what became of those before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jope.compliance.access.reader import Reader
from jope.plant.devices.printing import PRINTER_PROTOCOLS
from jope.services.reporting.labels.composing import composed
from jope.services.reporting.labels.zpl import decoded


@dataclass(frozen=True, slots=True)
class LabelPreview:
    """The next label of a weighing. ``picture`` is a PNG, decoded from the bytes that would be sent; ``sha256`` is of those bytes."""

    sha256: str
    copy_no: int
    picture: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A label and what became of it. ``said_by`` is who signed for it where the printer did not count it."""

    print_id: str
    weighing_id: str
    copy_no: int
    device_id: str
    sha256: str
    state: str
    reason: str
    asked_by: str
    asked_us: int
    ended_us: int | None
    message: str
    evidence: str
    said_by: str
    batch_no: str
    position: int


_LABEL: Final = (
    "SELECT p.id, p.weighing_id, p.copy_no, p.device_id, p.sha256, p.state, p.reason, p.asked_by, p.asked_us, p.ended_us, p.message, p.evidence, "
    "coalesce(p.performed_signer, ''), w.batch_no, w.position FROM label_print p JOIN weighing w ON w.id = p.weighing_id"
)


def label_preview(reader: Reader, *, weighing_id: str, device_id: str) -> LabelPreview:
    """What the next label of a weighing looks like on a printer's labels.

    Raises:
        NotFoundError: no such weighing or printer in the reader's scope.
        RefusedError: the label does not fit.
    """
    made = composed(reader.cursor, weighing_id, device_id)
    picture = decoded(made.content)
    return LabelPreview(made.sha256, made.copy_no, picture.png(), picture.width, picture.height)


def labels_of_batch(reader: Reader, *, batch_no: str) -> tuple[LabelRow, ...]:
    """The labels of a batch, oldest first."""
    return tuple(LabelRow(*row) for row in reader.execute(f"{_LABEL} WHERE w.batch_no = ? ORDER BY p.asked_us, p.id", (batch_no,)))


def labels_of_printer(reader: Reader, *, device_id: str) -> tuple[LabelRow, ...]:
    """The labels that a printer was to print, newest first."""
    return tuple(
        LabelRow(*row) for row in reader.execute(f"{_LABEL} WHERE p.device_id = ? ORDER BY p.asked_us DESC LIMIT 200", (device_id,))
    )


def line_printer(reader: Reader, *, line: str) -> str:
    """The label printer of a line, empty where it has none."""
    sql = "SELECT device_id, protocol FROM device WHERE line = ? AND retired_us IS NULL ORDER BY held_reason <> '', device_id"
    return next((str(name) for name, protocol in reader.execute(sql, (line,)) if protocol in PRINTER_PROTOCOLS), "")

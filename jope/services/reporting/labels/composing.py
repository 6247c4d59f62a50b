"""From the record to the bytes of its label: read by the preview and by the command alike, so that both come to the same bytes (URS F16)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from jope.kernel.clock import utc_text
from jope.kernel.errors import NotFoundError, RefusedError, SettingsError
from jope.plant.devices.printing import PRINTER_PROTOCOLS
from jope.plant.devices.registry.rows import options_of
from jope.plant.materials.labels import DispenseLabel
from jope.services.reporting.labels.drawing import LabelFacts, LabelStock, label_bytes
from jope.services.reporting.labels.zpl import fingerprint_of

_DOTS: Final = {"203": 8, "300": 12}
_WEIGHING: Final = (
    "SELECT f.material_name, w.material_code, w.lot_no, l.receiving_no, w.net, w.tare, w.gross, w.unit, w.batch_no, b.product, b.product_lot, "
    "w.performed_by, w.device_id, w.serial_number, w.at_us, coalesce(w.verified_signer, '') FROM weighing w JOIN batch b ON b.batch_no = w.batch_no "
    "JOIN lot l ON l.lot_no = w.lot_no JOIN formulation_line f ON f.batch_no = w.batch_no AND f.position = w.position WHERE w.id = ? AND w.accepted = 1"
)
_COPIES: Final = "SELECT coalesce(max(copy_no), 0) FROM label_print WHERE weighing_id = ? AND state <> 'refused'"


@dataclass(frozen=True, slots=True)
class ComposedLabel:
    """A label that is not asked for yet: its bytes, their SHA-256, its copy number."""

    content: bytes
    sha256: str
    copy_no: int


def next_copy(cursor: Any, weighing_id: str) -> int:
    """The number of the next label of a weighing. What was refused was never sent, and counts for nothing."""
    return int(cursor.execute(_COPIES, (weighing_id,)).fetchone()[0]) + 1


def stock_of(cursor: Any, device_id: str) -> LabelStock:
    """The labels in a registered printer.

    Raises:
        NotFoundError: there is no such printer.
        RefusedError: what is registered of its labels is no size.
    """
    row = cursor.execute("SELECT protocol, options FROM device WHERE device_id = ?", (device_id,)).fetchone()
    if row is None or row[0] not in PRINTER_PROTOCOLS:
        raise NotFoundError(f"{device_id or 'This'} is no label printer.", remedy="Choose a registered label printer.")
    try:
        options = options_of(row[1])
        size = (_DOTS[options.get("dpi", "203")], int(options.get("width_mm", "100")), int(options.get("height_mm", "60")))
    except (SettingsError, KeyError, ValueError) as error:
        raise RefusedError(f"The labels of {device_id} are not registered as they should be.", remedy="Have the device changed.") from error
    if not (25 <= size[1] <= 110 and 25 <= size[2] <= 160):
        raise RefusedError(f"{device_id} has no labels of this size.", remedy="Have the device changed: 25 to 110 by 25 to 160 mm.")
    return LabelStock(*size)


def composed(cursor: Any, weighing_id: str, device_id: str) -> ComposedLabel:
    """The next label of an accepted weighing, for the labels of a printer.

    Raises:
        NotFoundError: no such weighing or printer.
        RefusedError: a field of the label is empty, or it does not fit.
    """
    row = cursor.execute(_WEIGHING, (weighing_id,)).fetchone()
    if row is None:
        raise NotFoundError("There is no accepted weighing to make a label of.", remedy="Choose an accepted weighing.")
    name, code, lot, receiving, net, tare, gross, unit, batch_no, product, product_lot, performer, scale, serial, at_us, verifier = row
    label = DispenseLabel(
        component=name, code=code, lot_no=lot, receiving_no=receiving, net=net, tare=tare, gross=gross, unit=unit, batch_no=batch_no, product=product,
        product_lot=product_lot, weighed_by=performer, scale=f"{scale} ({serial})", time=utc_text(at_us), weighing_id=weighing_id,
    )  # fmt: skip
    copy_no = next_copy(cursor, weighing_id)
    content = label_bytes(LabelFacts(label, verifier, copy_no), stock_of(cursor, device_id))
    return ComposedLabel(content, fingerprint_of(content), copy_no)

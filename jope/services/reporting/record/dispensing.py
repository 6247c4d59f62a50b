"""Each material with every weighing attempt, accepted or rejected, and what the scale said (211.101, 211.188(b).

URS F01, F03, F09, F14; P11-09).
"""

from __future__ import annotations

from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Table

from jope.plant.weighing.queries import MaterialStepView, WeighingView
from jope.services.reporting.record.codes import QrCode
from jope.services.reporting.record.facts import AttemptSource, RecordFacts
from jope.services.reporting.record.look import GREEN, RED, RULE, TINT, WIDTH, Cell, facts, lines, text
from jope.services.reporting.record.marks import manifest, stamp
from jope.services.reporting.record.texts import NONE, person, source_time

_QR_SIDE = 25 * mm
_BAR = 3.0


def materials(record: RecordFacts, zone: str) -> list[Flowable]:
    """All materials in the order of the formulation."""
    title = text("5  Dispensing", "section")
    if not record.materials:
        return [title, text("Nothing is dispensed before the start.")]
    parts = [_material(material, record, zone) for material in record.materials]
    first, *rest = parts[0]
    return [KeepTogether([title, first]), *rest, *(flowable for part in parts[1:] for flowable in part)]


def _material(material: MaterialStepView, record: RecordFacts, zone: str) -> list[Flowable]:
    limits = f"target {material.target} {material.unit}, {material.low} to {material.high} {material.unit}"
    head: list[Flowable] = [
        text(f"5.{material.position}  {material.material_code}  {material.material_name}", "part"),
        text(limits, "note"),
    ]
    pairs: list[tuple[str, Cell]] = [
        ("Lot", material.lot_no or "not identified"),
        ("Accepted in total", f"{material.accepted_total} {material.unit}"),
        ("Performed by", manifest(material.performed, zone)),
        ("Verified by", manifest(material.verified, zone)),
    ]
    cards = [_card(w, record.sources.get(w.weighing_id), record, zone) for w in material.weighings] or [text("No weighing yet.")]
    closing = facts(pairs, label=0.2)
    if len(cards) == 1:
        return [KeepTogether([*head, cards[0], closing])]
    return [KeepTogether([*head, cards[0]]), *cards[1:-1], KeepTogether([cards[-1], closing])]


def _card(weighing: WeighingView, source: AttemptSource | None, record: RecordFacts, zone: str) -> Flowable:
    """One attempt: a bar and a word for its outcome, its values, the frame, and the label with its QR code."""
    width = WIDTH - _BAR - 8
    inner: list[Any] = [_outcome(weighing, source), facts(_values(weighing, source, record, zone), width=width, label=0.22)]
    inner += [facts(_frame(weighing, source), columns=1, width=width, label=0.11)]
    if weighing.accepted:
        inner.append(_label(weighing, width))
    card = Table([["", inner]], colWidths=[_BAR, WIDTH - _BAR], hAlign="LEFT", spaceBefore=4, spaceAfter=4)
    card.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("BACKGROUND", (0, 0), (0, 0), GREEN if weighing.accepted else RED),
            ("BOX", (0, 0), (-1, -1), 0.5, RULE),
            ("LEFTPADDING", (1, 0), (1, 0), 4),
            ("RIGHTPADDING", (1, 0), (1, 0), 4),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ]
    )
    return card


def _outcome(weighing: WeighingView, source: AttemptSource | None) -> Flowable:
    if weighing.accepted:
        return text(f"Attempt {weighing.attempt}: ACCEPTED", "good")
    rule = source.rule if source is not None else NONE
    return text(f"Attempt {weighing.attempt}: REJECTED by the rule '{rule}': {weighing.rejection}", "bad")


def _values(weighing: WeighingView, source: AttemptSource | None, record: RecordFacts, zone: str) -> list[tuple[str, Cell]]:
    unit = weighing.unit
    pairs: list[tuple[str, Cell]] = [
        ("Net", lines((f"{weighing.net} {unit}", "bold"))),
        ("Weighed by", person(weighing.performed_by, record.people)),
        ("Tare", f"{weighing.tare} {unit}" if weighing.tare else NONE),
        ("Recorded", stamp(weighing.utc_us, zone)),
        ("Gross", f"{weighing.gross} {unit}" if weighing.gross else NONE),
        ("Scale", f"{weighing.device_id}, serial {weighing.serial_number}, firmware {weighing.firmware}"),
        ("Lot", weighing.lot_no or NONE),
        ("Container verified by", manifest(weighing.verified, zone) if weighing.accepted else "not due: rejected"),
    ]
    return pairs


def _frame(weighing: WeighingView, source: AttemptSource | None) -> list[tuple[str, Cell]]:
    pairs: list[tuple[str, Cell]] = [
        ("Raw frame", text(_visible(weighing.raw_frame), "mono")),
        ("Frame SHA-256", text(weighing.frame_hash, "mono")),
    ]
    if source is not None:
        when = f"{source_time(source.source_utc_us, source.source_mono_us)}, reading {source.reading_no}"
        pairs.append(("Source time", text(when)))
    pairs.append(("Weighing id", text(weighing.weighing_id, "mono")))
    return pairs


def _visible(frame: str) -> str:
    """A frame with its spaces and line ends to be seen: middle dots, and the names of control characters."""
    return frame.replace(" ", "\u00b7").replace("\r", "<CR>").replace("\n", "<LF>")


def _label(weighing: WeighingView, width: float) -> Flowable:
    """The label as it was printed, beside the code that is scanned back before use."""
    code = weighing.label_text.rsplit("\n", 1)[-1]
    found = Table(
        [[QrCode(code, _QR_SIDE), [text("Label", "head"), text(weighing.label_text)]]], colWidths=[_QR_SIDE + 8, width - _QR_SIDE - 8]
    )
    found.setStyle([("BACKGROUND", (0, 0), (-1, -1), TINT), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (0, 0), 2)])
    return found

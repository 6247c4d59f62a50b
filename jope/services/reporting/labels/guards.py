"""What must hold before a label is printed (URS F09, F16; 21 CFR 211.101(b))."""

from __future__ import annotations

from typing import Any, Final, cast

from jope.compliance.commands import GuardContext, GuardVerdict
from jope.kernel.errors import JopeError
from jope.plant.batches.model import Batch
from jope.plant.devices.model import Device
from jope.plant.devices.ports import DeviceState
from jope.plant.devices.printing import PRINTER_PROTOCOLS
from jope.plant.devices.state_events import GatewayPort
from jope.plant.weighing.model import Weighing
from jope.services.reporting.labels.commands import PrintLabel, ReprintLabel, ResolveLabel
from jope.services.reporting.labels.composing import composed
from jope.services.reporting.labels.model import LabelPrint

_CLAUSE: Final = "211.101(b)"
_NEWEST: Final = (
    "SELECT state, copy_no, message FROM label_print WHERE weighing_id = ? AND state <> 'refused' ORDER BY copy_no DESC LIMIT 1"
)
AnyPrint = PrintLabel | ReprintLabel


def _verdict(guard: str, what: str, remedy: str) -> GuardVerdict:
    return GuardVerdict(guard, what, remedy, _CLAUSE)


def weighing_was_accepted(command: AnyPrint, context: GuardContext) -> GuardVerdict | None:
    """Only what was accepted at the scale has a label."""
    row = context.session.get(Weighing, command.weighing_id)
    if row is not None and row.accepted:
        return None
    return _verdict("weighing_was_accepted", "There is no accepted weighing to make a label of.", "The operator weighs the container.")


def printer_stands_at_line(command: AnyPrint, context: GuardContext) -> GuardVerdict | None:
    """The device is a label printer of the batch's own line, in use."""
    device, row = context.session.get(Device, command.device_id), context.session.get(Weighing, command.weighing_id)
    if device is None or device.protocol not in PRINTER_PROTOCOLS or device.retired_us is not None:
        return _verdict(
            "printer_stands_at_line", f"{command.device_id or 'This'} is no label printer.", "An administrator registers a printer."
        )
    if device.held_reason:
        remedy = "Two people return it to use: a supervisor asks, quality assurance approves."
        return _verdict("printer_stands_at_line", f"{device.device_id} is held: {device.held_reason}", remedy)
    batch = None if row is None else context.session.get(Batch, row.batch_no)
    if batch is None or batch.line == device.line:
        return None
    return _verdict("printer_stands_at_line", f"{device.device_id} does not stand at line {batch.line}.", "Use the line's own printer.")


def printer_is_ready(command: AnyPrint, context: GuardContext) -> GuardVerdict | None:
    """The printer says that it can print."""
    try:
        status = cast("GatewayPort", context.ports["gateway"]).status(command.device_id)
    except JopeError as error:
        return _verdict("printer_is_ready", error.message, "Start the client with its drivers.")
    if status.state is DeviceState.ONLINE:
        return None
    what = status.message or f"It is {status.state.value}."
    return _verdict("printer_is_ready", f"{command.device_id} cannot print. {what}", "The operator mends it at the printer.")


def _newest(context: GuardContext, weighing_id: str) -> tuple[str, int, str] | None:
    row = context.session.cursor.execute(_NEWEST, (weighing_id,)).fetchone()
    return None if row is None else (str(row[0]), int(row[1]), str(row[2]))


def no_label_is_open(command: AnyPrint, context: GuardContext) -> GuardVerdict | None:
    """Of a label that is under way, or of which nobody knows, no other one is printed."""
    found = _newest(context, command.weighing_id)
    if found is None or found[0] not in ("asked", "sent", "unknown"):
        return None
    if found[0] == "unknown":
        what = f"Whether copy {found[1]} came out is not known."
        return _verdict("no_label_is_open", what, "The operator looks at the printer and signs whether it came out.")
    return _verdict("no_label_is_open", f"Copy {found[1]} is being printed.", "Wait until it is printed.")


def label_is_the_first(command: PrintLabel, context: GuardContext) -> GuardVerdict | None:
    """A further label is a reprint, with a reason and a copy number."""
    found = _newest(context, command.weighing_id)
    if found is None:
        return None
    return _verdict("label_is_the_first", f"Copy {found[1]} was sent to a printer already.", "The operator reprints it with a reason.")


def label_was_sent_before(command: ReprintLabel, context: GuardContext) -> GuardVerdict | None:
    """Only what was printed can be printed again."""
    if _newest(context, command.weighing_id) is not None:
        return None
    return _verdict("label_was_sent_before", "No label of this weighing was printed.", "The operator prints the first one.")


def label_is_the_shown_one(command: AnyPrint, context: GuardContext) -> GuardVerdict | None:
    """The bytes that will be sent are those whose picture was shown."""
    try:
        made = composed(context.session.cursor, command.weighing_id, command.device_id)
    except JopeError as error:
        return _verdict("label_is_the_shown_one", error.message, error.remedy)
    if made.sha256 == command.shown_sha256:
        return None
    return _verdict(
        "label_is_the_shown_one", "The record is another than the label that was shown.", "Look at the label again, then print."
    )


def label_is_unknown(command: ResolveLabel, context: GuardContext) -> GuardVerdict | None:
    """A person says what became of a label of which nobody knows, once."""
    row: Any = context.session.get(LabelPrint, command.print_id)
    if row is not None and row.state == "unknown":
        return None
    what = "There is no such label." if row is None else f"This label is {row.state.replace('_', ' ')}."
    return _verdict("label_is_unknown", what, "Nothing is left to say.")

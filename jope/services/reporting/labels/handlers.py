"""What happens with labels (URS F09, F16; 21 CFR 211.101(b), 11.10(e)).

A label is noted before it is sent, sent once, and never printed again by itself. What nobody knows a person says, by signature.
"""

from __future__ import annotations

from typing import Any, Final

from jope.compliance.access.permissions import Permission
from jope.compliance.alarms.handlers import raise_alarm, return_alarms
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, GuardContext, Meaning, Outcome, SheetRow, SigningSheet, handles
from jope.compliance.signatures.records import SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.errors import NotFoundError, RefusedError
from jope.kernel.ids import new_id
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork
from jope.plant.devices.registry.guards import reason_is_given
from jope.plant.weighing.model import Weighing
from jope.services.reporting.labels import commands as c
from jope.services.reporting.labels import guards as g
from jope.services.reporting.labels.composing import composed
from jope.services.reporting.labels.model import LabelContent, LabelPrint

_COLUMNS: Final = (
    "id", "weighing_id", "copy_no", "device_id", "sha256", "state", "reason", "asked_by", "asked_us", "sent_us", "ended_us", "message", "evidence",
)  # fmt: skip
LABEL_RECORD: Final = SignedRecord("label_print", "label_print", "id", _COLUMNS)
_GATEWAY: Final = frozenset({"gateway"})


def _weighing(command: Any) -> tuple[str, str]:
    return ("weighing", command.weighing_id)


def _label(command: Any) -> tuple[str, str]:
    return ("label_print", command.print_id)


def _named(session: RowSession, print_id: str) -> LabelPrint:
    row = session.get(LabelPrint, print_id)
    if row is None:
        raise NotFoundError("There is no such label.")
    return row


def _subjects(session: RowSession, row: LabelPrint) -> tuple[tuple[str, str], ...]:
    weighing = session.get_one(Weighing, row.weighing_id)
    return (("label_print", row.id), ("weighing", row.weighing_id), ("batch", weighing.batch_no), ("device", row.device_id))


# --- asking ----------------------------------------------------------------------------------------------------------


@handles(
    c.PrintLabel,
    permission=Permission.WEIGHING_PERFORM,
    subject=_weighing,
    guards=(g.weighing_was_accepted, g.printer_stands_at_line, g.no_label_is_open, g.label_is_the_first, g.printer_is_ready, g.label_is_the_shown_one),
    guard_ports=_GATEWAY,
)  # fmt: skip
def print_label(command: c.PrintLabel, uow: UnitOfWork, acting: Acting) -> c.LabelAsked:
    """Note the label; the station sends it next, once."""
    return _ask(command, uow, acting, reason="")


@handles(
    c.ReprintLabel,
    permission=Permission.WEIGHING_PERFORM,
    subject=_weighing,
    guards=(
        reason_is_given, g.weighing_was_accepted, g.printer_stands_at_line, g.no_label_is_open, g.label_was_sent_before, g.printer_is_ready,
        g.label_is_the_shown_one,
    ),
    guard_ports=_GATEWAY,
)  # fmt: skip
def reprint_label(command: c.ReprintLabel, uow: UnitOfWork, acting: Acting) -> c.LabelAsked:
    """Note a further label with its reason; the station sends it next, once."""
    return _ask(command, uow, acting, reason=command.reason)


def _ask(command: c.PrintLabel | c.ReprintLabel, uow: UnitOfWork, acting: Acting, *, reason: str) -> c.LabelAsked:
    made = composed(uow.cursor, command.weighing_id, command.device_id)
    if uow.session.get(LabelContent, made.sha256) is None:
        uow.session.add(LabelContent(sha256=made.sha256, content=made.content.decode("ascii")))
    row = LabelPrint(
        id=new_id(), weighing_id=command.weighing_id, copy_no=made.copy_no, device_id=command.device_id, sha256=made.sha256, state="asked",
        reason=reason, asked_by=acting.principal.employee_id, asked_us=acting.now.utc_us, sent_us=None, ended_us=None, message="", evidence="",
    )  # fmt: skip
    uow.session.add(row)
    uow.audit.record(Action.LABEL_ASKED, *_subjects(uow.session, row), reason=reason, details={"copy": made.copy_no, "sha256": made.sha256})
    return c.LabelAsked(row.id, made.copy_no)


# --- what becomes of it ----------------------------------------------------------------------------------------------


@handles(c.BeginLabel, permission=Permission.SYSTEM, subject=_label)
def begin_label(command: c.BeginLabel, uow: UnitOfWork, acting: Acting) -> None:
    """Write down that it is about to be sent, before anything is: whatever happens next, it is never sent twice.

    Raises:
        RefusedError: it was sent or ended before.
    """
    row = _named(uow.session, command.print_id)
    if row.state != "asked":
        raise RefusedError(f"This label is {row.state}.", remedy="Reprint it with a reason.")
    row.state, row.sent_us = "sent", acting.now.utc_us
    uow.audit.record(Action.LABEL_SENT, *_subjects(uow.session, row), details={"copy": row.copy_no, "sha256": row.sha256})


@handles(c.EndLabel, permission=Permission.SYSTEM, subject=_label, regulated=False)
def end_label(command: c.EndLabel, uow: UnitOfWork, acting: Acting) -> None:
    """Write down what became of it. Where nobody knows, an alarm asks for a person.

    Raises:
        RefusedError: it ended before, or the outcome is none that it can have.
    """
    row = _named(uow.session, command.print_id)
    possible = {"asked": ("refused",), "sent": ("printed", "refused", "unknown")}.get(row.state, ())
    if command.outcome not in possible:
        raise RefusedError(f"This label is {row.state}.", remedy="Nothing is left to do.")
    row.state, row.ended_us, row.message, row.evidence = command.outcome, acting.now.utc_us, command.message, command.evidence
    uow.audit.record(
        Action.LABEL_ENDED, *_subjects(uow.session, row), outcome=Outcome.DONE if command.outcome == "printed" else Outcome.FAILED,
        details={
            "copy": row.copy_no, "outcome": command.outcome, "message": command.message, "evidence": command.evidence, "sha256": row.sha256,
        },
    )  # fmt: skip
    if command.outcome == "unknown":
        text = f"Whether a label came out of {row.device_id} is not known."
        raise_alarm(uow, acting, priority=2, source=row.device_id, kind="label", text=text)


def _resolving_sheet(command: c.ResolveLabel, context: GuardContext) -> SigningSheet:
    row = _named(context.session, command.print_id)
    weighing = context.session.get_one(Weighing, row.weighing_id)
    rows = (
        SheetRow("Batch", weighing.batch_no, weighing.batch_no),
        SheetRow("Material", weighing.material_code, weighing.material_code),
        SheetRow("Net", f"{weighing.net} {weighing.unit}", f"{weighing.net} {weighing.unit}"),
        SheetRow("Printer", row.device_id, row.device_id),
        SheetRow("What is known", row.message, row.message),
        SheetRow(f"Copy {row.copy_no}", "not known", "came out" if command.came_out else "did not come out"),
    )
    return signing_sheet(f"Say what became of copy {row.copy_no}", ("label_print", row.id), Meaning.PERFORMED, rows)


@handles(
    c.ResolveLabel,
    permission=Permission.WEIGHING_PERFORM,
    subject=_label,
    signature=Meaning.PERFORMED,
    sheet=_resolving_sheet,
    guards=(g.label_is_unknown,),
)
def resolve_label(command: c.ResolveLabel, uow: UnitOfWork, acting: Acting) -> None:
    """A person looked, and signs for what they saw. The alarm is over when no other label of this printer is unknown."""
    row = _named(uow.session, command.print_id)
    row.state = "printed" if command.came_out else "not_printed"
    acting.signed().onto(row, "performed", kind="label_print", subject_id=row.id, version=row.version + 1)
    others = "SELECT count(*) FROM label_print WHERE device_id = ? AND state = 'unknown' AND id <> ?"
    if not uow.session.value(others, row.device_id, row.id):
        return_alarms(uow, acting, source=row.device_id, kinds=("label",))
    uow.audit.record(Action.LABEL_RESOLVED, *_subjects(uow.session, row), details={"copy": row.copy_no, "came_out": command.came_out})

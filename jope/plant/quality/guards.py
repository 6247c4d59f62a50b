"""Guards of a deviation: named predicates with a reason, a clause and who can resolve them."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, cast

from sqlalchemy import select

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import ALL_LINES
from jope.compliance.audit.actions import Action
from jope.compliance.commands import GuardContext, GuardVerdict
from jope.kernel.clock import site_date
from jope.kernel.errors import NotFoundError
from jope.kernel.store.rows import RowSession
from jope.plant.quality import commands as c
from jope.plant.quality.life_cycle import DEVIATION_LIFE_CYCLE
from jope.plant.quality.model import Classification, Deviation, DeviationEvidence, DeviationState, EvidenceKind, Source
from jope.plant.quality.ports import Documents

_INVESTIGATION: Final = "211.192"
_QUALITY_UNIT: Final = "211.22(a)"
_ENDED: Final = (DeviationState.CLOSED, DeviationState.VOIDED)
_MAY: Final = (
    "SELECT u.line FROM user_account u JOIN role_permission p ON p.role = u.role AND p.permission = ? AND p.held = 1 "
    "WHERE u.employee_id = ? AND u.state <> 'disabled'"
)

_OWNED: Final = (
    "SELECT 1 FROM audit a JOIN audit_subject d USING (seq) JOIN audit_subject u USING (seq) "
    "WHERE a.action = ? AND d.kind = 'deviation' AND d.id = ? AND u.kind = 'user' AND u.id = ?"
)


def deviation_named(session: RowSession, number: str) -> Deviation:
    """A deviation by its number.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(Deviation, number)
    if found is None:
        raise NotFoundError(f"There is no deviation {number}.")
    return found


def event_of(session: RowSession, seq: int) -> tuple[str, str] | None:
    """Who did what an event of the trail says, and its leaf, hex; None where there is none."""
    row = session.cursor.execute("SELECT actor, lower(hex(leaf)) FROM audit WHERE seq = ?", (seq,)).fetchone()
    return None if row is None else (str(row[0]), str(row[1]))


class InState:
    """The life cycle has the arrow that the command fires."""

    def __init__(self, trigger: str) -> None:
        self.__name__ = f"deviation_may_{trigger}"
        self._trigger = trigger

    def __call__(self, command: Any, context: GuardContext) -> GuardVerdict | None:
        """Refuse a move that the table does not hold."""
        found = deviation_named(context.session, command.number)
        if DEVIATION_LIFE_CYCLE.allows(found.state, self._trigger):
            return None
        return GuardVerdict(self.__name__, f"The deviation is {found.state}.", "Finish the step that comes first.", "11.10(f)")


def it_is_described(command: c.OpenDeviation, context: GuardContext) -> GuardVerdict | None:
    """A title and what happened."""
    if command.title.strip() and command.description.strip():
        return None
    return GuardVerdict("it_is_described", "Title or description is missing.", "Write what happened.", _INVESTIGATION)


def source_is_known(command: c.OpenDeviation, context: GuardContext) -> GuardVerdict | None:
    """The trail knows what the deviation comes from."""
    if command.source_kind == Source.OBSERVATION:
        known = not command.source_id
    elif command.source_kind == Source.EVENT:
        known = command.event_seq > 0 and command.source_id == str(command.event_seq)
    else:
        known = command.source_kind in (Source.BATCH, Source.CHANGE_REQUEST) and bool(
            context.session.value("SELECT 1 FROM audit_subject WHERE kind = ? AND id = ? AND n = 1", command.source_kind, command.source_id)
        )
    if known:
        return None
    words = f"The trail knows no {command.source_kind} '{command.source_id}' that a deviation comes from."
    return GuardVerdict(
        "source_is_known", words, "Name an event, a batch or a change request, or open it as an observation.", _INVESTIGATION
    )


def event_is_there(command: Any, context: GuardContext) -> GuardVerdict | None:
    """The event exists, and whoever attaches it did it or may read the trail."""
    if command.event_seq == 0:
        return None
    event = event_of(context.session, command.event_seq)
    who = context.principal
    if event is not None and (event[0] == who.employee_id or Permission.AUDIT_READ in who.permissions):
        return None
    words = f"There is no event {command.event_seq} of yours in the trail."
    return GuardVerdict(
        "event_is_there", words, "Name an event of your own, or let somebody attach it who reads the trail.", _INVESTIGATION
    )


def line_is_in_scope(command: c.OpenDeviation, context: GuardContext) -> GuardVerdict | None:
    """It is a line of the station, and one of theirs."""
    line = command.line
    if not line or (context.principal.line in (ALL_LINES, line) and context.session.value("SELECT 1 FROM line_check WHERE line = ?", line)):
        return None
    return GuardVerdict(
        "line_is_in_scope", f"Line {line} is not a line of yours.", "Name a line of this station in your scope.", "11.10(d)"
    )


def deviation_is_not_ended(command: Any, context: GuardContext) -> GuardVerdict | None:
    """A closed or voided deviation is final."""
    found = deviation_named(context.session, command.number)
    if found.state not in _ENDED:
        return None
    return GuardVerdict("deviation_is_not_ended", f"The deviation is {found.state}.", "Open another one.", _INVESTIGATION)


def evidence_is_one_thing(command: c.AddDeviationEvidence, context: GuardContext) -> GuardVerdict | None:
    """An event, a document, or words."""
    document, named = bool(command.document_hash), bool(command.document_name.strip())
    if document == named and not (document and command.event_seq) and (document or command.event_seq or command.words.strip()):
        return None
    words = "Evidence is an event, a document with its name, or words."
    return GuardVerdict("evidence_is_one_thing", words, "Add each piece by itself.", _INVESTIGATION)


def document_is_kept(command: c.AddDeviationEvidence, context: GuardContext) -> GuardVerdict | None:
    """The document is in the station."""
    if not command.document_hash or _documents(context).holds(command.document_hash):
        return None
    return GuardVerdict("document_is_kept", "The station does not keep this document.", "Choose the document's file again.", _INVESTIGATION)


def _documents(context: GuardContext) -> Documents:
    return cast("Documents", context.ports["documents"])


def owner_may_change(command: c.AssignDeviation, context: GuardContext) -> GuardVerdict | None:
    """Whoever investigated it stays its owner."""
    found = deviation_named(context.session, command.number)
    if found.state in (DeviationState.OPEN, DeviationState.CLASSIFIED):
        return None
    return GuardVerdict("owner_may_change", f"The deviation is {found.state}.", "Its owner stays.", _INVESTIGATION)


def owner_may_investigate(command: c.AssignDeviation, context: GuardContext) -> GuardVerdict | None:
    """The owner's role investigates, on this line."""
    line = context.session.value(_MAY, Permission.DEVIATION_INVESTIGATE.value, command.owner)  # None for who may not, which no line is
    if line in (ALL_LINES, deviation_named(context.session, command.number).line):
        return None
    words = f"{command.owner} may not investigate this deviation."
    return GuardVerdict("owner_may_investigate", words, "Name a person whose role investigates deviations on its line.", _INVESTIGATION)


def owner_is_new(command: c.AssignDeviation, context: GuardContext) -> GuardVerdict | None:
    """There is something to change, and a reason for it."""
    if deviation_named(context.session, command.number).owner == command.owner:
        return GuardVerdict("owner_is_new", f"{command.owner} owns it already.", "Nothing is left to do.", _INVESTIGATION)
    if command.reason.strip():
        return None
    return GuardVerdict("owner_is_new", "A reason is missing.", "Write why this person.", "11.10(e)")


def class_and_date_are_possible(command: c.ClassifyDeviation, context: GuardContext) -> GuardVerdict | None:
    """A class there is, and a date that has not passed at the site."""
    known = command.classification in {one.value for one in Classification}
    if known and _is_date(command.due) and command.due >= site_date(context.now.utc_us, context.zone):
        return None
    words = "The class is none, or the date is none or has passed."
    return GuardVerdict(
        "class_and_date_are_possible", words, "Choose minor, major or critical, and a date like 2026-11-20.", _INVESTIGATION
    )


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def investigator_owns_it(command: c.RecordInvestigation, context: GuardContext) -> GuardVerdict | None:
    """Only the owner writes the investigation."""
    owner = deviation_named(context.session, command.number).owner
    if owner == context.principal.employee_id:
        return None
    words = "Nobody owns this deviation yet." if owner is None else f"{owner} owns this deviation."
    return GuardVerdict("investigator_owns_it", words, "Its owner writes the investigation; assign it first.", _INVESTIGATION)


def investigation_is_whole(command: c.RecordInvestigation, context: GuardContext) -> GuardVerdict | None:
    """Cause, impact and what was done."""
    if command.root_cause.strip() and command.impact.strip() and command.disposition.strip():
        return None
    words = "Root cause, impact or disposition is missing."
    return GuardVerdict("investigation_is_whole", words, "Write all three.", _INVESTIGATION)


def closer_is_not_owner(command: c.CloseDeviation, context: GuardContext) -> GuardVerdict | None:
    """Nobody closes their own record, nor one that they gave away after owning it (URS H03)."""
    found, who = deviation_named(context.session, command.number), context.principal.employee_id
    if who not in (found.owner, found.investigated_by) and not _owned_once(context, found.number, who):
        return None
    return GuardVerdict(
        "closer_is_not_owner", "You own this deviation, or owned it.", "Another person of quality assurance closes it.", _QUALITY_UNIT
    )


def _owned_once(context: GuardContext, number: str, who: str) -> bool:
    """Whether the trail says that a deviation was ever given to a person."""
    return context.session.value(_OWNED, Action.DEVIATION_ASSIGNED.value, number, who) is not None


def evidence_still_stands(command: c.CloseDeviation, context: GuardContext) -> GuardVerdict | None:
    """There is evidence, its documents are in the station, and its events are those that were attached."""
    rows = context.session.scalars(
        select(DeviationEvidence).where(DeviationEvidence.number == command.number).order_by(DeviationEvidence.n)
    )
    if not rows:
        return GuardVerdict("evidence_still_stands", "There is no evidence yet.", "Attach what shows it.", _INVESTIGATION)
    for row in rows:
        event = None if row.event_seq is None else event_of(context.session, row.event_seq)
        moved = row.kind == EvidenceKind.EVENT and (event is None or event[1] != row.event_leaf)
        if moved or (row.kind == EvidenceKind.DOCUMENT and not _documents(context).holds(row.document_hash)):
            words = f"Evidence {row.n} is not there, or not what was attached."
            return GuardVerdict("evidence_still_stands", words, "Verify the trail and attach it again.", _INVESTIGATION)
    return None


def void_reason_is_given(command: c.VoidDeviation, context: GuardContext) -> GuardVerdict | None:
    """Why it was an error."""
    if command.reason.strip():
        return None
    return GuardVerdict("void_reason_is_given", "A reason is missing.", "Write why it was opened in error.", "11.10(e)")


def voider_took_no_part(command: c.VoidDeviation, context: GuardContext) -> GuardVerdict | None:
    """Nobody makes their own deviation disappear, nor one that they gave away after owning it."""
    found, who = deviation_named(context.session, command.number), context.principal.employee_id
    if who not in (found.opened_by, found.owner) and not _owned_once(context, found.number, who):
        return None
    return GuardVerdict(
        "voider_took_no_part",
        "You opened this deviation, or own or owned it.",
        "Another person of quality assurance voids it.",
        _QUALITY_UNIT,
    )

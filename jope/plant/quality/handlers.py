"""What happens with deviations (URS H01-H03, H06; 211.192)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import ALL_LINES
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, GuardContext, Meaning, SheetRow, SigningSheet, handles
from jope.compliance.signatures.records import Children, SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.canonical import canonical_text
from jope.kernel.store.uow import UnitOfWork
from jope.plant.quality import commands as c
from jope.plant.quality import guards as g
from jope.plant.quality.guards import deviation_named, event_of
from jope.plant.quality.life_cycle import DEVIATION_LIFE_CYCLE
from jope.plant.quality.model import Deviation, DeviationEvidence, DeviationState, EvidenceKind, Source

_OPENED = ("number", "title", "description", "source_kind", "source_id", "line", "opened_by", "opened_us")
_EVIDENCE = ("n", "id", "kind", "event_seq", "event_leaf", "document_hash", "document_name", "words", "added_by", "added_us")
CLASSIFICATION_RECORD = SignedRecord("deviation_classification", "deviation", "number", (*_OPENED, "classification", "due"))
VOID_RECORD = SignedRecord("deviation_void", "deviation", "number", (*_OPENED, "void_reason", "ended_us"))
CLOSURE_RECORD = SignedRecord(
    "deviation", "deviation", "number",
    (*_OPENED, "classification", "due", "owner", "root_cause", "impact", "disposition", "investigated_by", "investigated_us", "ended_us"),
    (Children("deviation_evidence", "number", "number", _EVIDENCE),),
)  # fmt: skip


def _subject(command: Any) -> tuple[str, str]:
    return ("deviation", command.number)


def line_of_deviation(cursor: Any, number: str) -> str | None:
    """The line of a deviation, empty for the whole station; None where there is none yet."""
    row = cursor.execute("SELECT line FROM deviation WHERE number = ?", (number,)).fetchone()
    return None if row is None else str(row[0])


# --- opening ---------------------------------------------------------------------------------------------------------


@handles(
    c.OpenDeviation,
    permission=Permission.DEVIATION_OPEN,
    subject=lambda c: ("deviation", "new"),
    guards=(g.it_is_described, g.source_is_known, g.event_is_there, g.line_is_in_scope),
)
def open_deviation(command: c.OpenDeviation, uow: UnitOfWork, acting: Acting) -> c.DeviationMoved:
    """Give it the next number of the year; the event it comes from is its first evidence."""
    own = acting.principal.line
    line = command.line or ("" if own == ALL_LINES else own)
    row = _opened(uow, acting, command.title, command.description, (command.source_kind, command.source_id), line)
    if command.event_seq:
        _add(uow, acting, row.number, EvidenceKind.EVENT, event_seq=command.event_seq)
    uow.audit.record(Action.DEVIATION_OPENED, *_about(row), reason=command.title)
    return c.DeviationMoved(row.number, row.state)


class DeviationDesk:
    """Implements the ``Deviations`` port: other rooms open a deviation inside their own transaction."""

    def open(
        self,
        uow: UnitOfWork,
        acting: Acting,
        *,
        title: str,
        description: str,
        source: tuple[str, str],
        details: Mapping[str, Any],
        line: str = "",
    ) -> str:
        """Open one with the details as evidence, and return its number."""
        row = _opened(uow, acting, title, description, source, line)
        _add(uow, acting, row.number, EvidenceKind.TEXT, words=canonical_text(dict(details)))
        uow.audit.record(Action.DEVIATION_OPENED, *_about(row), reason=title, details=dict(details))
        return row.number


def _opened(uow: UnitOfWork, acting: Acting, title: str, description: str, source: tuple[str, str], line: str) -> Deviation:
    year = datetime.fromtimestamp(acting.now.utc_us // 1_000_000, UTC).year
    uow.session.flush()
    n = int(uow.session.value("SELECT coalesce(max(n), 0) FROM deviation WHERE year = ?", year)) + 1
    row = Deviation(
        number=f"DEV-{year}-{n:04d}", year=year, n=n, title=title, description=description, source_kind=source[0], source_id=source[1],
        line=line, opened_by=acting.principal.employee_id, opened_us=acting.now.utc_us, state=DEVIATION_LIFE_CYCLE.initial, classification="",
        due="", root_cause="", impact="", disposition="", void_reason="",
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    return row


def _about(row: Deviation) -> tuple[tuple[str, str], ...]:
    """The deviation, and the record that it comes from."""
    record = row.source_kind in (Source.BATCH, Source.CHANGE_REQUEST)
    return (("deviation", row.number), (row.source_kind, row.source_id)) if record else (("deviation", row.number),)


# --- evidence and owner ----------------------------------------------------------------------------------------------


@handles(
    c.AddDeviationEvidence,
    permission=Permission.DEVIATION_OPEN,
    subject=_subject,
    guards=(g.deviation_is_not_ended, g.evidence_is_one_thing, g.event_is_there, g.document_is_kept),
    guard_ports=frozenset({"documents"}),
)
def add_deviation_evidence(command: c.AddDeviationEvidence, uow: UnitOfWork, acting: Acting) -> None:
    """Append one piece."""
    if command.event_seq:
        _add(uow, acting, command.number, EvidenceKind.EVENT, event_seq=command.event_seq, words=command.words)
    elif command.document_hash:
        _add(
            uow, acting, command.number, EvidenceKind.DOCUMENT, document_hash=command.document_hash, document_name=command.document_name,
            words=command.words,
        )  # fmt: skip
    else:
        _add(uow, acting, command.number, EvidenceKind.TEXT, words=command.words)
    uow.audit.record(Action.DEVIATION_EVIDENCE_ADDED, _subject(command), reason=command.words)


def _add(
    uow: UnitOfWork,
    acting: Acting,
    number: str,
    kind: EvidenceKind,
    *,
    event_seq: int | None = None,
    document_hash: str = "",
    document_name: str = "",
    words: str = "",
) -> None:
    n = int(uow.session.value("SELECT coalesce(max(n), 0) FROM deviation_evidence WHERE number = ?", number)) + 1
    event = None if event_seq is None else event_of(uow.session, event_seq)
    uow.session.add(
        DeviationEvidence(
            id=f"{number}:{n}", number=number, n=n, kind=kind.value, event_seq=event_seq, event_leaf="" if event is None else event[1],
            document_hash=document_hash, document_name=document_name, words=words, added_by=acting.principal.employee_id,
            added_us=acting.now.utc_us,
        )
    )  # fmt: skip


@handles(
    c.AssignDeviation,
    permission=Permission.DEVIATION_INVESTIGATE,
    subject=_subject,
    guards=(g.owner_may_change, g.owner_may_investigate, g.owner_is_new),
)
def assign_deviation(command: c.AssignDeviation, uow: UnitOfWork, acting: Acting) -> c.DeviationMoved:
    """Give it to its owner."""
    row = deviation_named(uow.session, command.number)
    row.owner = command.owner
    uow.audit.record(Action.DEVIATION_ASSIGNED, _subject(command), ("user", command.owner), reason=command.reason)
    return c.DeviationMoved(row.number, row.state)


# --- classification, investigation, closure --------------------------------------------------------------------------


def _same(label: str, value: str) -> SheetRow:
    return SheetRow(label, value, value)


def _head(row: Deviation) -> tuple[SheetRow, ...]:
    return (
        _same("Title", row.title),
        _same("Description", row.description),
        _same("Comes from", f"{row.source_kind} {row.source_id}".strip()),
        _same("Opened by", row.opened_by),
    )


def _classify_sheet(command: c.ClassifyDeviation, context: GuardContext) -> SigningSheet:
    row = deviation_named(context.session, command.number)
    rows = (
        *_head(row),
        SheetRow("Classification", row.classification, command.classification),
        SheetRow("Due", row.due, command.due),
        SheetRow("State", row.state, DeviationState.CLASSIFIED.value),
    )
    return signing_sheet(f"Classify deviation {row.number}", _subject(command), Meaning.REVIEW, rows)


@handles(
    c.ClassifyDeviation,
    permission=Permission.DEVIATION_CLOSE,
    subject=_subject,
    signature=Meaning.REVIEW,
    sheet=_classify_sheet,
    guards=(g.InState("classify"), g.class_and_date_are_possible),
)
def classify_deviation(command: c.ClassifyDeviation, uow: UnitOfWork, acting: Acting) -> c.DeviationMoved:
    """Write class and date down, signed."""
    row = deviation_named(uow.session, command.number)
    row.state = DEVIATION_LIFE_CYCLE.next(row.state, "classify")
    row.classification, row.due = command.classification, command.due
    acting.signed().onto(row, "classified", kind=CLASSIFICATION_RECORD.kind, subject_id=row.number, version=row.version + 1)
    uow.audit.record(Action.DEVIATION_CLASSIFIED, _subject(command), details={"classification": row.classification, "due": row.due})
    return c.DeviationMoved(row.number, row.state)


@handles(
    c.RecordInvestigation,
    permission=Permission.DEVIATION_INVESTIGATE,
    subject=_subject,
    guards=(g.InState("investigate"), g.investigator_owns_it, g.investigation_is_whole),
)
def record_investigation(command: c.RecordInvestigation, uow: UnitOfWork, acting: Acting) -> c.DeviationMoved:
    """Write the owner's investigation down."""
    row = deviation_named(uow.session, command.number)
    row.state = DEVIATION_LIFE_CYCLE.next(row.state, "investigate")
    row.root_cause, row.impact, row.disposition = command.root_cause, command.impact, command.disposition
    row.investigated_by, row.investigated_us = acting.principal.employee_id, acting.now.utc_us
    uow.audit.record(Action.DEVIATION_INVESTIGATED, _subject(command), reason=command.root_cause)
    return c.DeviationMoved(row.number, row.state)


def _close_sheet(command: c.CloseDeviation, context: GuardContext) -> SigningSheet:
    row = deviation_named(context.session, command.number)
    pieces = context.session.cursor.execute(
        "SELECT n, kind, coalesce(event_seq, ''), event_leaf, document_name, document_hash, words FROM deviation_evidence WHERE number = ? ORDER BY n",
        (row.number,),
    ).fetchall()
    rows = (
        *_head(row),
        _same("Classification", f"{row.classification}, due {row.due}"),
        _same("Owner", row.owner or ""),
        _same("Root cause", row.root_cause),
        _same("Impact", row.impact),
        _same("Disposition", row.disposition),
        *(_same(f"Evidence {piece[0]}", " ".join(str(part) for part in piece[1:] if part != "")) for piece in pieces),
        SheetRow("State", row.state, DeviationState.CLOSED.value),
    )
    return signing_sheet(f"Close deviation {row.number}", _subject(command), Meaning.APPROVAL, rows)


@handles(
    c.CloseDeviation,
    permission=Permission.DEVIATION_CLOSE,
    subject=_subject,
    signature=Meaning.APPROVAL,
    sheet=_close_sheet,
    guards=(g.InState("close"), g.closer_is_not_owner, g.evidence_still_stands),
    guard_ports=frozenset({"documents"}),
)
def close_deviation(command: c.CloseDeviation, uow: UnitOfWork, acting: Acting) -> c.DeviationMoved:
    """The quality unit's approval ends it."""
    row = deviation_named(uow.session, command.number)
    row.state, row.ended_us = DEVIATION_LIFE_CYCLE.next(row.state, "close"), acting.now.utc_us
    acting.signed().onto(row, "closed", kind=CLOSURE_RECORD.kind, subject_id=row.number, version=row.version + 1)
    uow.audit.record(Action.DEVIATION_CLOSED, _subject(command))
    return c.DeviationMoved(row.number, row.state)


def _void_sheet(command: c.VoidDeviation, context: GuardContext) -> SigningSheet:
    row = deviation_named(context.session, command.number)
    rows = (*_head(row), SheetRow("State", row.state, DeviationState.VOIDED.value), SheetRow("Reason", "", command.reason))
    return signing_sheet(f"Void deviation {row.number}", _subject(command), Meaning.VOID, rows)


@handles(
    c.VoidDeviation,
    permission=Permission.DEVIATION_CLOSE,
    subject=_subject,
    signature=Meaning.VOID,
    sheet=_void_sheet,
    guards=(g.InState("void"), g.void_reason_is_given, g.voider_took_no_part),
)
def void_deviation(command: c.VoidDeviation, uow: UnitOfWork, acting: Acting) -> c.DeviationMoved:
    """It was opened in error; the record stays."""
    row = deviation_named(uow.session, command.number)
    row.state, row.ended_us = DEVIATION_LIFE_CYCLE.next(row.state, "void"), acting.now.utc_us
    row.void_reason = command.reason
    acting.signed().onto(row, "voided", kind=VOID_RECORD.kind, subject_id=row.number, version=row.version + 1)
    uow.audit.record(Action.DEVIATION_VOIDED, _subject(command), reason=command.reason)
    return c.DeviationMoved(row.number, row.state)

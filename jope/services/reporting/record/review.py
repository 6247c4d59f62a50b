"""Exceptions first: what a reviewer must see before anything else (URS E09, O04; A11-08, PI-03)."""

from __future__ import annotations

from reportlab.platypus import Flowable, Paragraph

from jope.compliance.audit.queries import ChangeRow
from jope.services.reporting.record.facts import RecordFacts
from jope.services.reporting.record.look import Cell, lines, table, text
from jope.services.reporting.record.marks import stamp
from jope.services.reporting.record.texts import NONE, action, in_words, person
from jope.services.reporting.record.trail import EventLine


def exceptions(record: RecordFacts, zone: str) -> list[Flowable]:
    """Refused, denied and failed commands, failed signings, rejected weighings and lots, holds."""
    found: list[Flowable] = [text("1  Exceptions", "section")]
    for s in record.unsigned:
        what = f"{s.subject_kind.replace('_', ' ')} {s.subject_id}"
        found.append(text(f"Signature [{s.seq}] of {s.name} ({s.signer}), {s.meaning}, on {what}: {s.verdict}", "bad"))
    if not record.exceptions and not record.unsigned:
        found.append(text("None: no refused, denied or failed command, no rejected weighing or lot, no hold.", "good"))
    if not record.exceptions:
        return found
    rows: list[list[Cell]] = [
        [f"[{e.seq}]", stamp(e.utc_us, zone), lines((person(e.actor, record.people), "body"), (e.role, "note")), _what(e), _why(e)]
        for e in record.exceptions
    ]
    return [*found, table(("Event", "Time", "Who", "What", "Why"), rows, (28, 104, 104, 92, 176))]


def _what(event: EventLine) -> list[Paragraph]:
    name = in_words(event.command) if event.command else action(event.action).capitalize()
    about = [] if event.command or not event.part else [(event.part, "label")]
    return lines((name, "bold"), *about, (event.outcome, "note"))


def _why(event: EventLine) -> list[Paragraph]:
    why = event.message or event.reason or NONE
    code = [text(event.code, "note")] if event.code else []
    return [text(why), *code]


def changes(record: RecordFacts, zone: str) -> list[Flowable]:
    """Values that were entered and changed later, with both values; a printout for release must show them (Annex 11, 8.2)."""
    found: list[Flowable] = [text("2  Values changed since their first entry", "section")]
    if not record.changes:
        return [
            *found,
            text("None: every entered value stands as it was first entered. Moves and signatures are listed in their own sections."),
        ]
    rows: list[list[Cell]] = [_changed(event, change, record, zone) for event, change in record.changes]
    return [*found, table(("Event", "Time", "Who", "Record and field", "Before", "After"), rows, (28, 104, 88, 116, 84, 84))]


def _changed(event: EventLine, change: ChangeRow, record: RecordFacts, zone: str) -> list[Cell]:
    where = lines((f"{change.table}: {change.column}", "body"), (change.key, "note"))
    return [
        f"[{event.seq}]",
        stamp(event.utc_us, zone),
        person(event.actor, record.people),
        where,
        change.before or NONE,
        change.after or NONE,
    ]

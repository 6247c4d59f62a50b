"""Which line a row belongs to: the one catalog of row scope (URS A14; 21 CFR 11.10(d); docs/adr/0021).

A reader who is bound to a line works on a connection where temporary views stand before the tables named here, under the tables' own names. SQLite finds a
temporary view before a table of the store, so a query needs no condition and cannot leave one out.

1. A row is seen where its line is the reader's, or where it has none: a lot, a recipe, an alarm of the station.
2. An event is seen unless one of its subjects is a record of another line. What a subject is stands in the event's own body, which the trail hashes.
3. An event about a person who is bound to a line is of that line: when others come and go is no business of another one. What such a person does to a
   record is the record's business. Accounts themselves stay legible, because names and roles stand on records of all lines.
4. A change request, and a disabling with its reason, are of the line of the person they are about. Beyond the line a request is legible to who needs to
   know: who asked, who gave or may give an approval, and who reads the trail. Everybody else reads on a connection of their own, on which no other request
   is.
5. What was asked of a record that is not there has no line but that of the person who asked, who stands beside it in the event.

The same catalog tells the bus which line a command's records belong to, and exports whether a record's events stay within a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import ALL_LINES

LINE_OF: Final = {
    "batch": "SELECT line FROM main.batch WHERE batch_no = {id}",
    "formulation": "SELECT line FROM main.batch WHERE batch_no = {id}",
    "clearance": "SELECT line FROM main.clearance WHERE id = {id}",
    "dispense": "SELECT b.line FROM main.dispense r JOIN main.batch b ON b.batch_no = r.batch_no WHERE r.id = {id}",
    "weighing": "SELECT b.line FROM main.weighing r JOIN main.batch b ON b.batch_no = r.batch_no WHERE r.id = {id}",
    "batch_move": "SELECT b.line FROM main.batch_transition r JOIN main.batch b ON b.batch_no = r.batch_no WHERE r.id = {id}",
    "batch_record": "SELECT b.line FROM main.batch_transition r JOIN main.batch b ON b.batch_no = r.batch_no WHERE r.id = {id}",
    "device": "SELECT line FROM main.device WHERE device_id = {id}",
    "device_tag": "SELECT d.line FROM main.device_tag r JOIN main.device d ON d.device_id = r.device_id WHERE r.tag_id = {id}",
    "device_write": "SELECT d.line FROM main.device_write r JOIN main.device d ON d.device_id = r.device_id WHERE r.id = {id}",
    "calibration": "SELECT d.line FROM main.calibration r JOIN main.device d ON d.device_id = r.device_id WHERE r.id = {id}",
    "balance_check": "SELECT d.line FROM main.balance_check r JOIN main.device d ON d.device_id = r.device_id WHERE r.id = {id}",
    "equipment": "SELECT line FROM main.equipment WHERE equipment_id = {id}",
    "cleaning": "SELECT e.line FROM main.cleaning r JOIN main.equipment e ON e.equipment_id = r.equipment_id WHERE r.id = {id}",
    "equipment_use": "SELECT e.line FROM main.equipment_use r JOIN main.equipment e ON e.equipment_id = r.equipment_id WHERE r.id = {id}",
    "equipment_maintenance": "SELECT e.line FROM main.equipment_maintenance r JOIN main.equipment e ON e.equipment_id = r.equipment_id WHERE r.id = {id}",
    "equipment_note": "SELECT e.line FROM main.equipment_note r JOIN main.equipment e ON e.equipment_id = r.equipment_id WHERE r.id = {id}",
    "label_print": "SELECT d.line FROM main.label_print r JOIN main.device d ON d.device_id = r.device_id WHERE r.id = {id}",
    "stock_movement": "SELECT b.line FROM main.stock_movement r JOIN main.batch b ON b.batch_no = r.batch_no WHERE r.id = {id}",
    "alarm": "SELECT d.line FROM main.alarm r JOIN main.device d ON d.device_id = r.source WHERE r.id = {id}",
    "deviation": "SELECT nullif(line, '') FROM main.deviation WHERE number = {id}",
    "deviation_classification": "SELECT nullif(line, '') FROM main.deviation WHERE number = {id}",
    "deviation_void": "SELECT nullif(line, '') FROM main.deviation WHERE number = {id}",
    "change": "SELECT nullif(u.line, '*') FROM main.change_request r JOIN main.user_account u ON u.employee_id = r.subject_id "
    "AND r.subject_kind = 'user' WHERE r.id = {id}",
    "user_disabling": "SELECT nullif(u.line, '*') FROM main.user_disabling r JOIN main.user_account u ON u.employee_id = r.employee_id WHERE r.id = {id}",
    "user": "SELECT nullif(line, '*') FROM main.user_account WHERE employee_id = {id}",
    "session": "SELECT nullif(u.line, '*') FROM main.session r JOIN main.user_account u ON u.employee_id = r.employee_id WHERE r.session_id = {id}",
}
"""Kind of a record -> its line, from its id. Kinds that are not here and not in ``ABOUT`` are of all lines."""
_PEOPLE: Final = ("user", "session")
_SOMETIMES: Final = (
    *_PEOPLE,
    "stock_movement",
    "user_disabling",
    "change",
    "alarm",
    "deviation",
    "deviation_classification",
    "deviation_void",
)
"""Kinds of which a record may be there and have no line."""
ABOUT: Final = ("trail_review", "disposal", "signed_action", "signature")
"""Kinds of records that are about another record, each in the table of its name: ``subject_kind`` and ``subject_id`` say about which. The last, a
signature, may also be about one of the kinds before it."""
OWN_LINE: Final = ("batch", "clearance", "device", "equipment", "line_check")
"""Tables with a column ``line`` that says where the row belongs."""
BY_RECORD: Final = {
    "formulation_line": ("batch", "batch_no"),
    "batch_transition": ("batch", "batch_no"),
    "clearance_answer": ("batch", "batch_no"),
    "dispense": ("batch", "batch_no"),
    "weighing": ("batch", "batch_no"),
    "device_tag": ("device", "device_id"),
    "device_certificate": ("device", "device_id"),
    "device_write": ("device", "device_id"),
    "calibration": ("device", "device_id"),
    "balance_check": ("device", "device_id"),
    "balance_reading": ("balance_check", "check_id"),
    "cleaning": ("equipment", "equipment_id"),
    "equipment_use": ("equipment", "equipment_id"),
    "equipment_maintenance": ("equipment", "equipment_id"),
    "equipment_note": ("equipment", "equipment_id"),
    "label_print": ("weighing", "weighing_id"),
    "stock_movement": ("batch", "batch_no"),
    "alarm": ("device", "source"),
    "alarm_notice": ("alarm", "alarm_id"),
    "deviation": ("deviation", "number"),
    "deviation_evidence": ("deviation", "number"),
    "change_request": ("change", "id"),
    "user_disabling": ("user_disabling", "id"),
}
"""Tables whose rows belong to a record -> its kind and the column with its id."""
BY_SUBJECT: Final = {
    "signature": ("subject_kind", "subject_id"),
    "trail_review": ("subject_kind", "subject_id"),
    "disposal": ("subject_kind", "subject_id"),
    "signed_action": ("subject_kind", "subject_id"),
    "audit_subject": ("kind", "id"),
}
"""Tables whose rows name a record of any kind -> the columns with kind and id."""
OF_EVENTS: Final = ("audit", "audit_payload")
"""The events themselves, by their subjects."""
OF_ALL_LINES: Final = {
    "lot": "material is on stock for every line; of the batches that took of it a reader sees those of their line",
    "lot_container": "what is left on stock is no secret of a line; the movements of another line's batches are not shown",
    "station": "the station's own line is no secret to anybody who works there",
    "user_account": "the line is the person's scope; names and roles stand on records of all lines, what a person did is scoped in the trail",
    "role_grant": "a role for a time is a person's authority at the station, and stands beside the account, whose role is legible too",
    "cosignature": "the column holds the text of a witness's signature, not a line of the plant",
    "session": "who is present at the station, without a word of their work; coming and going is scoped in the trail",
    "command_outcome": "an id and the number of an event, which is scoped itself",
    "accountability_acceptance": "who accepted the statement in force may sign at every line",
}
"""Tables that seem to name a line or a record and are not scoped, with the reason."""
NAMED_BY: Final = {
    "batch_no": "batch",
    "device_id": "device",
    "weighing_id": "weighing",
    "print_id": "label_print",
    "tag_id": "device_tag",
    "check_id": "balance_check",
    "equipment_id": "equipment",
    "alarm_id": "alarm",
    "employee_id": "user",
    "account": "user",
    "stands_for": "user",
}
"""Fields of commands that hold the id of a record of this kind."""
_NAMED_BY_TWO: Final = (("subject_kind", "subject_id"), ("source_kind", "source_id"), ("kind", "id"))
"""Pairs of fields of commands that name a record of any kind."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reading connection shows: the rows of a line, ``*`` for all.

    Where ``person`` is named, of change requests only those that this person asked for, approved or rejected, and those for one of ``commands``, which
    the person may approve.
    """

    line: str
    person: str = ""
    commands: tuple[str, ...] = ()


READS_CHANGES: Final = frozenset({Permission.AUDIT_READ, Permission.CHANGE_APPROVE})
"""Whoever holds one of these may read every change request of their line: quality assurance, auditors, inspectors, and those who approve."""
_OWN_CHANGES: Final = "({person} IN (t.requester, t.approval_signer, t.further_signer, t.rejection_signer) OR t.command IN ({commands}))"


def sight_of(line: str, employee_id: str, permissions: frozenset[Permission], approved_by: Mapping[str, Permission]) -> Sight:
    """What a person's reading connections show.

    Args:
        line: the person's line.
        employee_id: the person.
        permissions: what the person may do now.
        approved_by: four-eyes commands by name, each with the permission that approves it.
    """
    if permissions & READS_CHANGES:
        return Sight(line)
    return Sight(line, employee_id, tuple(sorted(command for command, permission in approved_by.items() if permission in permissions)))


def shadowed_tables(sight: Sight | None = None) -> frozenset[str]:
    """Every table that a reader sees through a view; without a sight, one who is bound to a line."""
    if sight is None or sight.line != ALL_LINES:
        return frozenset((*OWN_LINE, *BY_RECORD, *BY_SUBJECT, *OF_EVENTS))
    return frozenset({"change_request"} if sight.person else ())


@cache
def shadowing(sight: Sight) -> tuple[str, ...]:
    """The statements that put the views of a sight before the tables of the store."""
    conditions = {} if sight.line == ALL_LINES else _of_line()
    if sight.person:
        own = _OWN_CHANGES.replace("{person}", _literal(sight.person)).replace("{commands}", _texts(sight.commands))
        conditions["change_request"] = " AND ".join(filter(None, (conditions.get("change_request"), own)))
    return tuple(
        f"CREATE TEMP VIEW {table} AS SELECT t.* FROM main.{table} AS t WHERE {condition.replace('{line}', _literal(sight.line))}"
        for table, condition in conditions.items()
    )


def _of_line() -> dict[str, str]:
    """Table -> which of its rows are of the line."""
    conditions = dict.fromkeys(OWN_LINE, "t.line = {line}")
    conditions |= {table: _seen(f"({LINE_OF[kind].format(id=f't.{column}')})") for table, (kind, column) in BY_RECORD.items()}
    conditions |= {table: _seen(_line_of_subject(f"t.{kind}", f"t.{key}")) for table, (kind, key) in BY_SUBJECT.items()}
    conditions["audit"] = f"NOT {_beyond('t')}"
    # The authorizer is asked once more for a table of which a flattened view uses no column but its rowid, then without the view's name; salt is used.
    conditions["audit_payload"] = f"length(t.salt) > 0 AND EXISTS (SELECT 1 FROM main.audit e WHERE e.seq = t.seq AND NOT {_beyond('e')})"
    return conditions


def line_of(cursor: Any, kind: str, record_id: str) -> str | None:
    """The line of a record, None where it has none or is not there. The cursor is one that sees all lines."""
    if kind not in LINE_OF and kind not in ABOUT:
        return None
    row = cursor.execute(f"SELECT {_line_of_subject('?1', '?2')}", (kind, record_id)).fetchone()
    return None if row[0] is None else str(row[0])


def lines_of(cursor: Any, command: object, subject: tuple[str, str], actor: str) -> Iterator[str]:
    """The lines that a command is about: of the record it is filed under, of every record and event it names, and the line it names itself.

    An event of the actor's own is theirs to name, whatever it was about.
    """
    records = [subject, *((_text(command, kind), _text(command, key)) for kind, key in _NAMED_BY_TWO)]
    records += [(kind, _text(command, field)) for field, kind in NAMED_BY.items()]
    for kind, record_id in records:
        found = line_of(cursor, kind, record_id) if record_id else None
        if found is not None:
            yield found
    if _text(command, "line"):
        yield _text(command, "line")
    seq = getattr(command, "event_seq", 0)
    if isinstance(seq, int) and seq > 0:
        yield from _lines_of_event(cursor, seq, actor)


def _lines_of_event(cursor: Any, seq: int, actor: str) -> list[str]:
    """The lines of the records that an event is about. Of persons the first subject alone counts, as in rule 3."""
    sql = "SELECT s.kind, s.id FROM audit_subject s JOIN audit e ON e.seq = s.seq WHERE s.seq = ? AND e.actor <> ? AND (s.n = 1 OR s.kind NOT IN ({}))"
    rows = cursor.execute(sql.format(_texts(_PEOPLE)), (seq, actor)).fetchall()
    return [line for kind, id_ in rows if (line := line_of(cursor, str(kind), str(id_))) is not None]


def events_beyond(cursor: Any, kind: str, record_id: str, line: str) -> int:
    """How many events about a record also are about a record of another line than this one. The cursor is one that sees all lines."""
    if line == ALL_LINES:
        return 0
    sql = f"SELECT count(*) FROM main.audit_subject s JOIN main.audit e ON e.seq = s.seq WHERE s.kind = ? AND s.id = ? AND {_beyond('e')}"
    return int(cursor.execute(sql.replace("{line}", _literal(line)), (kind, record_id)).fetchone()[0])


def _text(command: object, field: str) -> str:
    value = getattr(command, field, "")
    return value if isinstance(value, str) else ""


def _seen(line: str) -> str:
    """A condition: this line is the reader's, or there is none."""
    return f"coalesce({line}, {{line}}) = {{line}}"


def _beyond(event: str) -> str:
    """A condition on a row of the trail: one of its subjects is a record of another line."""
    kind, first = "json_extract(j.value, '$.kind')", f"json_extract({event}.body, '$.subjects[0].kind')"
    subject = _line_of_subject(kind, "json_extract(j.value, '$.id')")
    always = {one: sql for one, sql in LINE_OF.items() if one not in _SOMETIMES}
    of_first = _case(first, f"json_extract({event}.body, '$.subjects[0].id')", always)
    missing = f"{first} IN ({_texts(always)}) AND {of_first} IS NULL"
    counts = f"j.key = 0 OR {kind} NOT IN ({_texts(_PEOPLE)}) OR ({missing})"
    return f"EXISTS (SELECT 1 FROM json_each({event}.body, '$.subjects') j WHERE {subject} <> {{line}} AND ({counts}))"


def _line_of_subject(kind: str, record_id: str) -> str:
    """An expression: the line of the record of this kind with this id, NULL where it has none."""
    *plain, last = ABOUT
    known = LINE_OF | {about: _line_about(about, LINE_OF) for about in plain}
    return _case(kind, record_id, known | {last: _line_about(last, known)})


def _line_about(about: str, known: Mapping[str, str]) -> str:
    name = f"of_{about}"  # one inside the other: each has a name of its own
    return f"SELECT {_case(f'{name}.subject_kind', f'{name}.subject_id', known)} FROM main.{about} {name} WHERE {name}.id = {{id}}"


def _case(kind: str, record_id: str, known: Mapping[str, str]) -> str:
    branches = " ".join(f"WHEN '{one}' THEN ({sql.replace('{id}', record_id)})" for one, sql in known.items())
    return f"CASE {kind} {branches} END"


def _texts(some: Iterable[str]) -> str:
    return ", ".join(map(_literal, some))


def _literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"

"""What happens when data leaves the station (URS C13, O02, O03, O07; P11-03)."""

from __future__ import annotations

import hashlib

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import ALL_LINES
from jope.compliance.access.scope import events_beyond
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, handles
from jope.kernel.canonical import canonical_bytes
from jope.kernel.errors import NotFoundError, PermissionDeniedError
from jope.kernel.store.uow import UnitOfWork
from jope.services.exports.commands import ExportData, Scope

_OF_SUBJECT = (
    "SELECT count(*), coalesce(min(seq), 0), coalesce(max(seq), 0), max(outcome = 'done') FROM audit_subject JOIN audit USING (seq) "
    "WHERE kind = ? AND id = ?"
)
_OF_TRAIL = "SELECT max(seq), 1, max(seq), 1 FROM audit"


@handles(ExportData, permission=Permission.DATA_EXPORT, subject=lambda c: c.filed_under, in_read_only=True)
def export_data(command: ExportData, uow: UnitOfWork, acting: Acting) -> None:
    """Note who takes what out of the station: the record, how many events stand before this one and from where to where, the request's digest.

    The event is about the exported record itself, so its own count there says how many events a complete bundle holds.

    Raises:
        NotFoundError: nothing was ever done with such a record; a refusal filed under its name does not make one.
        PermissionDeniedError: more than one record leaves, or events about it also are about records of another line, and the person's scope is
            one line. A bundle is whole or it is not made.
    """
    one = command.scope is Scope.SUBJECT
    if not one and acting.principal.line != ALL_LINES:
        raise PermissionDeniedError("The whole trail is outside the scope of one line.")
    beyond = events_beyond(uow.cursor, command.kind, command.id, acting.principal.line) if one else 0
    if beyond:
        raise PermissionDeniedError(f"{beyond} events about {command.kind} {command.id} are also about records of another line.")
    count, first, last, known = uow.cursor.execute(_OF_SUBJECT if one else _OF_TRAIL, command.filed_under if one else ()).fetchone()
    if not known:
        raise NotFoundError(f"The trail holds nothing about {command.kind} {command.id}.")
    uow.audit.record(
        Action.DATA_EXPORTED,
        command.filed_under,
        details={
            "scope": command.scope.value,
            "subject": command.subject,
            "count": count,
            "first": first,
            "last": last,
            "request": hashlib.sha256(canonical_bytes(command.request)).hexdigest(),
        },
    )

"""Read people, the station, and when people came and went."""

from __future__ import annotations

import heapq
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import ALL_LINES, Reader, needs, sensitive
from jope.compliance.audit.actions import Action
from jope.compliance.audit.queries import stretches
from jope.compliance.commands import Principal
from jope.compliance.settings.catalog import PROFILE, Settings
from jope.compliance.settings.profiles import is_expired, profile_named
from jope.kernel.errors import AuthenticationError, CredentialDueError
from jope.kernel.settings.files import StationFile

_KNOWN: Final = frozenset(p.value for p in Permission)
_GRANTS: Final = "SELECT id, kind, role, until_us FROM role_grant WHERE employee_id = ? AND from_us <= ? AND until_us > ? AND ended_us IS NULL ORDER BY id"
_GRANTED_WITHIN: Final = (
    "SELECT DISTINCT role FROM role_grant WHERE employee_id = ? AND from_us < ? AND until_us > ? AND ended_us IS NULL ORDER BY role"
)
FOR_EVER: Final = 2**62
"""An instant after every other, where an access has no end."""


@dataclass(frozen=True, slots=True)
class GrantedRole:
    """A role that a person holds for a time, until an instant in UTC microseconds."""

    grant_id: str
    kind: str
    role: str
    until_us: int


def permissions_of_role(cursor: Any, role: str) -> frozenset[Permission]:
    """What a role may do now. A permission that this program does not know is none."""
    held = cursor.execute("SELECT permission FROM role_permission WHERE role = ? AND held = 1", (role,)).fetchall()
    return frozenset(Permission(p) for (p,) in held if p in _KNOWN)


def granted_roles(cursor: Any, employee_id: str, now_us: int) -> tuple[GrantedRole, ...]:
    """The roles for a time that a person holds now."""
    return tuple(GrantedRole(*row) for row in cursor.execute(_GRANTS, (employee_id, now_us, now_us)).fetchall())


def permissions_held(cursor: Any, employee_id: str, role: str, from_us: int, until_us: int) -> frozenset[Permission]:
    """What a person of this own role may do at any time of a stretch: with every role for a time that falls into it, begun or to come."""
    rows = cursor.execute(_GRANTED_WITHIN, (employee_id, until_us, from_us)).fetchall()
    return permissions_of_role(cursor, role).union(*(permissions_of_role(cursor, granted) for (granted,) in rows))


def person_of(cursor: Any, employee_id: str, where: Principal, now_us: int) -> tuple[Principal, str]:
    """The principal and the name of a person, acting at the workstation and session of ``where``, with what they may do now.

    Raises:
        AuthenticationError: no such account.
    """
    row = cursor.execute("SELECT name, role, line, access_until_us FROM user_account WHERE employee_id = ?", (employee_id,)).fetchone()
    if row is None:
        raise AuthenticationError("Employee id or password is wrong.")
    name, role, line, until_us = row
    grants = granted_roles(cursor, employee_id, now_us)
    permissions = permissions_of_role(cursor, role).union(*(permissions_of_role(cursor, grant.role) for grant in grants))
    emergency, emergency_role = next(((grant.grant_id, grant.role) for grant in grants if grant.kind == "break_glass"), ("", ""))
    ends = [grant.until_us for grant in grants] + ([] if until_us is None else [until_us])
    principal = Principal(
        employee_id, role, permissions, ALL_LINES if emergency else line, where.session_id, where.station, where.address, where.os_user,
        deputies=tuple(grant.role for grant in grants if grant.kind == "deputy"), emergency=emergency, until_us=min(ends, default=None),
        emergency_may=permissions_of_role(cursor, emergency_role) if emergency else frozenset(), own_line=line,
    )  # fmt: skip
    return principal, name


def require_own_password(cursor: Any, employee_id: str, settings: Settings, now_us: int) -> None:
    """Let pass whose password is their own and in its time.

    Raises:
        CredentialDueError: it was given out by another person, or its time is over.
    """
    row = cursor.execute(
        "SELECT password_state, password_set_us, created_us FROM user_account WHERE employee_id = ?", (employee_id,)
    ).fetchone()
    if row is None or row[0] != "own":
        raise CredentialDueError("Your password was given to you by another person.")
    if is_expired(profile_named(settings.text(PROFILE)), row[1] or row[2], now_us):
        raise CredentialDueError("The time of your password is over.")


@dataclass(frozen=True, slots=True)
class StationRow:
    """What the store says of its station; before provisioning, what its settings file says."""

    station_id: str
    site: str
    line: str
    zone: str
    demo: bool
    provisioned: bool


def station_of(cursor: Any, settings: StationFile) -> StationRow:
    """The station's row."""
    row = cursor.execute("SELECT station_id, site, line, zone, demo FROM station").fetchone()
    if row is None:
        return StationRow(settings.station_id, settings.site, settings.line, settings.zone, False, False)
    return StationRow(row[0], row[1], row[2], row[3], bool(row[4]), True)


# --- the access log (URS A10; A11 draft 11.9) ------------------------------------------------------------------------

ACCESS_ACTIONS: Final = (
    Action.SESSION_OPENED,
    Action.SESSION_CLOSED,
    Action.SESSION_LOCKED,
    Action.SESSION_UNLOCKED,
    Action.AUTHENTICATION_FAILED,
    Action.USER_LOCKED,
    Action.USER_DISABLED,
    Action.THROTTLED,
    Action.RECOVERY_TRIED,
    Action.USERS_RECOVERED,
)
"""What the access log holds."""
ACCESS_GROUPS: Final = {
    "presence": frozenset({Action.SESSION_OPENED, Action.SESSION_CLOSED}),
    "locks": frozenset({Action.SESSION_LOCKED, Action.SESSION_UNLOCKED}),
    "failures": frozenset(
        {
            Action.AUTHENTICATION_FAILED,
            Action.USER_LOCKED,
            Action.USER_DISABLED,
            Action.THROTTLED,
            Action.RECOVERY_TRIED,
            Action.USERS_RECOVERED,
        }
    ),
}
"""What belongs together when somebody searches."""
_MOST_PEOPLE: Final = 200
_NEWEST: Final = "SELECT a.seq FROM audit a WHERE a.action = ? AND a.seq BETWEEN ? AND ?{more} ORDER BY a.seq DESC LIMIT ?"
_OF_PEOPLE: Final = " AND a.seq IN (SELECT s.seq FROM audit_subject s WHERE s.kind = 'user' AND s.id IN ({marks}))"
_WITHIN: Final = " AND json_extract(a.body, '$.utc') BETWEEN ? AND ?"
_ROWS: Final = "SELECT a.body, p.payload FROM audit a LEFT JOIN audit_payload p USING (seq) WHERE a.seq IN ({marks})"
_EVER: Final = 2**62


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One line of the access log.

    ``employee_id`` is whose session or account it is about, empty for an id that does not exist: what was typed may be a password. ``kind`` is the
    action's name. ``cause`` is why a screen was covered or a session ended (``person``, ``idle``, ``account locked``, ``access ended``, the clock), what a
    failed proof was for, or what the throttle said.
    """

    seq: int
    utc_us: int
    employee_id: str
    name: str
    kind: str
    cause: str
    outcome: str
    workstation: str
    address: str
    os_user: str


def _looked_for(arguments: Mapping[str, Any]) -> tuple[str]:
    """Whom a search looks over, where it is a person's id."""
    return (str(arguments.get("who", "")).strip(),)


@needs(Permission.AUDIT_READ)
@sensitive(_looked_for)
def access_log(
    reader: Reader,
    *,
    who: str = "",
    kind: str = "",
    since_us: int | None = None,
    until_us: int | None = None,
    limit: int = 200,
    before_seq: int | None = None,
) -> tuple[AccessRow, ...]:
    """Who came, went, was locked out or tried to get in, newest first; automatic locks and ends too.

    Args:
        reader: an open reading transaction.
        who: an employee id, or part of an id or a name; empty for everybody.
        kind: one of ``ACCESS_ACTIONS`` or ``ACCESS_GROUPS``, empty for all; another one finds nothing.
        since_us: not before this time, UTC microseconds.
        until_us: not after this time, UTC microseconds.
        limit: how many lines at most.
        before_seq: only events below this number, for the next page.
    """
    parts = stretches(reader, since_us, until_us)
    first, last = parts[0].first, parts[-1].last if before_seq is None else min(parts[-1].last, before_seq - 1)
    more, values = "", list[Any]()
    if who.strip():
        people = _people_like(reader, who.strip())
        more, values = _OF_PEOPLE.format(marks=", ".join("?" * len(people))), [*people]
    if since_us is not None or until_us is not None:
        more, values = more + _WITHIN, [*values, -_EVER if since_us is None else since_us, _EVER if until_us is None else until_us]
    wanted = [action for action in ACCESS_ACTIONS if kind in ("", action.value) or action in ACCESS_GROUPS.get(kind, ())]
    sql = _NEWEST.format(more=more)  # each action by itself: its index gives the newest first, and nothing is sorted
    found = (seq for action in wanted for (seq,) in reader.execute(sql, (action.value, first, last, *values, limit)))
    return _access_rows(reader, heapq.nlargest(limit, found))


def _people_like(reader: Reader, who: str) -> list[str]:
    """The ids of the person with this id, or of everybody whose id or name holds the text."""
    if reader.execute("SELECT 1 FROM user_account WHERE employee_id = ?", (who,)):
        return [who]
    sql = "SELECT employee_id FROM user_account WHERE instr(lower(employee_id || ' ' || name), lower(?)) > 0 ORDER BY employee_id LIMIT ?"
    return [employee_id for (employee_id,) in reader.execute(sql, (who, _MOST_PEOPLE))]


def _access_rows(reader: Reader, seqs: list[int]) -> tuple[AccessRow, ...]:
    names = dict(reader.execute("SELECT employee_id, name FROM user_account"))
    rows = reader.execute(_ROWS.format(marks=", ".join("?" * len(seqs))), seqs)
    return tuple(sorted((_access_row(json.loads(body), payload, names) for body, payload in rows), key=lambda row: -row.seq))


def _access_row(event: Mapping[str, Any], payload: str | None, names: Mapping[str, str]) -> AccessRow:
    content = json.loads(payload or "{}")
    details = content.get("details", {})
    people = [subject["id"] for subject in event["subjects"] if subject["kind"] == "user"]
    who = people[0] if people else event["actor"] if event["action"] == Action.THROTTLED.value else ""
    cause = content.get("reason") or details.get("purpose") or details.get("message") or ""
    return AccessRow(
        event["seq"], event["utc"], who, names.get(who, ""), event["action"], cause, event["outcome"], event["station"], event["address"],
        event["os_user"],
    )  # fmt: skip

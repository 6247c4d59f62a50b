"""Read people and the station."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import ALL_LINES
from jope.compliance.commands import Principal
from jope.compliance.settings.catalog import PROFILE, Settings
from jope.compliance.settings.profiles import is_expired, profile_named
from jope.kernel.errors import AuthenticationError, CredentialDueError
from jope.kernel.settings.files import StationFile

_KNOWN: Final = frozenset(p.value for p in Permission)
_GRANTS: Final = "SELECT id, kind, role, until_us FROM role_grant WHERE employee_id = ? AND from_us <= ? AND until_us > ? AND ended_us IS NULL ORDER BY id"


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
    emergency = next((grant.grant_id for grant in grants if grant.kind == "break_glass"), "")
    ends = [grant.until_us for grant in grants] + ([] if until_us is None else [until_us])
    principal = Principal(
        employee_id, role, permissions, ALL_LINES if emergency else line, where.session_id, where.station, where.address, where.os_user,
        deputies=tuple(grant.role for grant in grants if grant.kind == "deputy"), emergency=emergency, until_us=min(ends, default=None),
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

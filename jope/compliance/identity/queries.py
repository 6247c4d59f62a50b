"""Read people and the station."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jope.compliance.access.permissions import Permission
from jope.compliance.commands import Principal
from jope.kernel.errors import AuthenticationError
from jope.kernel.settings.files import StationFile


def person_of(cursor: Any, employee_id: str, where: Principal) -> tuple[Principal, str]:
    """The principal and the name of a person, acting at the workstation and session of ``where``.

    Raises:
        AuthenticationError: no such account.
    """
    row = cursor.execute("SELECT name, role, line FROM user_account WHERE employee_id = ?", (employee_id,)).fetchone()
    if row is None:
        raise AuthenticationError("Employee id or password is wrong.")
    held = cursor.execute("SELECT permission FROM role_permission WHERE role = ?", (row[1],)).fetchall()
    permissions = frozenset(Permission(p) for (p,) in held)
    return Principal(employee_id, row[1], permissions, row[2], where.session_id, where.station, where.address, where.os_user), row[0]


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

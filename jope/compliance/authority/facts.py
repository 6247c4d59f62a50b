"""What a reviewer of access is shown of each account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jope.compliance.access.conflicts import conflicts_among
from jope.compliance.access.reader import ALL_LINES
from jope.compliance.identity.queries import granted_roles, permissions_of_role
from jope.compliance.settings.catalog import DORMANT, Settings
from jope.kernel.clock import utc_text

_DAY_US: Final = 86_400_000_000
_ACCOUNTS: Final = (
    "SELECT u.employee_id, u.name, u.role, u.line, u.state, u.created_us, (SELECT max(opened_us) FROM session s WHERE s.employee_id = u.employee_id) "
    "FROM user_account u WHERE u.admitted = 1 ORDER BY u.employee_id"
)


def account_facts(cursor: Any, now_us: int, settings: Settings) -> list[dict[str, Any]]:
    """Each account that is not disabled: role, roles for a time, line, last use, whether dormant, and what does not go together."""
    limit_us = now_us - settings.number(DORMANT) * _DAY_US
    found = []
    for employee_id, name, role, line, state, created_us, used_us in cursor.execute(_ACCOUNTS).fetchall():
        granted = granted_roles(cursor, employee_id, now_us)
        held = permissions_of_role(cursor, role).union(*(permissions_of_role(cursor, grant.role) for grant in granted))
        found.append(
            {
                "employee_id": employee_id, "name": name, "role": role, "roles_for_a_time": [grant.role for grant in granted], "line": line,
                "state": state, "last_sign_in": "never" if used_us is None else utc_text(used_us),
                "dormant": (created_us if used_us is None else used_us) < limit_us, "conflicts": list(conflicts_among(held)),
            }
        )  # fmt: skip
    return found


def legible_facts(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is known of an account as (label, words), every fact of it, as whoever signs its line is shown."""
    known = {
        "employee_id": ("Employee id", str(facts["employee_id"])),
        "name": ("Name", str(facts["name"])),
        "role": ("Role", str(facts["role"])),
        "roles_for_a_time": ("Roles for a time", ", ".join(facts["roles_for_a_time"]) or "none"),
        "line": ("Line", "all lines" if facts["line"] == ALL_LINES else str(facts["line"])),
        "state": ("Account", str(facts["state"])),
        "last_sign_in": ("Last sign-in", str(facts["last_sign_in"])),
        "dormant": ("Dormant", "yes" if facts["dormant"] else "no"),
        "conflicts": ("Does not go together", "; ".join(facts["conflicts"]) or "nothing found"),
    }
    others = [(name, str(value)) for name, value in sorted(facts.items()) if name not in known]
    return [*known.values(), *others]

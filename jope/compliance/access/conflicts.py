"""Segregation of duties: permissions that nobody holds together (URS A04, A11; A11d-16; domain.md "People")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from jope.compliance.access.permissions import ADMINISTRATION, GMP_PERMISSIONS, Permission

CONFLICTS: Final = (
    (Permission.WEIGHING_PERFORM, Permission.WEIGHING_VERIFY),
    (Permission.CLEARANCE_PERFORM, Permission.CLEARANCE_VERIFY),
    (Permission.RECIPE_DRAFT, Permission.RECIPE_APPROVE),
    (Permission.LOT_RECEIVE, Permission.LOT_DISPOSE),
    (Permission.BATCH_REVIEW, Permission.BATCH_RELEASE),
    (Permission.BATCH_RELEASE, Permission.BATCH_CERTIFY),
    (Permission.WEIGHING_PERFORM, Permission.BATCH_RELEASE),
    (Permission.WEIGHING_PERFORM, Permission.BATCH_CERTIFY),
    (Permission.USER_DISABLE, Permission.BATCH_RELEASE),
    (Permission.CLOCK_PROPOSE, Permission.CLOCK_APPROVE),
    (Permission.DISPOSAL_PROPOSE, Permission.DISPOSAL_APPROVE),
    (Permission.USER_UNLOCK, Permission.UNLOCK_WITNESS),
)
"""Who does is not who checks: each pair names two permissions that are held by different people."""
QUALITY: Final = frozenset(
    {
        Permission.TRAIL_REVIEW,
        Permission.RECIPE_APPROVE,
        Permission.LOT_DISPOSE,
        Permission.BATCH_RELEASE,
        Permission.BATCH_CERTIFY,
        Permission.DEVIATION_CLOSE,
    }
)
"""Whoever approves changes from outside administration holds one of these: a helper of the administrators is not outside of them."""
_NOT_FOR_PEOPLE: Final = frozenset({Permission.SYSTEM, Permission.STATION_PROVISION})


def conflicts_among(held: Iterable[Permission]) -> tuple[str, ...]:
    """What is wrong with a person or a role that holds these permissions, in sentences without a full stop; empty for nothing."""
    permissions = frozenset(held)
    found = [f"{a.value} and {b.value} are held by different people" for a, b in CONFLICTS if {a, b} <= permissions]
    inside, gmp = permissions & ADMINISTRATION, permissions & GMP_PERMISSIONS
    if inside and gmp:
        found.append(f"administration ({min(inside)}) holds no GMP permission ({min(gmp)})")
    if Permission.CHANGE_APPROVE in permissions and not inside and not permissions & QUALITY:
        found.append(f"{Permission.CHANGE_APPROVE.value} is held inside administration or with a duty of quality ({min(QUALITY)})")
    found += [f"{permission.value} is the station's own" for permission in sorted(permissions & _NOT_FOR_PEOPLE)]
    return tuple(found)

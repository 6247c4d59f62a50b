"""The seven roles as they are shipped: data that provisioning writes into the store (URS A04; domain.md "People")."""

from __future__ import annotations

from typing import Final

from jope.compliance.access.permissions import Permission

_EVERYONE: Final = frozenset({Permission.SIGN_IN})
ROLE_TITLES: Final = {
    "operator": "Operator",
    "supervisor": "Supervisor",
    "qa": "Quality assurance",
    "qp": "Qualified person",
    "admin": "Administrator",
    "validation": "Validation",
    "inspector": "Inspector",
}
ROLE_PERMISSIONS: Final = {
    "operator": _EVERYONE
    | {
        Permission.ALARM_ACKNOWLEDGE,
        Permission.CLEARANCE_PERFORM,
        Permission.BATCH_START,
        Permission.BATCH_HOLD,
        Permission.WEIGHING_PERFORM,
        Permission.SCALE_ACT,
        Permission.BATCH_COMPLETE,
        Permission.RECORD_PRINT,
    },
    "supervisor": _EVERYONE
    | {
        Permission.ALARM_ACKNOWLEDGE,
        Permission.AUDIT_READ,
        Permission.CLOCK_PROPOSE,
        Permission.RECIPE_DRAFT,
        Permission.LOT_RECEIVE,
        Permission.BATCH_CREATE,
        Permission.BATCH_RELEASE_TO_FLOOR,
        Permission.CLEARANCE_VERIFY,
    }
    | {Permission.BATCH_HOLD, Permission.BATCH_RESTART, Permission.WEIGHING_VERIFY, Permission.BATCH_REVIEW, Permission.RECORD_PRINT},
    "qa": _EVERYONE
    | {
        Permission.ALARM_ACKNOWLEDGE,
        Permission.AUDIT_READ,
        Permission.TRAIL_REVIEW,
        Permission.CLOCK_APPROVE,
        Permission.DISPOSAL_PROPOSE,
        Permission.RECIPE_APPROVE,
        Permission.LOT_DISPOSE,
        Permission.BATCH_HOLD,
        Permission.BATCH_RELEASE,
        Permission.BATCH_REJECT,
        Permission.RECORD_PRINT,
        Permission.DATA_EXPORT,
    },
    "qp": _EVERYONE
    | {
        Permission.AUDIT_READ,
        Permission.DISPOSAL_APPROVE,
        Permission.TRAIL_REVIEW,
        Permission.BATCH_CERTIFY,
        Permission.BATCH_REJECT,
        Permission.RECORD_PRINT,
        Permission.DATA_EXPORT,
    },
    "admin": _EVERYONE | {Permission.AUDIT_READ, Permission.USER_DISABLE},
    "validation": _EVERYONE | {Permission.AUDIT_READ, Permission.RECORD_PRINT, Permission.DATA_EXPORT},
    "inspector": _EVERYONE | {Permission.AUDIT_READ, Permission.DATA_EXPORT},
}
"""Which permissions each role holds at the start."""

"""The roles as they are shipped: data that provisioning writes into the store (URS A04; domain.md "People")."""

from __future__ import annotations

from typing import Final

from jope.compliance.access.permissions import ADMINISTRATION, Permission

_EVERYONE: Final = frozenset({Permission.SIGN_IN})
INSPECTOR: Final = "inspector"
READ_ONLY_ROLES: Final = frozenset({INSPECTOR})
"""Roles that never write, whatever they hold: they come and go, read and take exports. Every question of theirs is an event (URS A13; 21 CFR 11.1(e))."""
EMERGENCY: Final = "emergency"
"""The role that break-glass gives for a time. It is nobody's own."""
EMERGENCY_MAY: Final = _EVERYONE | {
    Permission.ALARM_ACKNOWLEDGE,
    Permission.SECURITY_ACKNOWLEDGE,
    Permission.AUDIT_READ,
    Permission.USER_READ,
    Permission.TRAINING_READ,
    Permission.DEVIATION_READ,
    Permission.DEVIATION_OPEN,
    Permission.BATCH_HOLD,
    Permission.USER_DISABLE,
    Permission.BADGE_REVOKE,
    Permission.RECORD_PRINT,
}
"""All that the emergency role may ever hold, whoever approves it: what leads towards safety, and what has to be seen for it. One person takes it alone."""
ROLE_TITLES: Final = {
    "operator": "Operator",
    "supervisor": "Supervisor",
    "qa": "Quality assurance",
    "qp": "Qualified person",
    "admin": "Administrator",
    "validation": "Validation",
    "inspector": "Inspector",
    "emergency": "Emergency access",
}
ROLE_PERMISSIONS: Final = {
    "operator": _EVERYONE
    | {
        Permission.ALARM_ACKNOWLEDGE,
        Permission.CLEARANCE_PERFORM,
        Permission.BATCH_START,
        Permission.BATCH_HOLD,
        Permission.WEIGHING_PERFORM,
        Permission.LOT_HOLD,
        Permission.STOCK_MOVE,
        Permission.SCALE_ACT,
        Permission.BATCH_COMPLETE,
        Permission.DEVIATION_OPEN,
        Permission.RECORD_PRINT,
        Permission.DEVICE_HOLD,
        Permission.CHECK_PERFORM,
        Permission.EQUIPMENT_CLEAN,
        Permission.EQUIPMENT_TAKE_OUT,
        Permission.EQUIPMENT_NOTE,
    },
    "supervisor": _EVERYONE
    | {
        Permission.ALARM_ACKNOWLEDGE,
        Permission.AUDIT_READ,
        Permission.CLOCK_PROPOSE,
        Permission.RECIPE_DRAFT,
        Permission.LOT_RECEIVE,
        Permission.LOT_HOLD,
        Permission.STOCK_MOVE,
        Permission.BATCH_CREATE,
        Permission.BATCH_RELEASE_TO_FLOOR,
        Permission.CLEARANCE_VERIFY,
    }
    | {Permission.DEVICE_HOLD, Permission.DEVICE_WRITE, Permission.CALIBRATION_RECORD, Permission.CHECK_PERFORM, Permission.ALARM_SHELVE}
    | {
        Permission.EQUIPMENT_CLEAN,
        Permission.EQUIPMENT_CHECK,
        Permission.EQUIPMENT_TAKE_OUT,
        Permission.EQUIPMENT_RETURN,
        Permission.EQUIPMENT_NOTE,
    }
    | {Permission.BATCH_HOLD, Permission.BATCH_RESTART, Permission.WEIGHING_VERIFY, Permission.BATCH_REVIEW, Permission.RECORD_PRINT}
    | {
        Permission.IDENTITY_CHECK,
        Permission.UNLOCK_WITNESS,
        Permission.BREAK_GLASS,
        Permission.TRAINING_READ,
        Permission.DEVIATION_READ,
        Permission.DEVIATION_OPEN,
        Permission.DEVIATION_INVESTIGATE,
    },
    "qa": _EVERYONE
    | {
        Permission.ALARM_ACKNOWLEDGE,
        Permission.SECURITY_ACKNOWLEDGE,
        Permission.AUDIT_READ,
        Permission.TRAIL_REVIEW,
        Permission.CLOCK_APPROVE,
        Permission.DEVICE_HOLD,
        Permission.ALARM_REVIEW,
        Permission.EQUIPMENT_CHECK,
        Permission.EQUIPMENT_TAKE_OUT,
        Permission.EQUIPMENT_RETURN,
        Permission.EQUIPMENT_NOTE,
        Permission.DISPOSAL_PROPOSE,
        Permission.RECIPE_APPROVE,
        Permission.LOT_DISPOSE,
        Permission.LOT_HOLD,
        Permission.BATCH_HOLD,
        Permission.BATCH_RELEASE,
        Permission.BATCH_REJECT,
        Permission.RECORD_PRINT,
        Permission.DATA_EXPORT,
        Permission.USER_READ,
        Permission.IDENTITY_CHECK,
        Permission.BADGE_REVOKE,
        Permission.CHANGE_APPROVE,
        Permission.UNLOCK_WITNESS,
        Permission.ACCESS_REVIEW,
        Permission.TRAINING_READ,
        Permission.TRAINING_REQUEST,
        Permission.DEVIATION_READ,
        Permission.DEVIATION_OPEN,
        Permission.DEVIATION_INVESTIGATE,
        Permission.DEVIATION_CLOSE,
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
        Permission.USER_READ,
        Permission.CHANGE_APPROVE,
        Permission.TRAINING_READ,
        Permission.DEVIATION_READ,
    },
    "admin": _EVERYONE
    | ADMINISTRATION
    | {
        Permission.SECURITY_ACKNOWLEDGE,
        Permission.AUDIT_READ,
        Permission.USER_READ,
        Permission.USER_DISABLE,
        Permission.IDENTITY_CHECK,
        Permission.BADGE_REVOKE,
        Permission.READER_TEST,
        Permission.DEVICE_REQUEST,
        Permission.CHANGE_APPROVE,
        Permission.TRAINING_READ,
    },
    "validation": _EVERYONE
    | {Permission.AUDIT_READ, Permission.USER_READ, Permission.TRAINING_READ, Permission.DEVIATION_READ}
    | {Permission.RECORD_PRINT, Permission.DATA_EXPORT},
    "inspector": _EVERYONE
    | {Permission.AUDIT_READ, Permission.USER_READ, Permission.TRAINING_READ, Permission.DEVIATION_READ, Permission.DATA_EXPORT},
    # Taken by break-glass for a time, on all lines: what leads towards safety, and what has to be seen for it.
    "emergency": _EVERYONE
    | {
        Permission.ALARM_ACKNOWLEDGE,
        Permission.AUDIT_READ,
        Permission.BATCH_HOLD,
        Permission.USER_DISABLE,
        Permission.DEVIATION_OPEN,
    },
}
"""Which permissions each role holds at the start."""

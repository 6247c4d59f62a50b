"""All permissions there are. Permissions are code; which role holds which is data (URS A04; P11-05, P11-08)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """One thing a person may be allowed to do."""

    SIGN_IN = "session.use"
    ALARM_ACKNOWLEDGE = "alarm.acknowledge"
    SECURITY_ACKNOWLEDGE = "alarm.acknowledge_security"
    AUDIT_READ = "audit.read"
    RECORD_PRINT = "record.print"
    CLOCK_PROPOSE = "clock.propose_correction"
    CLOCK_APPROVE = "clock.approve_correction"
    DISPOSAL_PROPOSE = "disposal.propose"
    DISPOSAL_APPROVE = "disposal.approve"
    TRAIL_REVIEW = "trail.review"
    DATA_EXPORT = "data.export"
    USER_READ = "user.read"
    USER_DISABLE = "user.disable"
    USER_REQUEST = "user.request_change"
    USER_UNLOCK = "user.request_unlock"
    IDENTITY_CHECK = "user.check_identity"
    CREDENTIAL_ISSUE = "user.issue_credential"
    BADGE_REVOKE = "badge.revoke"
    READER_TEST = "badge.test_reader"
    ROLE_REQUEST = "role.request_change"
    SETTING_REQUEST = "setting.request_change"
    CHANGE_APPROVE = "change.approve"
    UNLOCK_WITNESS = "user.witness_unlock"
    BREAK_GLASS = "access.break_glass"
    ACCESS_REVIEW = "access.review"
    TRAINING_READ = "training.read"
    TRAINING_REQUEST = "training.request_change"
    DEVIATION_READ = "deviation.read"
    DEVIATION_OPEN = "deviation.open"
    DEVIATION_INVESTIGATE = "deviation.investigate"
    DEVIATION_CLOSE = "deviation.close"
    DEVICE_REQUEST = "device.request_change"
    DEVICE_HOLD = "device.hold"
    DEVICE_WRITE = "device.request_write"
    CALIBRATION_RECORD = "calibration.record"
    CHECK_PERFORM = "balance_check.perform"
    EQUIPMENT_CLEAN = "equipment.clean"
    EQUIPMENT_CHECK = "equipment.check_cleaning"
    EQUIPMENT_TAKE_OUT = "equipment.take_out"
    EQUIPMENT_RETURN = "equipment.return"
    EQUIPMENT_NOTE = "equipment.write_logbook"
    ALARM_SHELVE = "alarm.shelve"
    ALARM_REVIEW = "alarm.review"
    RECIPE_DRAFT = "recipe.draft"
    RECIPE_APPROVE = "recipe.approve"
    LOT_RECEIVE = "lot.receive"
    LOT_DISPOSE = "lot.disposition"
    LOT_HOLD = "lot.hold"
    STOCK_MOVE = "stock.move"
    BATCH_CREATE = "batch.create"
    BATCH_RELEASE_TO_FLOOR = "batch.release_to_floor"
    CLEARANCE_PERFORM = "clearance.perform"
    CLEARANCE_VERIFY = "clearance.verify"
    BATCH_START = "batch.start"
    BATCH_HOLD = "batch.hold"
    BATCH_RESTART = "batch.restart"
    WEIGHING_PERFORM = "weighing.perform"
    WEIGHING_VERIFY = "weighing.verify"
    SCALE_ACT = "scale.act"
    BATCH_COMPLETE = "batch.complete"
    BATCH_REVIEW = "batch.review"
    BATCH_RELEASE = "batch.release"
    BATCH_CERTIFY = "batch.certify"
    BATCH_REJECT = "batch.reject"
    STATION_PROVISION = "station.provision"
    SYSTEM = "system"
    """Held by the station's own principal alone: device events, alarms, scheduled work."""


GMP_PERMISSIONS = frozenset(Permission) - {
    Permission.SIGN_IN,
    Permission.SECURITY_ACKNOWLEDGE,
    Permission.AUDIT_READ,
    Permission.USER_READ,
    Permission.USER_DISABLE,
    Permission.USER_REQUEST,
    Permission.USER_UNLOCK,
    Permission.IDENTITY_CHECK,
    Permission.CREDENTIAL_ISSUE,
    Permission.BADGE_REVOKE,
    Permission.READER_TEST,
    Permission.ROLE_REQUEST,
    Permission.SETTING_REQUEST,
    Permission.DEVICE_REQUEST,
    Permission.CHANGE_APPROVE,
    Permission.TRAINING_READ,
    Permission.DEVIATION_READ,
    Permission.STATION_PROVISION,
    Permission.SYSTEM,
    Permission.RECORD_PRINT,
    Permission.DATA_EXPORT,
}
"""What an administrator may never hold (A11d-16)."""
ADMINISTRATION: Final = frozenset(
    {Permission.USER_REQUEST, Permission.ROLE_REQUEST, Permission.SETTING_REQUEST, Permission.CREDENTIAL_ISSUE, Permission.USER_UNLOCK}
)
"""Whoever holds one of these stands inside administration, and never approves a change alone (URS A04; A11d-16)."""

"""All actions that stand in the trail: past tense, subject first."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What happened. Values are never renamed; a new meaning gets a new value."""

    STATION_PROVISIONED = "station.provisioned"
    STATION_STARTED = "station.started"
    STATION_STOPPED = "station.stopped"

    COMMAND_DENIED = "command.denied"
    COMMAND_REFUSED = "command.refused"
    COMMAND_FAILED = "command.failed"

    SESSION_OPENED = "session.opened"
    SESSION_CLOSED = "session.closed"
    SESSION_LOCKED = "session.locked"
    SESSION_UNLOCKED = "session.unlocked"
    AUTHENTICATION_FAILED = "authentication.failed"
    THROTTLED = "security.throttled"
    USER_LOCKED = "user.locked"
    USER_DISABLED = "user.disabled"

    SIGNATURE_APPLIED = "signature.applied"
    SIGNATURE_RULES_SET = "signature.rules_set"
    STATEMENT_ISSUED = "accountability.statement_issued"
    STATEMENT_ACCEPTED = "accountability.accepted"

    LOG_HEARTBEAT = "log.heartbeat"
    LOG_ANCHORED = "log.anchored"
    LOG_ANCHOR_FAILED = "log.anchor_failed"
    KEY_ROTATED = "key.rotated"
    SCHEMA_MIGRATED = "schema.migrated"
    CLOCK_JUMPED = "clock.jumped"
    CLOCK_CORRECTION_PROPOSED = "clock.correction_proposed"
    CLOCK_CORRECTED = "clock.corrected"
    DISPOSAL_PROPOSED = "disposal.proposed"
    DISPOSAL_APPROVED = "disposal.approved"

    ALARM_RAISED = "alarm.raised"
    ALARM_RETURNED = "alarm.returned"
    ALARM_ACKNOWLEDGED = "alarm.acknowledged"
    HORN_SILENCED = "alarm.horn_silenced"
    ALARM_NOTICE_SENT = "alarm.notice_sent"
    ALARM_NOTICE_FAILED = "alarm.notice_failed"
    CHANNEL_CONFIGURED = "channel.configured"
    CHANNEL_REMOVED = "channel.removed"
    CHANNEL_TEST_ASKED = "channel.test_asked"
    CHANNEL_TESTED = "channel.tested"

    DEVICE_STATE_CHANGED = "device.state_changed"
    SCALE_ACTION_ASKED = "scale.action_asked"
    SCALE_ZEROED = "scale.zeroed"
    SCALE_TARED = "scale.tared"

    RECIPE_DRAFTED = "recipe.drafted"
    RECIPE_APPROVED = "recipe.approved"

    LOT_RECEIVED = "lot.received"
    LOT_RELEASED = "lot.released"
    LOT_REJECTED = "lot.rejected"

    BATCH_CREATED = "batch.created"
    BATCH_RELEASED_TO_FLOOR = "batch.released_to_floor"
    CLEARANCE_PERFORMED = "clearance.performed"
    CLEARANCE_VERIFIED = "clearance.verified"
    BATCH_STARTED = "batch.started"
    BATCH_HELD = "batch.held"
    BATCH_RESTARTED = "batch.restarted"
    LOT_IDENTIFIED = "weighing.lot_identified"
    WEIGHT_ACCEPTED = "weighing.accepted"
    WEIGHT_REJECTED = "weighing.rejected"
    CONTAINER_VERIFIED = "weighing.container_verified"
    MATERIAL_FINISHED = "dispensing.finished"
    MATERIAL_VERIFIED = "dispensing.verified"
    BATCH_COMPLETED = "batch.completed"
    BATCH_REVIEWED = "batch.reviewed"
    BATCH_RELEASE_SIGNED = "batch.release_signed"
    BATCH_CERTIFIED = "batch.certified"
    BATCH_REJECTED = "batch.rejected"

    RECORD_PRINTED = "record.printed"
    DATA_EXPORTED = "data.exported"
    DATA_READ = "data.read"
    SUPPORT_EXPORTED = "support.exported"
    LEDGER_VERIFICATION_BEGUN = "ledger.verification_begun"
    LEDGER_VERIFIED = "ledger.verified"
    TRAIL_REVIEWED = "trail.reviewed"
    STATION_ATTESTED = "station.attested"

"""What is written down of the anchors, with the alarms that follow (URS C03, Q02)."""

from __future__ import annotations

from typing import Final

from jope.compliance.access.permissions import Permission
from jope.compliance.alarms.handlers import raise_alarm, return_alarms
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, handles
from jope.kernel.store.uow import UnitOfWork
from jope.services.anchoring.commands import RecordAnchorFailure, RecordAnchoring

LATE: Final = "anchor"
DISAGREES: Final = "anchor_disagrees"
CLOCK: Final = "anchor_clock"
CLOCK_LIMIT_S: Final = 60
"""The station's clock and a witness's may stand this far apart (the way of the request included)."""


@handles(RecordAnchoring, permission=Permission.SYSTEM, subject=lambda c: ("anchor", c.anchor), regulated=False)
def record_anchoring(command: RecordAnchoring, uow: UnitOfWork, acting: Acting) -> None:
    """The checkpoint is kept outside the station; the anchor's alarms return. A clock that stands apart from the witness's is an alarm."""
    uow.audit.record(
        Action.LOG_ANCHORED,
        ("anchor", command.anchor),
        details={"kind": command.kind, "size": command.size, "line": command.line, "posix": command.posix, "apart_s": command.apart_s},
    )
    if command.line:
        uow.audit.cosignatures.append((command.size, command.anchor, command.posix, command.line))
    source = source_of(command.anchor)
    return_alarms(uow, acting, source=source, kinds=(LATE, DISAGREES))
    if abs(command.apart_s) <= CLOCK_LIMIT_S:
        return_alarms(uow, acting, source=source, kinds=(CLOCK,))
    else:
        text = f"The station's clock stands {command.apart_s} s from the clock of the witness {command.anchor}."
        raise_alarm(uow, acting, priority=2, source=source, kind=CLOCK, text=text)


@handles(RecordAnchorFailure, permission=Permission.SYSTEM, subject=lambda c: ("anchor", c.anchor), regulated=False)
def record_anchor_failure(command: RecordAnchorFailure, uow: UnitOfWork, acting: Acting) -> None:
    """The checkpoint is not kept; an alarm where it is due."""
    details = {"kind": command.kind, "code": command.code, "message": command.text}
    uow.audit.record(Action.LOG_ANCHOR_FAILED, ("anchor", command.anchor), details=details)
    if command.priority:
        kind = DISAGREES if command.disagrees else LATE
        raise_alarm(uow, acting, priority=command.priority, source=source_of(command.anchor), kind=kind, text=command.text)


def source_of(anchor: str) -> str:
    """The source of an anchor's alarms."""
    return f"anchor {anchor}"

"""Read how the station's clock stands to the trail (URS C12)."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.access.reader import Reader
from jope.compliance.timekeeping.handlers import VALID_US
from jope.kernel.clock import JUMP_LIMIT_US


@dataclass(frozen=True, slots=True)
class OpenCorrection:
    """A proposal that waits for its second person. Times are UTC microseconds."""

    correction_id: str
    reason: str
    proposed_by: str
    clock_us: int
    valid_until_us: int


@dataclass(frozen=True, slots=True)
class ClockState:
    """The clock and the latest time that the trail holds, UTC microseconds. ``behind``: the clock stands before the trail and regulated work waits."""

    now_us: int
    trail_us: int
    behind: bool
    proposal: OpenCorrection | None


def clock_state(reader: Reader) -> ClockState:
    """How the clock stands to the trail, and the proposal to correct it that is open, if any."""
    trail_us = reader.trail_us  # of the whole trail, whatever the reader sees of it
    behind = reader.now_us + JUMP_LIMIT_US < trail_us
    rows = reader.execute(
        "SELECT id, reason, proposal_signer, clock_us FROM clock_correction WHERE approval_signature IS NULL "
        "AND clock_us BETWEEN ? AND ? ORDER BY clock_us DESC LIMIT 1",
        (reader.now_us - VALID_US, reader.now_us),
    )
    if not behind or not rows:
        return ClockState(reader.now_us, trail_us, behind, None)
    id_, reason, signer, clock_us = rows[0]
    return ClockState(reader.now_us, trail_us, behind, OpenCorrection(id_, reason, signer, clock_us, clock_us + VALID_US))

"""The gate: which training a person lacks for an action and its signature (URS B13, I02; 21 CFR 11.10(i))."""

from __future__ import annotations

from typing import Any, Final

from jope.compliance.commands import Meaning
from jope.compliance.training.standing import Attended, SopFacts, Standing, TrainingState, in_force, standing
from jope.kernel.clock import Instant, site_date

_REQUIRED: Final = (
    "SELECT sop_id FROM training_requirement WHERE active = 1 AND kind = 'action' AND key = ?1 "
    "UNION SELECT sop_id FROM training_requirement WHERE active = 1 AND kind = 'meaning' AND key = ?2 ORDER BY 1"
)
_VERSIONS: Final = "SELECT sop_id, number, title, effective_from, state FROM sop_version WHERE sop_id = ?"
_RECORDS: Final = (
    "SELECT v.number, r.valid_until FROM sop_version v JOIN training_record r ON r.sop_version_id = v.id AND r.employee_id = ?1 "
    "WHERE v.sop_id = ?2"
)


class RecordedTraining:
    """Implements the bus's ``Training`` port from the store. ``zone`` is the site's: days end there."""

    def __init__(self, zone: str) -> None:
        self._zone = zone

    def missing(self, cursor: Any, employee_id: str, action: str, meaning: Meaning | None, now: Instant) -> str | None:
        """The first missing training in a sentence, None where none is. One look into an index where nothing is required."""
        required = cursor.execute(_REQUIRED, (action, "" if meaning is None else meaning.value)).fetchall()
        if not required:
            return None
        today = site_date(now.utc_us, self._zone)
        for (sop_id,) in required:
            found = standing_of(cursor, employee_id, sop_id, today)
            if found is not None and found.state is not TrainingState.TRAINED:
                return found.sentence(employee_id)
        return None


def standing_of(cursor: Any, employee_id: str, sop_id: str, today: str) -> Standing | None:
    """How a person stands to a procedure today, None where it asks nothing."""
    version = in_force([SopFacts(*row) for row in cursor.execute(_VERSIONS, (sop_id,)).fetchall()], today)
    if version is None:
        return None
    return standing(version, (Attended(*row) for row in cursor.execute(_RECORDS, (employee_id, sop_id)).fetchall()), today)

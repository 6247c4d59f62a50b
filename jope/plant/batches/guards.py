"""Guards of a batch: named predicates with a reason, a clause and who can resolve them. The bus refuses with them, the screen explains with them."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import or_, select

from jope.compliance.commands import GuardContext, GuardVerdict
from jope.compliance.evidence.scope import scopes_of, trail_of
from jope.kernel.clock import site_date
from jope.kernel.errors import NotFoundError
from jope.kernel.store.rows import RowSession
from jope.plant.batches.life_cycle import PROCEDURE_LIFE_CYCLE, RECORD_LIFE_CYCLE
from jope.plant.batches.model import Batch, Clearance, ProcedureState, RecordState
from jope.plant.batches.ports import Anchors
from jope.plant.devices.model import Device
from jope.plant.devices.usable import fault_of_scale
from jope.plant.materials.model import Lot, LotState
from jope.plant.recipes.model import RecipeState, RecipeVersion
from jope.plant.weighing.model import Dispense, FormulationLine, Weighing

_STARTED_SINCE_CLEARANCE = (
    "SELECT b.batch_no FROM batch b JOIN audit_subject s ON s.kind = 'formulation' AND s.id = b.batch_no JOIN audit a USING (seq) "
    "WHERE b.line = ?1 AND b.batch_no <> ?2 AND b.started_us IS NOT NULL AND a.action = 'signature.applied' AND s.seq > coalesce(("
    "SELECT min(c.seq) FROM audit_subject c JOIN audit p USING (seq) WHERE c.kind = 'clearance' AND c.id = ?3 AND p.action = 'clearance.performed'"
    "), 0) LIMIT 1"
)
"""A start is signed on the formulation that it freezes: one event per started batch."""
_LAST_CHANGE = (
    "SELECT s.seq FROM audit_subject s JOIN audit a USING (seq) WHERE s.kind = 'batch' AND s.id = ? "
    "AND json_extract(a.body, '$.next') IS NOT NULL ORDER BY s.seq DESC LIMIT 1"
)
"""The newest event that changed a batch or something of it; a refused attempt changes nothing."""


def batch_named(session: RowSession, batch_no: str) -> Batch:
    """A batch by its number.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(Batch, batch_no)
    if found is None:
        raise NotFoundError(f"There is no batch {batch_no}.")
    return found


def clearance_of(session: RowSession, batch_no: str) -> Clearance | None:
    """The line clearance of a batch, None before it was performed."""
    return session.scalar(select(Clearance).where(Clearance.batch_no == batch_no))


class InState:
    """The life cycles have the arrow that the command fires."""

    def __init__(self, *, record: str | None = None, procedure: str | None = None) -> None:
        self._record = record
        self._procedure = procedure

    def __call__(self, command: Any, context: GuardContext) -> GuardVerdict | None:
        """Refuse a move that the tables do not hold."""
        batch = batch_named(context.session, command.batch_no)
        record_ok = self._record is None or RECORD_LIFE_CYCLE.allows(batch.record_state, self._record)
        procedure_ok = self._procedure is None or PROCEDURE_LIFE_CYCLE.allows(batch.procedure_state, self._procedure)
        if record_ok and procedure_ok:
            return None
        state = f"{batch.record_state}, {batch.procedure_state}"
        return GuardVerdict("in_state", f"The batch is {state}.", "Finish the step that comes first.", "11.10(f)")


def batch_is_ready(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Clearance happens between release to the floor and start."""
    batch = batch_named(context.session, command.batch_no)
    if batch.record_state == RecordState.READY:
        return None
    return GuardVerdict("batch_is_ready", f"The batch is {batch.record_state}.", "A supervisor releases it to the floor first.", "11.10(f)")


def clearance_is_open(command: Any, context: GuardContext) -> GuardVerdict | None:
    """A line is cleared once for a batch."""
    if clearance_of(context.session, command.batch_no) is None:
        return None
    return GuardVerdict("clearance_is_open", "The clearance is performed already.", "A second person verifies it.", "211.130")


def every_check_passed(command: Any, context: GuardContext) -> GuardVerdict | None:
    """All checks of the line are answered and passed."""
    if all(answer.passed for answer in command.answers) and command.answers:
        return None
    return GuardVerdict("every_check_passed", "A check did not pass.", "Clear the line until every check passes.", "211.130")


def clearance_is_performed(command: Any, context: GuardContext) -> GuardVerdict | None:
    """The second person verifies what the first one performed."""
    clearance = clearance_of(context.session, command.batch_no)
    if clearance is None:
        return GuardVerdict("clearance_is_performed", "The clearance is not performed yet.", "The operator performs it first.", "211.130")
    if clearance.verified_signature is not None:
        return GuardVerdict("clearance_is_performed", "The clearance is verified already.", "Nothing is left to do.", "211.130")
    return None


def clearance_verifier_is_another(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Performer and verifier are two people (URS B07)."""
    clearance = clearance_of(context.session, command.batch_no)
    if clearance is None or clearance.performed_signer != context.principal.employee_id:
        return None
    return GuardVerdict(
        "clearance_verifier_is_another",
        "You performed this clearance yourself.",
        "A second, qualified person verifies it.",
        "211.188(b)(11)",
    )


def line_is_cleared(command: Any, context: GuardContext) -> GuardVerdict | None:
    """All checks passed, performed and verified by two people (URS G01)."""
    clearance = clearance_of(context.session, command.batch_no)
    if clearance is not None and clearance.verified_signature is not None:
        return None
    return GuardVerdict(
        "line_is_cleared", "The line is not cleared.", "The operator performs the line clearance, a second person verifies it.", "211.130"
    )


def line_is_free(command: Any, context: GuardContext) -> GuardVerdict | None:
    """One batch runs on a line at a time."""
    batch = batch_named(context.session, command.batch_no)
    busy = context.session.scalar(
        select(Batch.batch_no).where(
            Batch.line == batch.line, Batch.record_state == RecordState.IN_EXECUTION, Batch.batch_no != batch.batch_no
        )
    )
    if busy is None:
        return None
    return GuardVerdict("line_is_free", f"Batch {busy} is running on this line.", "Complete that batch first.", "211.130")


def clearance_is_fresh(command: Any, context: GuardContext) -> GuardVerdict | None:
    """No other batch was on the line since it was cleared for this one (URS G01). Order is the trail's, not the clock's."""
    clearance = clearance_of(context.session, command.batch_no)
    if clearance is None:
        return None
    other = context.session.value(_STARTED_SINCE_CLEARANCE, clearance.line, clearance.batch_no, clearance.id)
    if other is None:
        return None
    text = f"Batch {other} was started on this line after it was cleared for this batch."
    return GuardVerdict("clearance_is_fresh", text, "Plan this batch anew and clear the line for it.", "211.130")


def recipe_is_effective(command: Any, context: GuardContext) -> GuardVerdict | None:
    """A batch is made by the master recipe that is effective at its start, not by one that was superseded meanwhile (URS E01, E02)."""
    recipe = context.session.get_one(RecipeVersion, batch_named(context.session, command.batch_no).recipe_version_id)
    if recipe.state == RecipeState.EFFECTIVE:
        return None
    text = f"Version {recipe.number} of recipe {recipe.recipe_id} is {recipe.state}."
    return GuardVerdict("recipe_is_effective", text, "Plan a batch of the effective version.", "211.186(a)")


def scale_is_in_calibration(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Every scale of the line is in use, in calibration, and passed its last check in time (URS F07, J02)."""
    batch = batch_named(context.session, command.batch_no)
    today = site_date(context.now.utc_us, context.zone)
    scales = select(Device).where(Device.line == batch.line, Device.unit != "", Device.retired_us.is_(None)).order_by(Device.device_id)
    for device in context.session.scalars(scales):
        fault = fault_of_scale(device, context.now.utc_us, today)
        if fault is not None:
            return GuardVerdict("scale_is_in_calibration", fault.message, fault.remedy, "211.68(a)")
    return None


def restarter_is_another(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Away from safety a second person is needed: not the one who held the batch."""
    last = context.session.value(
        "SELECT performed_by FROM batch_transition WHERE batch_no = ? AND command = 'hold' ORDER BY n DESC LIMIT 1", command.batch_no
    )
    if last != context.principal.employee_id:
        return None
    return GuardVerdict("restarter_is_another", "You held this batch yourself.", "Another supervisor restarts it.", "211.192")


def materials_are_verified(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Each material of the formulation is dispensed, signed and verified (URS E05)."""
    positions = context.session.scalars(select(FormulationLine.position).where(FormulationLine.batch_no == command.batch_no))
    for position in positions:
        row = context.session.get(Dispense, f"{command.batch_no}:{position}")
        if row is None or row.verified_signature is None:
            return GuardVerdict(
                "materials_are_verified", f"Material {position} is not verified.", "Dispense, sign and verify it.", "211.188"
            )
    return None


def batch_is_reviewed(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Production has reviewed the record before QA releases it."""
    if batch_named(context.session, command.batch_no).reviewed_by is not None:
        return None
    return GuardVerdict("batch_is_reviewed", "The record is not reviewed yet.", "A supervisor reviews it.", "211.192")


def trail_is_reviewed(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Somebody who took no part has read the batch's audit trail, and nothing was done to the batch since (URS C09; A11d-23)."""
    trail = trail_of(context.session.cursor, scopes_of(context.ports), "batch", command.batch_no)
    seen = context.session.value(
        "SELECT max(up_to_seq) FROM trail_review WHERE subject_kind = 'batch' AND subject_id = ?", command.batch_no
    )
    unseen = () if seen is None else trail.after(int(seen))
    if seen is not None and not unseen:
        return None
    text = (
        "The audit trail of this batch is not reviewed."
        if seen is None
        else f"Event #{unseen[0].seq} came after the review of the audit trail."
    )
    return GuardVerdict("trail_is_reviewed", text, "Quality assurance reviews the trail, exceptions first, and signs it.", "A11 draft 12.8")


def batch_is_unreviewed(command: Any, context: GuardContext) -> GuardVerdict | None:
    """A record is reviewed once."""
    if batch_named(context.session, command.batch_no).reviewed_by is None:
        return None
    return GuardVerdict("batch_is_unreviewed", "The record is reviewed already.", "QA releases it.", "211.192")


def lots_are_released(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Every lot that was weighed into the batch is still released; one may be rejected after its weighing (URS G05, G07)."""
    used = select(Weighing.lot_no).where(Weighing.batch_no == command.batch_no, Weighing.accepted == 1)
    stands = or_(Lot.state != LotState.RELEASED, Lot.hold_id.is_not(None))
    lot = context.session.scalar(select(Lot).where(Lot.lot_no.in_(used), stands).order_by(Lot.lot_no))
    if lot is None:
        return None
    if lot.state == LotState.RELEASED:
        text = f"Lot {lot.lot_no} in this batch is on hold."
        return GuardVerdict("lots_are_released", text, "Quality assurance decides about the lot first.", "211.192")
    return GuardVerdict("lots_are_released", f"Lot {lot.lot_no} in this batch is {lot.state}.", "Reject the batch.", "211.192")


def release_is_unsigned(command: Any, context: GuardContext) -> GuardVerdict | None:
    """The first release signature is given once."""
    if batch_named(context.session, command.batch_no).release_signature is None:
        return None
    return GuardVerdict(
        "release_is_unsigned", "The first release signature stands already.", "The qualified person certifies.", "111.123(a)(8)"
    )


def release_is_signed(command: Any, context: GuardContext) -> GuardVerdict | None:
    """The second release signature follows the first."""
    if batch_named(context.session, command.batch_no).release_signature is not None:
        return None
    return GuardVerdict("release_is_signed", "The first release signature is missing.", "QA signs the release first.", "111.123(a)(8)")


def releaser_took_no_part(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Who dispensed in a batch or reviewed it does not release it (domain.md "People")."""
    who = context.principal.employee_id
    weighed = context.session.scalar(
        select(Weighing.id).where(Weighing.batch_no == command.batch_no, Weighing.performed_by == who).limit(1)
    )
    if weighed is None and batch_named(context.session, command.batch_no).reviewed_by != who:
        return None
    return GuardVerdict("releaser_took_no_part", "You took part in this batch.", "Another person of the quality unit signs.", "211.22(a)")


def certifier_is_another(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Two different people release (URS G02, G03)."""
    if batch_named(context.session, command.batch_no).release_signer != context.principal.employee_id:
        return None
    return GuardVerdict(
        "certifier_is_another", "You gave the first release signature yourself.", "Another person certifies.", "111.123(a)(8)"
    )


def procedure_is_running(batch: Batch) -> bool:
    """Whether material may be dispensed for the batch."""
    return batch.record_state == RecordState.IN_EXECUTION and batch.procedure_state == ProcedureState.RUNNING


def record_is_anchored(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Where the site's policy says so, what was recorded of the batch is kept outside the station before it is released."""
    anchors = cast("Anchors", context.ports["anchors"])
    if not anchors.needed:
        return None
    last, reach = int(context.session.value(_LAST_CHANGE, command.batch_no) or 0), anchors.reach(context.session)
    if reach >= last:
        return None
    message = f"The batch's record reaches event {last} of the trail, and no anchor holds more than {reach} events yet."
    return GuardVerdict(
        "record_is_anchored", message, "Wait a moment and try again; if it stays, QA looks at the anchor's alarm.", "11.10(c)"
    )

"""The one obvious next action on a batch."""

from __future__ import annotations

from enum import StrEnum

from jope.plant.batches.queries import BatchView, ClearanceView
from jope.plant.weighing.queries import DispensingView
from jope_ui.widgets.state_words import plain_state


class NextStep(StrEnum):
    """What the page offers as its primary action."""

    RELEASE_TO_FLOOR = "release_to_floor"
    CLEARANCE = "clearance"
    START = "start"
    DISPENSE = "dispense"
    COMPLETE = "complete"
    RESTART = "restart"
    REVIEW = "review"
    RELEASE = "release"
    PRINT = "print"


def cleared(clearance: ClearanceView | None) -> bool:
    """Whether both signatures of the line clearance stand."""
    return clearance is not None and all(one is not None and one.valid for one in (clearance.performed, clearance.verified))


def all_dispensed(dispensing: DispensingView | None) -> bool:
    """Whether every material is signed and verified."""
    return dispensing is not None and bool(dispensing.materials) and all(one.state == "done" for one in dispensing.materials)


def reviewed(view: BatchView) -> bool:
    """Whether the production review is signed."""
    return any(one.meaning == "review" and one.valid for one in view.signatures)


def next_step(view: BatchView, clearance: ClearanceView | None, dispensing: DispensingView | None) -> NextStep:
    """Worked out from the states; whether it is allowed now is the station's word."""
    record, procedure = plain_state(view.record_state), plain_state(view.procedure_state)
    if record == "planned":
        return NextStep.RELEASE_TO_FLOOR
    if record == "ready":
        return NextStep.START if cleared(clearance) else NextStep.CLEARANCE
    if record == "inexecution":
        if procedure in ("held", "holding"):
            return NextStep.RESTART
        return NextStep.COMPLETE if all_dispensed(dispensing) else NextStep.DISPENSE
    if record == "inreview":
        return NextStep.RELEASE if reviewed(view) else NextStep.REVIEW
    return NextStep.PRINT

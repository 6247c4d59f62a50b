"""The two machines of a batch: the record's life cycle and the procedure's ISA-88 states. Pure."""

from __future__ import annotations

from jope.kernel.workflow import Arrow, LifeCycle
from jope.plant.batches.model import ProcedureState as P
from jope.plant.batches.model import RecordState as R

RECORD_LIFE_CYCLE = LifeCycle(
    "Batch record",
    initial=R.PLANNED,
    states=[s.value for s in R],
    arrows=[
        Arrow("release_to_floor", R.PLANNED, R.READY),
        Arrow("start", R.READY, R.IN_EXECUTION),
        Arrow("complete", R.IN_EXECUTION, R.IN_REVIEW),
        Arrow("certify", R.IN_REVIEW, R.RELEASED),
        Arrow("reject", R.IN_REVIEW, R.REJECTED),
    ],
)
"""Planned -> Ready -> InExecution -> InReview -> Released or Rejected. Voiding and aborting come with the batch record's own issue."""

PROCEDURE_LIFE_CYCLE = LifeCycle(
    "Procedure",
    initial=P.IDLE,
    states=[s.value for s in P],
    arrows=[
        Arrow("start", P.IDLE, P.RUNNING),
        Arrow("hold", P.RUNNING, P.HOLDING),
        Arrow("held", P.HOLDING, P.HELD),
        Arrow("restart", P.HELD, P.RESTARTING),
        Arrow("restarted", P.RESTARTING, P.RUNNING),
        Arrow("complete", P.RUNNING, P.COMPLETE),
    ],
)
"""ISA-88: Holding and Restarting are passed at once here, because a manual line has no equipment phase to wait for."""

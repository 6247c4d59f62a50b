"""States and arrows of a lot."""

from __future__ import annotations

from jope.kernel.workflow import Arrow, LifeCycle
from jope.plant.materials.model import LotState

LOT_LIFE_CYCLE = LifeCycle(
    "Lot",
    initial=LotState.QUARANTINE,
    states=[s.value for s in LotState],
    arrows=[
        Arrow("release", LotState.QUARANTINE, LotState.RELEASED),
        Arrow("reject", LotState.QUARANTINE, LotState.REJECTED),
        Arrow("reject", LotState.RELEASED, LotState.REJECTED),
    ],
)

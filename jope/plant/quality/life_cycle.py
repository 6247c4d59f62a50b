"""The life cycle of a deviation. Pure."""

from __future__ import annotations

from jope.kernel.workflow import Arrow, LifeCycle
from jope.plant.quality.model import DeviationState as S

DEVIATION_LIFE_CYCLE = LifeCycle(
    "Deviation",
    initial=S.OPEN,
    states=[s.value for s in S],
    arrows=[
        Arrow("classify", S.OPEN, S.CLASSIFIED),
        Arrow("investigate", S.CLASSIFIED, S.INVESTIGATED),
        Arrow("close", S.INVESTIGATED, S.CLOSED),
        Arrow("void", S.OPEN, S.VOIDED),
    ],
)
"""open -> classified -> investigated -> closed; voided from open alone."""

"""What is due at the scale."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from jope.plant.weighing.queries import DispensingView, MaterialStepView, WeighingView


class Due(StrEnum):
    """The one thing that has to happen next."""

    IDENTIFY = "identify"
    WEIGH = "weigh"
    VERIFY_CONTAINER = "verify_container"
    FINISH = "finish"
    VERIFY = "verify"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Scene:
    """The material that is due and what is due with it."""

    due: Due
    material: MaterialStepView | None
    open_weighing: WeighingView | None


def scene(view: DispensingView) -> Scene:
    """The first material that is not done decides."""
    for material in view.materials:
        if material.state in ("done", "waiting"):
            continue
        open_weighing = next((one for one in material.weighings if one.accepted and one.verified is None), None)
        return Scene(Due(material.state), material, open_weighing)
    return Scene(Due.NOTHING, view.materials[-1] if view.materials else None, None)

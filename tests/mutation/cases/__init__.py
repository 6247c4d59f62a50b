"""What each guard must say, in every state that decides it."""

from __future__ import annotations

from tests.mutation.cases import (
    authority,
    changes,
    devices,
    equipment,
    keeping,
    labels,
    materials,
    people,
    plant,
    quality,
    recovery,
    training,
)
from tests.mutation.world import Case, World


def all_cases(world: World) -> list[Case]:
    """The cases of every room."""
    return [
        case
        for room in (changes, people, authority, keeping, recovery, training, quality, plant, devices, equipment, labels, materials)
        for case in room.cases(world)
    ]

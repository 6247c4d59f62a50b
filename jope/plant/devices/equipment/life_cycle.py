"""The life cycle of a unit of equipment. Pure."""

from __future__ import annotations

from jope.kernel.workflow import Arrow, LifeCycle
from jope.plant.devices.equipment.model import EquipmentState as S

EQUIPMENT_LIFE_CYCLE = LifeCycle(
    "Equipment",
    initial=S.DIRTY,
    states=[s.value for s in S],
    arrows=[
        Arrow("begin_cleaning", S.DIRTY, S.BEING_CLEANED),
        Arrow("begin_cleaning", S.CLEAN, S.BEING_CLEANED),
        Arrow("finish_cleaning", S.BEING_CLEANED, S.TO_CHECK),
        Arrow("check_cleaning", S.TO_CHECK, S.CLEAN),
        Arrow("take", S.CLEAN, S.IN_USE),
        Arrow("release", S.IN_USE, S.DIRTY),
        Arrow("report_dirty", S.CLEAN, S.DIRTY),
        Arrow("report_dirty", S.BEING_CLEANED, S.DIRTY),
        Arrow("report_dirty", S.TO_CHECK, S.DIRTY),
        *(Arrow("begin_maintenance", s, S.IN_MAINTENANCE) for s in S if s is not S.IN_MAINTENANCE),
        Arrow("end_maintenance", S.IN_MAINTENANCE, S.DIRTY),
    ],
)
"""Clean -> in use -> dirty -> being cleaned -> to be checked -> clean. Every use and every maintenance ends dirty (docs/adr/0031)."""

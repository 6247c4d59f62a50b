"""The life cycle of equipment and how a unit stands at a time, without a store (URS E15; 21 CFR 211.67, 211.182)."""

from __future__ import annotations

from typing import Any

import pytest

from jope.kernel.errors import TransitionError
from jope.plant.devices.equipment.fitness import HOUR_US, Status, UnitFacts, clean_until_us, status_of
from jope.plant.devices.equipment.life_cycle import EQUIPMENT_LIFE_CYCLE
from jope.plant.devices.equipment.model import EquipmentState as S

ARROWS = {
    (S.DIRTY, "begin_cleaning"): S.BEING_CLEANED,
    (S.CLEAN, "begin_cleaning"): S.BEING_CLEANED,
    (S.BEING_CLEANED, "finish_cleaning"): S.TO_CHECK,
    (S.TO_CHECK, "check_cleaning"): S.CLEAN,
    (S.CLEAN, "take"): S.IN_USE,
    (S.IN_USE, "release"): S.DIRTY,
    (S.CLEAN, "report_dirty"): S.DIRTY,
    (S.BEING_CLEANED, "report_dirty"): S.DIRTY,
    (S.TO_CHECK, "report_dirty"): S.DIRTY,
    (S.CLEAN, "begin_maintenance"): S.IN_MAINTENANCE,
    (S.IN_USE, "begin_maintenance"): S.IN_MAINTENANCE,
    (S.DIRTY, "begin_maintenance"): S.IN_MAINTENANCE,
    (S.BEING_CLEANED, "begin_maintenance"): S.IN_MAINTENANCE,
    (S.TO_CHECK, "begin_maintenance"): S.IN_MAINTENANCE,
    (S.IN_MAINTENANCE, "end_maintenance"): S.DIRTY,
}


@pytest.mark.req("E15", "E03", "P11-07")
def test_only_these_arrows_exist_and_nothing_gets_clean_but_by_a_check() -> None:
    triggers = sorted({trigger for _, trigger in ARROWS})
    for state in S:
        for trigger in triggers:
            target = ARROWS.get((state, trigger))
            if target is None:
                with pytest.raises(TransitionError):
                    EQUIPMENT_LIFE_CYCLE.next(state, trigger)
            else:
                assert EQUIPMENT_LIFE_CYCLE.next(state, trigger) == target
    assert [trigger for (_, trigger), target in ARROWS.items() if target is S.CLEAN] == ["check_cleaning"]
    assert EQUIPMENT_LIFE_CYCLE.initial == S.DIRTY


def facts(state: S = S.CLEAN, **changed: Any) -> UnitFacts:
    """A unit that was checked at hour 10 and is clean for 4 h."""
    given: dict[str, Any] = {
        "equipment_id": "MX-1", "state": state.value, "batch_no": "", "cleaned_us": 10 * HOUR_US, "hold_hours": 4, "cleaned_hold_hours": 4,
        "cleaned_by": "D-OPER", "ever_clean": True,
    }  # fmt: skip
    return UnitFacts(**(given | changed))


@pytest.mark.req("E15")
@pytest.mark.parametrize(
    ("changed", "at", "status"),
    [
        ({}, 14 * HOUR_US - 1, Status.CLEAN),
        ({}, 14 * HOUR_US, Status.HOLD_EXPIRED),
        ({"hold_hours": 2}, 12 * HOUR_US, Status.HOLD_EXPIRED),
        ({"hold_hours": 9}, 14 * HOUR_US, Status.HOLD_EXPIRED),
        ({"cleaned_us": None}, 0, Status.HOLD_EXPIRED),
        ({"state": S.IN_USE}, 99 * HOUR_US, Status.IN_USE),
        ({"state": S.DIRTY}, 0, Status.DIRTY),
        ({"state": S.BEING_CLEANED}, 0, Status.BEING_CLEANED),
        ({"state": S.TO_CHECK}, 0, Status.TO_CHECK),
        ({"state": S.IN_MAINTENANCE}, 0, Status.IN_MAINTENANCE),
    ],
    ids=str,
)
def test_a_clean_hold_ends_by_the_clock_and_the_shorter_limit_counts(changed: dict[str, Any], at: int, status: Status) -> None:
    assert status_of(facts(**changed), at) is status


@pytest.mark.req("E15")
def test_the_end_of_a_hold_is_known_beforehand() -> None:
    assert clean_until_us(facts()) == 14 * HOUR_US
    assert clean_until_us(facts(cleaned_us=None)) is None

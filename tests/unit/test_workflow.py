"""The wrapper over the state machine library fails closed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jope.kernel.errors import TransitionError
from jope.plant.batches.life_cycle import PROCEDURE_LIFE_CYCLE, RECORD_LIFE_CYCLE
from jope.plant.materials.life_cycle import LOT_LIFE_CYCLE

_CYCLES = (RECORD_LIFE_CYCLE, PROCEDURE_LIFE_CYCLE, LOT_LIFE_CYCLE)


@pytest.mark.req("P11-07", "E03")
@given(
    st.sampled_from(_CYCLES),
    st.lists(st.sampled_from(sorted({a.trigger for c in _CYCLES for a in c.arrows} | {"to_Released", "reset", ""}))),
)
def test_random_triggers_never_reach_a_state_that_the_table_does_not_lead_to(cycle: object, triggers: list[str]) -> None:
    assert cycle in _CYCLES
    table = {(a.trigger, a.source): a.target for a in cycle.arrows}
    state = cycle.initial
    for trigger in triggers:
        try:
            state = cycle.next(state, trigger)
        except TransitionError:
            assert (trigger, state) not in table
        else:
            assert state in table.values()


@pytest.mark.req("P11-07")
def test_every_arrow_moves_and_every_other_pair_raises() -> None:
    for cycle in _CYCLES:
        triggers = {a.trigger for a in cycle.arrows}
        for state in cycle.states:
            for trigger in triggers:
                target = next((a.target for a in cycle.arrows if (a.source, a.trigger) == (state, trigger)), None)
                assert cycle.allows(state, trigger) == (target is not None)
                if target is None:
                    with pytest.raises(TransitionError):
                        cycle.next(state, trigger)
                else:
                    assert cycle.next(state, trigger) == target


@pytest.mark.req("P11-07")
def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(TransitionError):
        RECORD_LIFE_CYCLE.next("Nowhere", "start")

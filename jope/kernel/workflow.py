"""State machines: ``transitions`` behind one wrapper that raises.

The library by itself returns False when a condition is false and adds ``to_<state>()`` jumps past every guard; here a move that the table does not hold is
an error and there are no jumps (house.md "State machines"; URS E03; P11-07). Guards of a command are declared on the command; the table says
only which arrows exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transitions import Machine, MachineError

from jope.kernel.errors import TransitionError


@dataclass(frozen=True, slots=True)
class Arrow:
    """One transition: a trigger that leads from one state to another."""

    trigger: str
    source: str
    target: str


class _Model:
    state: str


class LifeCycle:
    """A table of arrows over named states. Pure: it holds no state of its own and may be shared by threads."""

    def __init__(self, name: str, *, initial: str, states: Sequence[str], arrows: Sequence[Arrow]) -> None:
        self.name = name
        # Plain texts: the library takes members of an Enum for another kind of state.
        self.initial = str(initial)
        self.states = tuple(str(state) for state in states)
        self.arrows = tuple(Arrow(a.trigger, str(a.source), str(a.target)) for a in arrows)
        self._machine = Machine(
            model=None,
            states=list(self.states),
            initial=self.initial,
            auto_transitions=False,
            send_event=False,
            ignore_invalid_triggers=False,
            transitions=[{"trigger": a.trigger, "source": a.source, "dest": a.target} for a in self.arrows],
        )

    def next(self, state: str, trigger: str) -> str:
        """The state after the trigger.

        Raises:
            TransitionError: the table has no such arrow, or the state is unknown.
        """
        model = _Model()
        if state not in self.states:
            raise TransitionError(f"{self.name}: '{state}' is not a state.")
        self._machine.add_model(model, initial=state)
        try:
            moved = self._machine.events[trigger].trigger(model) if trigger in self._machine.events else False
        except MachineError as error:
            raise TransitionError(f"{self.name}: '{trigger}' does not lead on from {state}.") from error
        finally:
            self._machine.remove_model(model)
        if not moved:
            raise TransitionError(f"{self.name}: '{trigger}' does not lead on from {state}.")
        return model.state

    def allows(self, state: str, trigger: str) -> bool:
        """Whether the table has the arrow."""
        return any(a.source == state and a.trigger == trigger for a in self.arrows)

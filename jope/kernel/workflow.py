"""State machines: ``transitions`` behind one wrapper that raises.

The library by itself returns False when a condition is false and adds ``to_<state>()`` jumps past every guard; here a move that the table does not hold is
an error and there are no jumps (house.md "State machines"; URS E03; P11-07). Guards of a command are declared on the command; the table says
only which arrows exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transitions import Machine

from jope.kernel.errors import TransitionError


@dataclass(frozen=True, slots=True)
class Arrow:
    """One transition: a trigger that leads from one state to another."""

    trigger: str
    source: str
    target: str


class LifeCycle:
    """A table of arrows over named states. Pure: it holds no state of its own and may be shared by threads."""

    def __init__(self, name: str, *, initial: str, states: Sequence[str], arrows: Sequence[Arrow]) -> None:
        self.name = name
        # Plain texts: the library takes members of an Enum for another kind of state.
        self.initial = str(initial)
        self.states = tuple(str(state) for state in states)
        self.arrows = tuple(Arrow(a.trigger, str(a.source), str(a.target)) for a in arrows)
        machine = Machine(
            model=None,
            states=list(self.states),
            initial=self.initial,
            auto_transitions=False,
            send_event=False,
            ignore_invalid_triggers=False,
            transitions=[{"trigger": a.trigger, "source": a.source, "dest": a.target} for a in self.arrows],
        )
        # The library checks the table; moving is a look-up in what it made of it, because its own trigger costs a hundred microseconds.
        self._next = {
            (source, trigger): str(found[0].dest)
            for trigger, event in machine.events.items()
            for source, found in event.transitions.items()
            if len(found) == 1
        }
        if len(self._next) != len(self.arrows):
            raise TypeError(f"{name}: a state has two arrows for one trigger")

    def next(self, state: str, trigger: str) -> str:
        """The state after the trigger.

        Raises:
            TransitionError: the table has no such arrow, or the state is unknown.
        """
        target = self._next.get((state, trigger))
        if target is None:
            raise TransitionError(f"{self.name}: '{trigger}' does not lead on from {state}.")
        return target

    def allows(self, state: str, trigger: str) -> bool:
        """Whether the table has the arrow."""
        return (state, trigger) in self._next

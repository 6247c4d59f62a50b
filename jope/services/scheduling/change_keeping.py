"""What the station does with change requests by itself: executes the approved ones, ends those whose time is over, notes missed approvals.

An approval executes its request at once; what a stopped process left approved is executed at the next tick.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

import structlog

from jope.compliance.access.reader import Reader
from jope.compliance.changes.commands import ChangeOutcome, ExecuteChange, ExpireChange, NoteMissedRatification
from jope.compliance.changes.queries import change, due_changes
from jope.compliance.commands import Command
from jope.compliance.people.commands import EndAccess
from jope.compliance.people.queries import ended_access
from jope.kernel.errors import JopeError

log = structlog.get_logger("jope.changes")
_COMMANDS: Final = {"execute": ExecuteChange, "expire": ExpireChange, "missed": NoteMissedRatification}


class ChangeKeeper:
    """Keeps change requests, and accounts with a last day, in step with the time."""

    def __init__(
        self,
        dispatch: Callable[[Command], object],
        reading: Callable[[], AbstractContextManager[Reader]],
        read_only: Callable[[], str],
    ) -> None:
        self._dispatch = dispatch
        self._reading = reading
        self._read_only = read_only

    def execute(self, request_id: str) -> ChangeOutcome:
        """Execute an approved request now, and say where it stands. What stands against it is in the trail and in the outcome."""
        try:
            done: Any = self._dispatch(ExecuteChange(request_id=request_id))
        except JopeError as error:
            with self._reading() as reader:
                state = change(reader, request_id=request_id).state
            return ChangeOutcome(request_id, state, error.message)
        outcome: ChangeOutcome = done
        return outcome

    def tick(self) -> None:
        """Do what is due."""
        if self._read_only():
            return
        with self._reading() as reader:
            due, over = due_changes(reader), ended_access(reader)
        for what, request_id in due:
            self._try(_COMMANDS[what](request_id=request_id))
        for employee_id in over:
            self._try(EndAccess(employee_id=employee_id))

    def _try(self, command: Command) -> None:
        try:
            self._dispatch(command)
        except JopeError as error:  # it is in the trail; what comes after it is done all the same
            log.warning("not done", command=type(command).__name__, code=error.code)

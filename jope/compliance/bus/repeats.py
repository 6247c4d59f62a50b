"""Repeated commands: an id that comes again returns its first outcome, to the same person and for the same command alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, get_type_hints

from jope.compliance.bus.asked import asked_by
from jope.compliance.bus.outcomes import error_of, legible, result_of, storable_command
from jope.compliance.commands import Command, Declaration, Outcome, Principal
from jope.kernel.errors import JopeError, ReusedCommandError

_FIRST_OUTCOME = (
    "SELECT json_extract(a.body, '$.outcome'), p.payload, a.actor, json_extract(a.body, '$.session') "
    "FROM command_outcome o JOIN audit a USING (seq) JOIN audit_payload p USING (seq) "
    "WHERE o.command_id = ?"
)


class RepeatedCommandError(Exception):
    """Carries the first outcome of a repeated command past the refusals."""

    def __init__(self, again: Callable[[], Any]) -> None:
        super().__init__("repeated")
        self.again = again


def asked(command: Command, declaration: Declaration) -> dict[str, str]:
    """What must be the same when a command's id comes again. What was typed at sign-in is not told, not even as a digest."""
    return asked_by(command, {} if declaration.authenticates else legible(storable_command(command)))


def has_outcome(cursor: Any, command_id: str) -> bool:
    """Whether the trail holds an outcome under this id."""
    return cursor.execute(_FIRST_OUTCOME, (command_id,)).fetchone() is not None


def require_first(cursor: Any, command: Command, declaration: Declaration, holder: Principal | None) -> None:
    """Let a command pass whose id is new.

    Raises:
        RepeatedCommandError: it was given before; carries its first outcome.
        ReusedCommandError: the id was another command's, or somebody else's.
    """
    row = cursor.execute(_FIRST_OUTCOME, (command.command_id,)).fetchone()
    if row is None:
        return
    outcome, payload, actor, session = row
    same_person = declaration.authenticates or (holder is not None and (actor == holder.employee_id or session == holder.session_id))
    if not same_person or json.loads(payload).get("asked") != asked(command, declaration):
        raise ReusedCommandError("The id of this command was used before.")
    if outcome == Outcome.DONE:
        expected = get_type_hints(declaration.handler).get("return")
        raise RepeatedCommandError(lambda: result_of(expected, payload))
    raise RepeatedCommandError(lambda: _raise(error_of(payload)))


def _raise(error: JopeError) -> Any:
    raise error

"""What is refused, denied or failed is written down in a transaction of its own, then raised (URS C06, B06; P11-06)."""

from __future__ import annotations

import structlog

from jope.compliance.alarms.commands import THROTTLE
from jope.compliance.alarms.handlers import raise_alarm
from jope.compliance.audit.actions import Action
from jope.compliance.bus.outcomes import legible, storable_command
from jope.compliance.bus.parts import BusParts
from jope.compliance.bus.repeats import asked, has_outcome
from jope.compliance.commands import Acting, Command, Declaration, Outcome, Principal
from jope.compliance.identity.passwords import Throttle
from jope.kernel.errors import (
    DeniedError,
    EnvironmentFaultError,
    ForbiddenStatementError,
    JopeError,
    MalformedCommandError,
    ProgramFaultError,
    ReusedCommandError,
    ThrottledError,
    UnseenChangeError,
)
from jope.kernel.ids import new_id

log = structlog.get_logger("jope.bus")


class Refusals:
    """Writes refusals into the trail."""

    def __init__(self, parts: BusParts) -> None:
        self._parts = parts
        self._told = Throttle(parts.clock, 1)

    def filed_under(self, actor: Principal, token: str | None) -> Principal:
        """Who a refusal is filed under: the actor, else whoever holds the session, else the station."""
        if actor is not self._parts.here:
            return actor
        return self._parts.sessions.last_holder(token) or self._parts.here

    def write_down(self, command: Command, declaration: Declaration, who: Principal, error: JopeError, proven: str) -> None:
        """A refusal in its own transaction, with what it must leave behind."""
        self._parts.commands.run(lambda: self._write_down(command, declaration, who, error, proven))

    def _write_down(self, command: Command, declaration: Declaration, who: Principal, error: JopeError, proven: str) -> None:
        action, outcome = classified(error)
        details = {
            "command": type(command).__name__,
            "asked": {} if declaration.authenticates else legible(storable_command(command)),
            "code": error.code,
            "message": legible(error.message),
            "remedy": error.what_to_do,
        }
        now = self._parts.clock.now()
        command_id = command.command_id
        if isinstance(error, MalformedCommandError | ReusedCommandError):
            command_id = new_id()  # the id is no id, or it is another command's
        elif has_outcome(self._parts.store.cursor, command_id):
            return  # the command has its outcome in the trail; what failed came after its commit
        with self._parts.store.unit_of_work() as uow:
            pen = uow.audit
            pen.principal, pen.instant = who, now
            pen.command_id = pen.outcome_of = command_id
            pen.asked = asked(command, declaration)
            if proven:
                self._parts.authenticator.settle(uow, proven)
            if declaration.keep_refusal is not None and outcome is Outcome.REFUSED:
                ports = {name: self._parts.ports[name] for name in declaration.ports}
                if declaration.keep_refusal(command, uow, Acting(who, now, self._parts.zone, None), error, details, **ports):
                    return
            kind, subject_id = declaration.subject(command)
            about = (kind, str(legible(subject_id)))
            pen.record(action, about, ("user", who.employee_id), outcome=outcome, details=details)
        log.info("refused", command=type(command).__name__, code=error.code)

    def tell_throttled(self, who: Principal, error: ThrottledError) -> None:
        """A throttle that bites is an event and an alarm, once a minute and not each time (URS A08, Q02)."""
        if self._told.is_over(who.station):
            return
        self._told.count(who.station)
        self._parts.commands.run(lambda: self._write_throttled(who, error))

    def _write_throttled(self, who: Principal, error: ThrottledError) -> None:
        now = self._parts.clock.now()
        with self._parts.store.unit_of_work() as uow:
            uow.audit.principal, uow.audit.instant = who, now
            uow.audit.command_id = uow.audit.outcome_of = new_id()
            uow.audit.record(
                Action.THROTTLED,
                ("workstation", who.station),
                outcome=Outcome.DENIED,
                details={"code": error.code, "message": error.message},
            )
            text = f"{error.message.removesuffix('.')} at {who.station}."
            raise_alarm(uow, Acting(who, now, self._parts.zone, None), priority=2, source=who.station, kind=THROTTLE, text=text)


def classified(error: JopeError) -> tuple[Action, Outcome]:
    """The action and the outcome that an error is written down with."""
    if isinstance(error, DeniedError):
        return Action.COMMAND_DENIED, Outcome.DENIED
    if isinstance(error, EnvironmentFaultError | ForbiddenStatementError | UnseenChangeError | ProgramFaultError):
        return Action.COMMAND_FAILED, Outcome.FAILED
    return Action.COMMAND_REFUSED, Outcome.REFUSED

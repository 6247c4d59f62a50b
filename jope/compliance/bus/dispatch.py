"""The command bus: the one way every write goes (house.md "One way through").

1. Each field has its declared type. A ``command_id`` that comes again returns its first outcome, to the same person and for the same command alone.
2. Who are you: the session is open and not idle. May you: permission and line. Are you trained. Is four eyes due.
3. Is a signature due, by the signature matrix or the command itself: meaning; the accountability statement, guards and the sheet that was shown, so
   that no password is asked in vain; then id and password on the proof thread, with the failure counter raised first. A witness who may not sign here
   is proven like somebody unknown. What the store said of the signer is asked again after the proof where anything was committed
   meanwhile. Inside a series of signatures the id is the series' own (``identity/sessions.py`` holds its rules).
4. One transaction: guards, the sheet that was shown against the record as it stands, handler, seal, images, events, COMMIT.
5. A refusal, a denial and a failure are events in a transaction of their own, then raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import structlog

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import ALL_LINES
from jope.compliance.access.roles import READ_ONLY_ROLES
from jope.compliance.access.scope import lines_of
from jope.compliance.bus.asked import require_form
from jope.compliance.bus.meter import CommandMeter
from jope.compliance.bus.outcomes import storable
from jope.compliance.bus.parts import BusParts
from jope.compliance.bus.refusals import Refusals, classified
from jope.compliance.bus.repeats import RepeatedCommandError, asked, require_first
from jope.compliance.commands import (
    Acting,
    Command,
    Declaration,
    Guard,
    GuardContext,
    GuardVerdict,
    Outcome,
    Principal,
    Seal,
    SignatureInput,
    SigningSheet,
)
from jope.compliance.identity.authentication import SIGN_IN, SIGNATURE, WITNESS, Proof
from jope.compliance.identity.passwords import Throttle
from jope.compliance.identity.sessions import Series
from jope.compliance.signatures.actions import action_sheet
from jope.compliance.signatures.handlers import keep_signed_action
from jope.compliance.signatures.rules import SignatureRule
from jope.compliance.signatures.statements import has_accepted
from jope.kernel.clock import JUMP_LIMIT_US, Instant
from jope.kernel.errors import (
    AccountDisabledError,
    AccountLockedError,
    AuthenticationError,
    ClockSuspectError,
    DiskFullError,
    GuardRefusedError,
    JopeError,
    MeaningError,
    PermissionDeniedError,
    ProgramFaultError,
    ReadOnlyError,
    RecordChangedError,
    SamePersonError,
    SavedNeverthelessError,
    SeriesEndedError,
    SessionEndedError,
    SignatureDueError,
    StatementDueError,
    ThrottledError,
    TrainingDueError,
    UnwiredPortError,
)
from jope.kernel.store.uow import UnitOfWork

log = structlog.get_logger("jope.bus")
COMMANDS_PER_MINUTE = 100
_NOTHING: Mapping[str, Any] = {}
_STANDS_US = 2_000_000
"""How long an answer of the store stands while nothing is committed: some proofs long by both clocks, of which one stands still while the machine sleeps."""
_NOT_PROVEN = (AuthenticationError, AccountLockedError, AccountDisabledError, ThrottledError)


@dataclass(slots=True)
class _Course:
    """How far a command that needs a proof has come."""

    actor: Principal
    """Who acts: the station until a proof was taken."""
    proven: str = ""
    """Whose counter of failures is to be taken back by the commit that follows."""
    asked: Mapping[str, str] | None = None
    """What is asked for, as the trail keeps it, where it was worked out beside the proof."""
    _found_at: tuple[int, Instant] | None = None

    def found(self, revision: int, at: Instant) -> None:
        """The store was asked for everything that the signer must fulfil, and all of it is."""
        self._found_at = (revision, at)

    def still_stands(self, revision: int, now: Instant) -> bool:
        """Whether the store says the same as when it was asked: nothing was committed since, and no day or term can have ended unnoticed."""
        if self._found_at is None or self._found_at[0] != revision:
            return False
        at = self._found_at[1]
        return now.mono_us - at.mono_us <= _STANDS_US and 0 <= now.utc_us - at.utc_us <= _STANDS_US


class CommandBus:
    """Dispatches commands. ``dispatch`` may be called from any thread but the GUI's."""

    def __init__(self, parts: BusParts) -> None:
        self._parts = parts
        self._rate = Throttle(parts.clock, COMMANDS_PER_MINUTE)
        self._refusals = Refusals(parts)
        self.meter = CommandMeter()
        self.read_only_reason = ""
        self.on_disk_full: Callable[[], None] = lambda: None
        _require_wired(parts)

    def dispatch(
        self, command: Command, token: str | None = None, signature: SignatureInput | None = None, *, as_station: bool = False
    ) -> Any:
        """Run a command to its end.

        Args:
            command: what is asked.
            token: the session's token, None for commands that authenticate themselves.
            signature: what the signature dialog collected, for signed commands.
            as_station: the station itself acts (device events, alarms, scheduled work).

        Returns:
            The handler's result, a frozen dataclass or None.

        Raises:
            JopeError: the outcome, after it was written to the trail.
        """
        begun, outcome = self.meter.begin(), Outcome.FAILED
        declaration = self._parts.declarations[type(command)]
        try:
            result = self._dispatch(command, declaration, token, signature, as_station)
            outcome = Outcome.DONE
            return result
        except JopeError as error:
            outcome = classified(error)[1]
            raise
        finally:
            self.meter.end(begun, outcome, proven=declaration.authenticates or declaration.meaning is not None)

    def tell_throttled(self, error: ThrottledError) -> None:
        """A throttle beside the bus bites: an event and an alarm of the station."""
        self._refusals.tell_throttled(self._parts.here, error)

    def _dispatch(
        self, command: Command, declaration: Declaration, token: str | None, signature: SignatureInput | None, as_station: bool
    ) -> Any:
        course = _Course(self._parts.here)
        try:
            if not as_station:
                require_form(command, signature)
            if as_station or not (declaration.authenticates or self._rule(declaration).meaning):
                return self._parts.commands.run(lambda: self._unsigned(command, declaration, token, as_station))
            return self._with_proof(command, declaration, token, signature, course)
        except RepeatedCommandError as repeated:
            return repeated.again()
        except ThrottledError as error:
            self._refusals.tell_throttled(self._refusals.filed_under(course.actor, token), error)
            raise
        except (DiskFullError, ReadOnlyError, SavedNeverthelessError):
            raise
        except JopeError as error:
            if declaration.authenticates and error.in_trail:
                raise
            self._refusals.write_down(command, declaration, self._refusals.filed_under(course.actor, token), error, course.proven)
            raise
        except Exception as error:  # the border of the command thread: a fault of the program is an event too
            fault = ProgramFaultError(f"The program failed at {type(command).__name__} ({type(error).__name__}).")
            log.exception("program fault", command=type(command).__name__)
            self._refusals.write_down(command, declaration, self._refusals.filed_under(course.actor, token), fault, course.proven)
            raise fault from error

    # --- who, may, trained, four eyes, signature -----------------------------------------------------------------

    def _unsigned(self, command: Command, declaration: Declaration, token: str | None, as_station: bool) -> Any:
        """A command that needs no proof, from the look-up of its id to its commit, in one visit to the command thread."""
        actor = self._station(declaration) if as_station else self._holder(declaration, token)
        require_first(self._cursor(), command, declaration, actor)
        if not as_station:
            self._admit(command, declaration, actor)
        return self._execute(command, declaration, actor, None, proven="")

    def _with_proof(
        self, command: Command, declaration: Declaration, token: str | None, signature: SignatureInput | None, course: _Course
    ) -> Any:
        """A command that a password is proven for: begun in one visit to the command thread, done in a second one that the proof itself calls."""
        parts = self._parts
        proof, holder = self._begun(command, declaration, token, signature, course)

        def take_and_sign() -> Any:
            self._take_proof(proof, holder, course)
            return self._signed(command, declaration, signature, token, course, _NOTHING)

        if not declaration.beforehand:
            return parts.commands.run_after(proof.running, take_and_sign)
        parts.commands.run_after(proof.running, lambda: self._take_proof(proof, holder, course))
        prepared = self._prepared(command, declaration)
        return parts.commands.run(lambda: self._signed(command, declaration, signature, token, course, prepared))

    def _take_proof(self, proof: Proof, holder: Principal | None, course: _Course) -> None:
        """On the command thread, when the proof has ended: who acts from here on."""
        try:
            self._parts.authenticator.require_proven(proof)
        except _NOT_PROVEN:
            if holder is not None and proof.purpose != SIGN_IN:
                self._parts.sessions.end_series(holder.session_id)
            raise
        who = proof.claim.employee_id
        course.actor = holder if holder is not None and holder.employee_id == who else self._person(who, proof.workstation)
        course.proven = who

    def _signed(
        self,
        command: Command,
        declaration: Declaration,
        signature: SignatureInput | None,
        token: str | None,
        course: _Course,
        prepared: Mapping[str, Any],
    ) -> Any:
        """The rest of a command whose proof was given. The session is asked again; so is what the store says, where anything may have changed."""
        actor = course.actor
        stands = course.still_stands(self._parts.store.revision, self._parts.clock.now())
        if not stands:
            require_first(self._cursor(), command, declaration, actor)
            self._parts.authenticator.require_active(actor.employee_id)
        if not declaration.authenticates:
            if not stands:
                self._parts.authenticator.require_own_password(actor.employee_id)
            holder = self._parts.sessions.principal(token)
            if holder.employee_id == actor.employee_id:
                course.actor = actor = holder  # with the rights of now: they may have changed while the proof ran
            if not stands:
                self._admit(command, declaration, actor)
                self._require_statement(declaration, actor.employee_id)
        series = None if signature is None else self._series_of(declaration, actor, signature)
        return self._execute(
            command, declaration, actor, signature, proven=actor.employee_id, series=series, told=course.asked, prepared=prepared
        )

    def _prepared(self, command: Command, declaration: Declaration) -> Mapping[str, Any]:
        """What a port worked out for the handler, on this thread."""
        port: Any = self._parts.ports[declaration.beforehand]
        return {"prepared": port.prepare(command)}

    def _station(self, declaration: Declaration) -> Principal:
        here = self._parts.here
        if declaration.permission not in here.permissions:
            raise PermissionDeniedError("The station itself may not do this.")
        return here

    def _holder(self, declaration: Declaration, token: str | None) -> Principal:
        """The person behind the token.

        Raises:
            ReadOnlyError, SessionEndedError, ThrottledError: as named.
        """
        sessions = self._parts.sessions
        if self.read_only_reason and not declaration.in_read_only:
            raise ReadOnlyError(f"The station is read-only: {self.read_only_reason}.")
        holder = sessions.present(token) if declaration.while_idle else sessions.principal(token)
        if not declaration.always:
            if self._rate.is_over(holder.session_id):
                raise ThrottledError("Too many commands in the last minute.")
            self._rate.count(holder.session_id)
        return holder

    def _begun(
        self, command: Any, declaration: Declaration, token: str | None, signature: SignatureInput | None, course: _Course
    ) -> tuple[Proof, Principal | None]:
        """The proof of who acts, running on its own thread, and who holds the session that it is given in."""
        if declaration.authenticates:
            return self._begun_with_own(command, declaration, token)
        holder = self._holder(declaration, token)
        return self._begun_by_signer(command, declaration, holder, signature, course), holder

    def _begun_with_own(self, command: Any, declaration: Declaration, token: str | None) -> tuple[Proof, Principal | None]:
        """The proof of a command that carries id and password itself: sign-in, or unlocking one's own session."""
        parts = self._parts
        holder = parts.sessions.holder(token)
        if token is not None and (holder is None or holder.employee_id != command.employee_id):
            raise SessionEndedError("Only the person who was signed in can unlock this session.", remedy="Sign in as another person.")
        where = holder if holder is not None else parts.here
        first = partial(self._require_new, command, declaration, holder)
        return parts.authenticator.begin(command.employee_id, command.password, purpose=SIGN_IN, workstation=where, first=first), holder

    def _person(self, employee_id: str, where: Principal) -> Principal:
        """On the command thread: a person with what they may do now."""
        return self._parts.person(self._cursor(), employee_id, where, self._parts.clock.now().utc_us)[0]

    def _begun_by_signer(
        self, command: Command, declaration: Declaration, holder: Principal, signature: SignatureInput | None, course: _Course
    ) -> Proof:
        parts = self._parts
        if signature is None:
            if not declaration.witness:
                parts.commands.run(lambda: self._admit(command, declaration, holder))
            raise SignatureDueError("This action needs a signature.")
        series = self._series_of(declaration, holder, signature)
        if series is not None:
            signature = replace(signature, employee_id=series.employee_id)
        if signature.employee_id != holder.employee_id:
            if not declaration.witness:
                raise SamePersonError(
                    "Only the person who is signed in signs this.", remedy="Sign with your own employee id, or sign in as that person."
                )
            parts.sessions.end_series(holder.session_id)
        self._require_meaning(declaration, signature)
        if series is None:
            parts.sessions.begin_signing(holder.session_id)
        try:
            return parts.authenticator.begin(
                signature.employee_id,
                signature.password,
                purpose=WITNESS if declaration.witness else SIGNATURE,
                workstation=holder,
                first=partial(self._require_ready, command, declaration, holder, signature, course),
                may=partial(self._may_witness, declaration, holder) if declaration.witness else lambda _: True,
            )
        except ThrottledError:
            parts.sessions.end_series(holder.session_id)
            raise

    def _rule(self, declaration: Declaration) -> SignatureRule:
        """How the command is signed now: as the matrix says, and never less than it is declared."""
        return self._parts.matrix.rule(declaration.command.__name__)

    def _require_meaning(self, declaration: Declaration, signature: SignatureInput) -> None:
        meaning = self._rule(declaration).meaning
        if signature.meaning is not meaning:
            raise MeaningError(f"This action is signed with the meaning '{meaning}', not '{signature.meaning}'.")

    def _series_of(self, declaration: Declaration, holder: Principal, signature: SignatureInput) -> Series | None:
        """The series that a signature is given in, None for one with employee id and password.

        Raises:
            SeriesEndedError: the action is never signed so, the series is over, or it is another session's, page's or person's.
        """
        if not signature.series:
            return None
        if not self._rule(declaration).series:
            raise SeriesEndedError("This action is signed with employee id and password each time.")
        series = self._parts.sessions.series(holder.session_id, signature.series)
        if series.employee_id != holder.employee_id or signature.employee_id not in ("", series.employee_id):
            raise SeriesEndedError("The series of signatures is another person's.")
        return series

    def _require_statement(self, declaration: Declaration, employee_id: str) -> None:
        """Nobody signs before the accountability statement in force is accepted (URS B09; 21 CFR 11.10(j), 11.100(c))."""
        if self._rule(declaration).meaning and not declaration.opens_signing and not has_accepted(self._cursor(), employee_id):
            raise StatementDueError(f"{employee_id} has not accepted the accountability statement that is in force.")

    def _require_new(self, command: Command, declaration: Declaration, holder: Principal | None) -> None:
        require_first(self._cursor(), command, declaration, holder)

    def _require_ready(
        self, command: Command, declaration: Declaration, holder: Principal, signature: SignatureInput, course: _Course
    ) -> None:
        """What can be said before a password is looked at: the id is new, the person may, the guards let pass, the record is as it was shown.

        It runs beside the proof, and so does what the commit will need: what is asked for, in the form that the trail keeps.
        """
        own = signature.employee_id == holder.employee_id
        require_first(self._cursor(), command, declaration, holder)
        if own:
            self._admit(command, declaration, holder)
            self._require_statement(declaration, holder.employee_id)
        context = GuardContext(self._parts.store.looking(), holder, self._parts.clock.now(), self._parts.zone, self._parts.ports)
        self._require_guards(command, declaration.guards_before_proof(), context)
        self._require_shown(command, declaration, context, signature)
        course.asked = asked(command, declaration)
        if own and self._parts.authenticator.has_own_password(holder.employee_id):
            course.found(self._parts.store.revision, context.now)

    def _may_witness(self, declaration: Declaration, holder: Principal, employee_id: str) -> bool:
        """Whether a second person's role lets them sign here; asked of an id that exists."""
        return declaration.permission in self._person(employee_id, holder).permissions

    def _admit(self, command: Command, declaration: Declaration, who: Principal) -> None:
        """Permission, line, training.

        Raises:
            PermissionDeniedError, TrainingDueError: as named.
        """
        if declaration.permission not in who.permissions:
            raise PermissionDeniedError(f"The role '{who.role}' may not do this ({declaration.permission.value}).")
        if who.role in READ_ONLY_ROLES and not (declaration.while_idle or declaration.permission is Permission.DATA_EXPORT):
            raise PermissionDeniedError(f"The role '{who.role}' reads and takes exports; it never writes.")
        self._require_line(command, declaration, who, self._cursor())
        self._require_training(declaration, who, self._cursor())

    def _require_training(self, declaration: Declaration, who: Principal, cursor: Any) -> None:
        missing = self._missing_training(declaration, who, cursor)
        if missing is not None:
            raise TrainingDueError(missing)

    def _missing_training(self, declaration: Declaration, who: Principal, cursor: Any) -> str | None:
        """The training that somebody lacks for a command and the signature on it, in a sentence; None where nothing is missing."""
        training = self._parts.training
        if training is None or not declaration.waits_for_training:
            return None
        action, meaning = declaration.command.__name__, self._rule(declaration).meaning
        return training.missing(cursor, who.employee_id, action, meaning, self._parts.clock.now())

    def _require_line(self, command: Command, declaration: Declaration, who: Principal, cursor: Any) -> None:
        within = who.line_for(declaration.permission)
        if within == ALL_LINES:
            return
        for line in lines_of(cursor, command, declaration.subject(command), who.employee_id):
            if line != within:
                raise PermissionDeniedError(f"Line {line} is outside the scope of {who.employee_id}.")

    # --- the transaction -------------------------------------------------------------------------------------------

    def _execute(
        self,
        command: Command,
        declaration: Declaration,
        actor: Principal,
        signature: SignatureInput | None,
        *,
        proven: str,
        series: Series | None = None,
        told: Mapping[str, str] | None = None,
        prepared: Mapping[str, Any] = _NOTHING,
    ) -> Any:
        parts, now = self._parts, self._parts.clock.now()
        if declaration.regulated and now.utc_us + JUMP_LIMIT_US < parts.high_water_us():
            raise ClockSuspectError("The station's clock stands before the last event of the trail.")
        try:
            with parts.store.unit_of_work() as uow:
                pen = uow.audit
                pen.principal, pen.instant, pen.marks = actor, now, actor.marks()
                pen.command_id = pen.outcome_of = command.command_id
                pen.asked = asked(command, declaration) if told is None else told
                if proven:
                    parts.authenticator.settle(uow, proven)
                context = GuardContext(uow.session, actor, now, parts.zone, parts.ports)
                self._require_guards(command, declaration.guards, context)
                if declaration.four_eyes is not None and parts.four_eyes is not None:
                    stored = parts.four_eyes.store(uow, command, declaration, context)
                    pen.result = storable(stored)
                    return stored
                seal = self._open_seal(command, declaration, context, signature, series)
                ports = {name: parts.ports[name] for name in declaration.ports}
                acting = Acting(actor, now, parts.zone, seal)
                result = declaration.handler(command, uow, acting, **ports, **prepared)
                if seal is not None:
                    self._close_seal(command, declaration, uow, acting, seal)
                    if series is None and self._rule(declaration).series:
                        begin = partial(parts.sessions.begin_series, actor.session_id, actor.employee_id, seal.signature_id)
                        uow.after_commit.append(begin)
                pen.result = storable(result)
            return result
        except DiskFullError:
            self.on_disk_full()
            if proven:
                parts.authenticator.settle_alone(proven)  # the password was right; a full disk must not lock anybody out
            raise

    @staticmethod
    def _require_guards(command: Command, guards: Iterable[Guard], context: GuardContext) -> None:
        for guard in guards:
            verdict = guard(command, context)
            if verdict is not None:
                raise GuardRefusedError(verdict.message, remedy=verdict.remedy)

    def _open_seal(
        self, command: Command, declaration: Declaration, context: GuardContext, signature: SignatureInput | None, series: Series | None
    ) -> Seal | None:
        sheet = self._require_shown(command, declaration, context, signature)
        if sheet is None or signature is None:
            return None
        opened_by = "" if series is None else series.opened_by
        return self._parts.sealing.open(sheet, context.principal, reason=signature.reason, now=context.now, opened_by=opened_by)

    def _close_seal(self, command: Command, declaration: Declaration, uow: UnitOfWork, acting: Acting, seal: Seal) -> None:
        if declaration.meaning is None:
            keep_signed_action(uow, command, declaration.subject(command), acting, seal)
        self._parts.sealing.close(seal, uow)

    def _require_shown(
        self, command: Command, declaration: Declaration, context: GuardContext, signature: SignatureInput | None
    ) -> SigningSheet | None:
        sheet = None if signature is None else self._sheet_of(command, declaration, context)
        if sheet is None or signature is None:
            return None
        if sheet.record_hash != signature.shown_hash:
            raise RecordChangedError("The record changed since it was shown.")
        if sheet.reason_due and not signature.reason.strip():
            raise SignatureDueError("A reason is missing.", remedy="Write the reason and sign again.")
        return sheet

    def _sheet_of(self, command: Command, declaration: Declaration, context: GuardContext) -> SigningSheet | None:
        """The sheet that the command is signed on, None where it is not signed."""
        rule = self._rule(declaration)
        if rule.meaning is None:
            return None
        if declaration.sheet is not None:
            return replace(declaration.sheet(command, context), offered=rule.offered, series=rule.series)
        return replace(action_sheet(command, declaration.subject(command), rule.meaning), offered=rule.offered, series=rule.series)

    def _cursor(self) -> Any:
        return self._parts.store.cursor

    # --- asking beforehand -------------------------------------------------------------------------------------------

    def sheet(self, command: Command, context: GuardContext, cursor: Any) -> SigningSheet:
        """The sheet that a signer is shown, from a reading session. ``cursor`` sees all lines, where the context may not.

        Raises:
            TypeError: the command is not signed.
            PermissionDeniedError: whoever is signed in may not sign this, or it is another line's. A second person's sheet is shown at the
                workstation of the first.
            TrainingDueError: whoever is signed in lacks the training for it.
        """
        declaration = self._parts.declarations[type(command)]
        if self._rule(declaration).meaning is None:
            raise TypeError(f"{type(command).__name__} is not signed")
        if not declaration.witness and declaration.permission not in context.principal.permissions:
            raise PermissionDeniedError(f"The role '{context.principal.role}' may not do this ({declaration.permission.value}).")
        self._require_line(command, declaration, context.principal, cursor)
        if not declaration.witness:
            self._require_training(declaration, context.principal, cursor)
        sheet = self._sheet_of(command, declaration, context)
        assert sheet is not None, "it is signed"
        return sheet

    def waiting(self, command: Command, context: GuardContext, cursor: Any) -> SigningSheet | None:
        """The sheet of a command that its principal may sign now at their own session, None where anything stands against it.

        ``cursor`` sees all lines.
        """
        declaration = self._parts.declarations[type(command)]
        if declaration.permission not in context.principal.permissions:
            return None
        try:
            self._require_line(command, declaration, context.principal, cursor)
        except PermissionDeniedError:
            return None
        if self._missing_training(declaration, context.principal, cursor) is not None:
            return None
        if any(guard(command, context) is not None for guard in declaration.guards):
            return None
        return self._sheet_of(command, declaration, context)

    def training_due(self, command: Command, context: GuardContext, cursor: Any) -> GuardVerdict | None:
        """The training that the principal lacks for a command at their own session; a second person's is looked at when they sign."""
        declaration = self.declaration(command)
        missing = None if declaration.witness else self._missing_training(declaration, context.principal, cursor)
        return None if missing is None else GuardVerdict("training", missing, TrainingDueError.remedy, "11.10(i)")

    def out_of_scope(self, command: Command, principal: Principal, cursor: Any) -> GuardVerdict | None:
        """What lies outside the principal's line. ``cursor`` sees all lines."""
        try:
            self._require_line(command, self.declaration(command), principal, cursor)
        except PermissionDeniedError as error:
            return GuardVerdict("line", error.message, error.what_to_do, "11.10(d)")
        return None

    def is_signed(self, command: Command) -> bool:
        """Whether the matrix or the command itself demands a signature now."""
        return self._rule(self.declaration(command)).meaning is not None

    def declaration(self, command: Command) -> Declaration:
        """The declaration of a command."""
        return self._parts.declarations[type(command)]


def _require_wired(parts: BusParts) -> None:
    """Refuse to start with a command whose port nobody provides.

    Raises:
        UnwiredPortError: names the command and the port.
    """
    for command, declaration in parts.declarations.items():
        due = declaration.ports | declaration.guard_ports | ({declaration.beforehand} - {""})
        unwired = sorted(due - parts.ports.keys())
        if declaration.four_eyes is not None and parts.four_eyes is None:
            unwired.append("four_eyes")
        if unwired:
            raise UnwiredPortError(f"{command.__name__} needs {', '.join(unwired)}, which nobody provides.")

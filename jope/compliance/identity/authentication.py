"""Proving who somebody is: the bus's ``Reauthentication`` port, for sign-in, unlocking and every signature.

Order (URS A08, B06, Q02; reliability.md rule 13): throttles, then the failure counter is raised and committed, then Argon2id on the proof thread, then the
outcome is written. A known and an unknown id do the same work; a killed process leaves the counter raised.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from sqlalchemy import select

from jope.compliance.alarms.commands import FAILED_SIGNING, LOCKOUT
from jope.compliance.alarms.handlers import raise_alarm
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, Outcome, Principal
from jope.compliance.identity.covering import cover_session
from jope.compliance.identity.model import AccountState, CredentialState, SessionState, UserAccount, UserSession
from jope.compliance.identity.passwords import MAX_FAILURES, REPEATED_FAILURES, SIGN_IN_LIMIT, SIGNING_LIMIT, PasswordProver, Throttle
from jope.compliance.identity.queries import require_own_password
from jope.compliance.identity.sessions import SessionRegistry
from jope.compliance.settings.catalog import Settings
from jope.kernel.clock import Clock
from jope.kernel.errors import AccountDisabledError, AccountLockedError, AuthenticationError, CredentialDueError, JopeError, ThrottledError
from jope.kernel.ids import new_id
from jope.kernel.store.command_thread import CommandThread
from jope.kernel.store.uow import UnitOfWork, WriteStore

NOBODY = ""
"""The counter row of ids that do not exist: an unknown id costs the same write as a known one."""
SIGN_IN = "sign-in"
SIGNATURE = "signature"
WITNESS = "witness"
_ACCOUNT = "SELECT password_hash, state, password_state, access_from_us, access_until_us FROM user_account WHERE employee_id = ?"
_LOCKED = "The account is locked."
_DISABLED = "The account is disabled."


@dataclass(frozen=True, slots=True)
class _Claim:
    employee_id: str
    known: bool
    state: str
    failures: int


@dataclass(frozen=True, slots=True)
class Proof:
    """A password that is being proven; what it comes to is asked with ``require_proven``, and by nobody else."""

    running: Future[bool]
    claim: _Claim
    purpose: str
    workstation: Principal
    names: tuple[str, ...]
    """What failures are counted under."""


class Authenticator:
    """Checks employee id and password."""

    def __init__(
        self,
        store: WriteStore,
        commands: CommandThread,
        prover: PasswordProver,
        sessions: SessionRegistry,
        settings: Settings,
        clock: Clock,
        zone: str,
    ) -> None:
        self._store = store
        self._commands = commands
        self._prover = prover
        self._sessions = sessions
        self._settings = settings
        self._clock = clock
        self._zone = zone
        self._throttles = {SIGN_IN: Throttle(clock, SIGN_IN_LIMIT), SIGNATURE: Throttle(clock, SIGNING_LIMIT)}

    def begin(
        self,
        employee_id: str,
        password: str,
        *,
        purpose: str,
        workstation: Principal,
        first: Callable[[], None] = lambda: None,
        may: Callable[[str], bool] = lambda _: True,
    ) -> Proof:
        """Raise the counter durably and begin the proof. The counter stays raised until ``settle``.

        Args:
            employee_id: as typed.
            password: as typed.
            purpose: ``sign-in``, ``signature`` or ``witness``; signing and signing in have throttles of their own.
            workstation: who and where the attempt is filed under.
            first: what must pass on the command thread before anything is counted; its errors come out here.
            may: whether the person of an id could sign here at all. Who could not is treated as unknown, so that no prompt serves to try
                passwords of accounts that have no business there, or to lock them.

        Raises:
            ThrottledError: too many failures in the last minute, of this id or at this workstation.
        """
        names = (f"id {employee_id[:64]}", f"at {workstation.station}")
        if self._throttle(purpose).is_over(*names):
            raise ThrottledError("Too many failed attempts in the last minute.")
        claim, running = self._commands.run(lambda: self._raise_counter(employee_id, password, first, may))
        return Proof(running, claim, purpose, workstation, names)

    def require_proven(self, proof: Proof) -> None:
        """On the command thread, when the proof has ended: return where the password is right and the account is active, else write the failure.

        Raises:
            AuthenticationError: wrong id or password.
            AccountLockedError, AccountDisabledError: the account is not active, whatever the password.
        """
        right = proof.running.result()
        if right and proof.claim.state == AccountState.ACTIVE:
            return
        if not right:
            self._throttle(proof.purpose).count(*proof.names)
        raise self._failed(proof.claim, proof.purpose, proof.workstation)

    def _throttle(self, purpose: str) -> Throttle:
        return self._throttles[SIGN_IN if purpose == SIGN_IN else SIGNATURE]

    def _raise_counter(
        self, employee_id: str, password: str, first: Callable[[], None], may: Callable[[str], bool]
    ) -> tuple[_Claim, Future[bool]]:
        """Raise the counter durably. The proof runs beside all of it, but nobody looks at its outcome before the counter is on the disk."""
        with self._store.operational() as cursor:
            row = cursor.execute(_ACCOUNT, (employee_id,)).fetchone()
            if row is not None and not may(employee_id):
                row = None
            proof = self._prover.start((row[0] or None) if row is not None else None, password)
            first()  # beside the proof, whose outcome nobody looks at when this refuses
            key = employee_id if row is not None else NOBODY
            cursor.execute(
                "INSERT INTO auth_counter (employee_id, failures) VALUES (?, 1) ON CONFLICT (employee_id) DO UPDATE SET failures = failures + 1",
                (key,),
            )
            failures = cursor.execute("SELECT failures FROM auth_counter WHERE employee_id = ?", (key,)).fetchone()[0]
        if row is None:
            return _Claim("", False, "", failures), proof
        return _Claim(employee_id, True, self._standing(*row[1:]), failures), proof

    def _standing(self, state: str, password_state: str, from_us: int | None, until_us: int | None) -> str:
        """The state of an account at the time that access is judged by: before its first day, after its last one and without a password nobody uses it."""
        now_us = self._sessions.judged_us()
        outside = (from_us is not None and now_us < from_us) or (until_us is not None and now_us >= until_us)
        return AccountState.DISABLED.value if outside or password_state == CredentialState.NONE else state

    def require_own_password(self, employee_id: str) -> None:
        """On the command thread: a signature is given with a password that only its owner knows, in its time.

        Raises:
            CredentialDueError: as named.
        """
        require_own_password(self._store.cursor, employee_id, self._settings, self._clock.now().utc_us)

    def has_own_password(self, employee_id: str) -> bool:
        """On the command thread: the same, as an answer."""
        try:
            self.require_own_password(employee_id)
        except CredentialDueError:
            return False
        return True

    def require_active(self, employee_id: str) -> None:
        """Ask on the command thread whether the account still stands; it may have been locked or disabled while the proof ran.

        Raises:
            AccountLockedError, AccountDisabledError: as named.
        """
        row = self._store.cursor.execute(_ACCOUNT, (employee_id,)).fetchone()
        standing = AccountState.DISABLED.value if row is None else self._standing(*row[1:])
        if standing == AccountState.DISABLED:
            raise AccountDisabledError(_DISABLED)
        if standing == AccountState.LOCKED:
            raise AccountLockedError(_LOCKED)

    def settle(self, uow: UnitOfWork, employee_id: str) -> None:
        """Take the counter back inside the commit that writes what became of the proven command. A process killed before leaves it raised."""
        forget_failures(uow, employee_id)

    def settle_alone(self, employee_id: str) -> None:
        """Take the counter back where the proven command could not be written."""
        with self._store.operational() as cursor:
            cursor.execute("UPDATE auth_counter SET failures = 0 WHERE employee_id = ?", (employee_id,))

    def _failed(self, claim: _Claim, purpose: str, workstation: Principal) -> JopeError:
        """Write the failure; lock the account at the third. An id that does not exist is not written down: it may be a password in the wrong field."""
        now = self._clock.now()
        locks = claim.state == AccountState.ACTIVE and claim.failures >= MAX_FAILURES
        with self._store.unit_of_work() as uow:
            uow.audit.principal, uow.audit.instant, uow.audit.command_id = workstation, now, new_id()
            subject = ("user", claim.employee_id) if claim.known else ("workstation", workstation.station)
            details = {"purpose": purpose, "known": claim.known, "state": claim.state, "failures": claim.failures if claim.known else 0}
            uow.audit.record(Action.AUTHENTICATION_FAILED, subject, outcome=Outcome.DENIED, details=details)
            if purpose != SIGN_IN and claim.state == AccountState.ACTIVE and not locks and claim.failures >= REPEATED_FAILURES:
                raise_alarm(
                    uow,
                    Acting(workstation, now, self._zone, None),
                    priority=2,
                    source=f"account {claim.employee_id}",
                    kind=FAILED_SIGNING,
                    text=f"{claim.failures} failed attempts in a row to sign as {claim.employee_id} at {workstation.station}.",
                )
            if locks:
                self._lock(uow, claim.employee_id, Acting(workstation, now, self._zone, None))
        error: JopeError
        # An account that is not active says the same to the right password and to a wrong one, or guessing could go on.
        if claim.state == AccountState.LOCKED:
            error = AccountLockedError(_LOCKED)
        elif claim.state == AccountState.DISABLED:
            error = AccountDisabledError(_DISABLED)
        elif purpose == WITNESS:
            error = AuthenticationError("Employee id or password is wrong, or this person may not sign here.")
        elif locks:
            error = AccountLockedError("Employee id or password is wrong, and the account is now locked.")
        else:
            error = AuthenticationError(f"Employee id or password is wrong.{self._tries_left(claim, purpose)}")
        error.in_trail = True
        return error

    @staticmethod
    def _tries_left(claim: _Claim, purpose: str) -> str:
        """Only whoever is signed in and signs is told how many tries are left: that id is no secret."""
        return f" {MAX_FAILURES - claim.failures} tries left." if claim.known and purpose == SIGNATURE else ""

    def _lock(self, uow: UnitOfWork, employee_id: str, acting: Acting) -> None:
        user = uow.session.get_one(UserAccount, employee_id)
        if user.state != AccountState.ACTIVE:
            return
        user.state = AccountState.LOCKED
        for session in uow.session.scalars(
            select(UserSession).where(UserSession.employee_id == employee_id, UserSession.state == SessionState.OPEN)
        ):
            cover_session(uow, session, self._sessions, cause="account locked")
        uow.audit.record(Action.USER_LOCKED, ("user", employee_id), ("account", employee_id), reason="three failed attempts")
        raise_alarm(
            uow,
            acting,
            priority=2,
            source=f"account {employee_id}",
            kind=LOCKOUT,
            text=f"Account {employee_id} is locked after {MAX_FAILURES} failures.",
        )


def forget_failures(uow: UnitOfWork, employee_id: str) -> None:
    """Count a person's failures anew from this commit on."""
    changed = uow.cursor.execute("UPDATE auth_counter SET failures = 0 WHERE employee_id = ?", (employee_id,))
    uow.operational_rows += changed.rowcount

"""Who two people are that open their accounts with sealed codes: the codes first, then both passwords (ADR 0024).

A wrong code tells nothing about a password and counts against no code, so that nobody at the sign-in page can use the codes up. Beside right codes each
attempt is written down, and counted, before a password is looked at; a killed process leaves it counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from jope.compliance.commands import Command
from jope.compliance.identity.passwords import SIGNING_LIMIT, PasswordProver, Throttle
from jope.compliance.recovery.commands import DenyRecovery, NoteRecoveryAttempt, RecoverAccounts
from jope.kernel.clock import Clock
from jope.kernel.errors import RecoveryFailedError, ThrottledError
from jope.kernel.store.command_thread import CommandThread
from jope.kernel.store.uow import WriteStore

_HASHES: Final = (
    "SELECT CASE WHEN u.password_state = 'own' THEN u.password_hash END, c.code_hash FROM user_account u "
    "LEFT JOIN recovery_code c ON c.employee_id = u.employee_id AND c.ended_us IS NULL WHERE u.employee_id = ?"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one of the two people enters."""

    employee_id: str
    password: str = field(repr=False)
    code: str = field(repr=False)


class Recovering:
    """Proves two people and lets the station unlock them."""

    def __init__(
        self,
        store: WriteStore,
        commands: CommandThread,
        prover: PasswordProver,
        clock: Clock,
        dispatch: Callable[[Command], object],
        tell_throttled: Callable[[ThrottledError], None],
    ) -> None:
        self._store = store
        self._commands = commands
        self._prover = prover
        self._dispatch = dispatch
        self._tell_throttled = tell_throttled
        self._throttle = Throttle(clock, SIGNING_LIMIT)

    def recover(self, first: Claim, second: Claim, command: RecoverAccounts) -> None:
        """Unlock both accounts. Blocks for four Argon2id runs.

        Raises:
            ThrottledError: too many failures in the last minute.
            RecoveryFailedError: an id, a password or a code is wrong; the sentence is the same for all.
            GuardRefusedError: the accounts are not locked, the ordinary way is open, or these two cannot unlock others.
        """
        if self._throttle.is_over("recovery"):
            error = ThrottledError("Too many failed attempts in the last minute.")
            self._tell_throttled(error)
            raise error
        (password_1, code_1), (password_2, code_2) = (self._commands.run(lambda c=c: self._hashes(c)) for c in (first, second))  # type: ignore[misc]
        codes_fit = self._both(((code_1, first.code), (code_2, second.code))) and first.employee_id != second.employee_id
        self._dispatch(NoteRecoveryAttempt(first=first.employee_id, second=second.employee_id, codes_fit=codes_fit))
        if not codes_fit or not self._both(((password_1, first.password), (password_2, second.password))):
            self._throttle.count("recovery")
            if codes_fit:
                self._dispatch(DenyRecovery(first=first.employee_id, second=second.employee_id))
            raise RecoveryFailedError("An employee id, a password or a sealed code is wrong.")
        self._dispatch(command)

    def _hashes(self, claim: Claim) -> tuple[str | None, str | None]:
        """On the command thread: the stored hashes of a person's own password and of their open code."""
        row: Any = self._store.cursor.execute(_HASHES, (claim.employee_id,)).fetchone()
        return (None, None) if row is None else (row[0], row[1])

    def _both(self, proofs: tuple[tuple[str | None, str], ...]) -> bool:
        """Whether each text belongs to its hash; none is left out, so that all cost the same time."""
        running = [self._prover.start(stored, given) for stored, given in proofs]
        right = [proof.result() for proof in running]
        return all(right)

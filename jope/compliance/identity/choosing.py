"""A person chooses a new password: checked, compared with the earlier ones and hashed off the command thread."""

from __future__ import annotations

from typing import Any, Final

from jope.compliance.identity.commands import ChangePassword
from jope.compliance.identity.model import CredentialState
from jope.compliance.identity.passwords import PasswordProver
from jope.compliance.settings.catalog import PROFILE, Settings
from jope.compliance.settings.profiles import PasswordProfile, profile_named, weaknesses
from jope.kernel.clock import Clock
from jope.kernel.errors import RefusedError, WeakCredentialError
from jope.kernel.store.command_thread import CommandThread
from jope.kernel.store.uow import WriteStore

_PERSON: Final = "SELECT name, password_hash, password_state, password_set_us FROM user_account WHERE employee_id = ?"
_LATELY: Final = "SELECT count(*) FROM password_used WHERE employee_id = ? AND set_us > ?"
_USED: Final = "SELECT password_hash FROM password_used WHERE employee_id = ? ORDER BY set_us DESC, id DESC LIMIT ?"


CHANGES_A_DAY: Final = 3
"""Passwords that a person has within 24 hours: nobody runs through the history in an afternoon, to end with the one before."""
FIRST_PASSWORD_DAYS: Final = 7
"""How long a first password opens the choice of an own one; then two people decide about another."""
_DAY_US: Final = 86_400_000_000


class NewPasswords:
    """Prepares a change of password for its handler. Asked by the bus between the proof and the transaction."""

    def __init__(self, store: WriteStore, commands: CommandThread, prover: PasswordProver, settings: Settings, clock: Clock) -> None:
        self._store = store
        self._commands = commands
        self._prover = prover
        self._settings = settings
        self._clock = clock

    def prepare(self, command: ChangePassword) -> str:
        """The hash of the new password. Blocks for an Argon2id run per earlier password.

        Raises:
            WeakCredentialError: says everything that is wrong with it.
            RefusedError: the first password is over, or the password was changed too often of late.
        """
        profile = profile_named(self._settings.text(PROFILE))
        name, current, earlier = self._commands.run(lambda: self._known(command.employee_id, profile))
        wrong = tuple(weaknesses(profile, command.new_password, employee_id=command.employee_id, name=name, before=command.password))
        if wrong:
            raise WeakCredentialError(" ".join(("The new password is not accepted.", *wrong)))
        if any(self._prover.start(stored, command.new_password).result() for stored in (current, *earlier)):
            raise WeakCredentialError(f"The new password is one of your last {profile.history}.")
        return self._prover.hash(command.new_password)

    def _known(self, employee_id: str, profile: PasswordProfile) -> tuple[str, str, tuple[str, ...]]:
        cursor: Any = self._store.cursor
        now_us = self._clock.now().utc_us
        name, current, state, set_us = cursor.execute(_PERSON, (employee_id,)).fetchone()
        if state == CredentialState.ONE_TIME and now_us >= set_us + FIRST_PASSWORD_DAYS * _DAY_US:
            raise RefusedError("The time of this first password is over.", remedy="Ask an administrator for another one.")
        if cursor.execute(_LATELY, (employee_id, now_us - _DAY_US)).fetchone()[0] >= CHANGES_A_DAY:
            raise RefusedError(
                f"The password was changed {CHANGES_A_DAY} times within a day.",
                remedy="Come back tomorrow; if somebody else knows it, have it reset.",
            )
        used = cursor.execute(_USED, (employee_id, profile.history)).fetchall()
        return str(name), str(current), tuple(stored for (stored,) in used)

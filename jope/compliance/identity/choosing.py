"""A person chooses a new password: checked, compared with the earlier ones and hashed off the command thread."""

from __future__ import annotations

from typing import Any, Final

from jope.compliance.identity.commands import ChangePassword
from jope.compliance.identity.passwords import PasswordProver
from jope.compliance.settings.catalog import PROFILE, Settings
from jope.compliance.settings.profiles import PasswordProfile, profile_named, weaknesses
from jope.kernel.errors import WeakCredentialError
from jope.kernel.store.command_thread import CommandThread
from jope.kernel.store.uow import WriteStore

_PERSON: Final = "SELECT name, password_hash FROM user_account WHERE employee_id = ?"
_USED: Final = "SELECT password_hash FROM password_used WHERE employee_id = ? ORDER BY set_us DESC, id DESC LIMIT ?"


class NewPasswords:
    """Prepares a change of password for its handler. Asked by the bus between the proof and the transaction."""

    def __init__(self, store: WriteStore, commands: CommandThread, prover: PasswordProver, settings: Settings) -> None:
        self._store = store
        self._commands = commands
        self._prover = prover
        self._settings = settings

    def prepare(self, command: ChangePassword) -> str:
        """The hash of the new password. Blocks for an Argon2id run per earlier password.

        Raises:
            WeakCredentialError: says everything that is wrong with it.
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
        name, current = cursor.execute(_PERSON, (employee_id,)).fetchone()
        used = cursor.execute(_USED, (employee_id, profile.history)).fetchall()
        return str(name), str(current), tuple(stored for (stored,) in used)

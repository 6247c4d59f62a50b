"""What training can be required for, read from the declarations of the commands and the signature matrix in force."""

from __future__ import annotations

from collections.abc import Mapping

from jope.compliance.access.permissions import Permission
from jope.compliance.commands import Command, Declaration, Meaning
from jope.compliance.signatures.matrix import SignatureMatrix
from jope.compliance.training.model import Gated


class DeclaredDuties:
    """Implements ``Duties``.

    What people come and go with, what leads towards safety, and what the station does by itself is not in it: no training stands before that.
    """

    def __init__(self, declarations: Mapping[type[Command], Declaration], matrix: SignatureMatrix) -> None:
        self._permissions = {d.command.__name__: d.permission for d in declarations.values() if d.waits_for_training}
        self._matrix = matrix

    def permissions(self, kind: str, key: str) -> frozenset[Permission]:
        """The permissions that lead to an action or to signatures of a meaning."""
        if kind == Gated.ACTION:
            return frozenset(permission for action, permission in self._permissions.items() if action == key)
        if kind == Gated.MEANING:
            return frozenset(p for action, p in self._permissions.items() if self._matrix.rule(action).meaning == key)
        return frozenset()

    def keys(self, kind: str) -> tuple[str, ...]:
        """Names of commands, or meanings."""
        if kind == Gated.ACTION:
            return tuple(sorted(self._permissions))
        return tuple(m.value for m in Meaning) if kind == Gated.MEANING else ()

"""The words of the access log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from jope.compliance.identity.queries import AccessRow


class AccessWords(QObject):
    """Turns entries of the access log into words of the person's language."""

    def person(self, row: AccessRow) -> str:
        """Whose session or account it is; an id that does not exist is not told."""
        return row.employee_id or self.tr("unknown id")

    def what(self, row: AccessRow) -> str:
        """What happened."""
        words = {
            "session.opened": self.tr("Signed in"),
            "session.closed": self.tr("Signed out"),
            "session.locked": self.tr("Locked"),
            "session.unlocked": self.tr("Unlocked"),
            "authentication.failed": self.tr("Failed attempt"),
            "user.locked": self.tr("Account locked"),
            "user.disabled": self.tr("Account disabled"),
            "security.throttled": self.tr("Too many attempts"),
        }
        return words.get(row.kind, row.kind)

    def cause(self, row: AccessRow) -> str:
        """Why a screen was covered, what a failed attempt was for."""
        words = {
            "person": self.tr("by the person"),
            "idle": self.tr("no presence for 120 s"),
            "account locked": self.tr("account locked"),
            "access ended": self.tr("access ended"),
            "sign-in": self.tr("at sign-in"),
            "signature": self.tr("at a signature"),
            "witness": self.tr("as second person"),
            "three failed attempts": self.tr("three failed attempts"),
        }
        if row.cause.startswith("clock jumped"):
            return self.tr("the clock jumped")
        return words.get(row.cause, row.cause)

"""Who is signed in at this screen, and the drafts that wait for their author."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from jope.compliance.access.permissions import Permission
from jope.compliance.identity.commands import SessionOpened
from jope.compliance.identity.sessions import SessionStanding


class SessionState(QObject):
    """The open session of the screen, locked or not. The token never leaves this object but to the station."""

    changed = Signal()
    authority_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._opened: SessionOpened | None = None
        self._locked = False
        self._drafts: dict[tuple[str, str], str] = {}

    @property
    def opened(self) -> SessionOpened | None:
        """The session, None when nobody is signed in."""
        return self._opened

    @property
    def token(self) -> str | None:
        """The session's token for calls to the station."""
        return self._opened.token if self._opened else None

    @property
    def locked(self) -> bool:
        """Whether the session waits for its person to come back."""
        return self._locked

    @property
    def employee_id(self) -> str:
        """The id of the person, empty when nobody is signed in."""
        return self._opened.employee_id if self._opened else ""

    def may(self, permission: Permission) -> bool:
        """Whether the person holds a permission. The station asks again; this only spares a useless offer."""
        return self._opened is not None and permission in self._opened.permissions

    def open(self, opened: SessionOpened) -> None:
        """A person signed in or came back."""
        self._opened = opened
        self._locked = False
        self.changed.emit()

    def act_under(self, standing: SessionStanding) -> None:
        """Take over what the person may do now."""
        opened = self._opened
        if opened is None or (opened.role, opened.line, opened.permissions) == (standing.role, standing.line, standing.permissions):
            return
        self._opened = replace(opened, role=standing.role, line=standing.line, permissions=standing.permissions)
        self.authority_changed.emit()

    def lock(self) -> None:
        """The session is covered."""
        if self._opened is not None and not self._locked:
            self._locked = True
            self.changed.emit()

    def unlock(self) -> None:
        """Its person is back."""
        if self._locked:
            self._locked = False
            self.changed.emit()

    def close(self) -> None:
        """Nobody is signed in any more. Drafts stay for their authors."""
        self._opened = None
        self._locked = False
        self.changed.emit()

    def keep_draft(self, place: str, text: str) -> None:
        """Keep a reason or comment of the present person under its place."""
        key = (self.employee_id, place)
        if text and self.employee_id:
            self._drafts[key] = text
        else:
            self._drafts.pop(key, None)

    def draft(self, place: str) -> str:
        """The present person's own draft for a place, never anybody else's."""
        return self._drafts.get((self.employee_id, place), "")

"""The base of all pages: read in a worker, show in the GUI thread, read again when something changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from jope.compliance.commands import ChangeStored, Command
from jope.kernel.errors import JopeError, NotFoundError
from jope_ui.views.desk import Desk
from jope_ui.widgets.notice import Notice


class Collecting(Protocol):
    """A sheet that collects what a command is made of."""

    @property
    def given(self) -> SignalInstance:
        """Carries what was collected."""

    def refuse(self, error: JopeError) -> None:
        """Say why the command was not carried out."""

    def open(self) -> None:
        """Show the sheet."""

    def close_sheet(self) -> None:
        """Take the sheet away."""


class Page(QWidget):
    """A page has a body, a notice and a row of actions. ``kinds`` are the changes it redraws for."""

    kinds: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, desk: Desk, *, name: str) -> None:
        super().__init__()
        self.desk = desk
        self.client = desk.client
        self.theme = desk.client.theme
        self.setObjectName(f"page-{name}")
        self.setProperty("role", "page")
        self.shown = False
        """Whether the data of the present visit is on the screen."""
        column = QVBoxLayout(self)
        self.theme.space(column, gap_mm=2.5, margin_mm=2.5)
        self.body = QVBoxLayout()
        self.theme.space(self.body, gap_mm=2.5)
        self.notice = Notice(self.theme, name=f"{name}-notice")
        self.footer = QHBoxLayout()
        self.theme.space(self.footer, gap_mm=2.5)
        column.addLayout(self.body, 1)
        column.addWidget(self.notice)
        column.addLayout(self.footer)

    def enter(self, about: str = "") -> None:
        """The page is opened."""
        self.shown = False
        self.notice.hide()
        self.refresh()

    def leave(self) -> None:
        """The page is left."""

    def on_changed(self, kinds: frozenset[str]) -> None:
        """Something changed in the station."""
        if kinds & self.kinds:
            self.refresh()

    def refresh(self) -> None:
        """Read again."""
        if self.client.session.token is not None:
            self.client.read(self.load, self._on_loaded, self._on_load_failed, key=self.objectName())

    def load(self, token: str | None) -> Any:
        """Read what the page shows. Runs in a worker thread."""
        raise NotImplementedError

    def show_data(self, data: Any) -> None:
        """Show what was read."""
        raise NotImplementedError

    def send(self, command: Command) -> None:
        """Send a command; where the site's signature matrix has it signed, let it be signed first."""
        self.notice.hide()
        if self.client.station.is_signed(command):
            self.sign(command)
            return
        self.client.dispatch(command, self.on_done, self.notice.refuse)

    def sign(self, command: Command, *, second_person: bool = False) -> None:
        """Let a command be signed."""
        self.notice.hide()
        self.desk.signing.sign(command, self.on_done, self.notice.refuse, second_person=second_person)

    def collect(self, sheet: Collecting, make: Callable[[Any], Command]) -> None:
        """Open a sheet, send the command that is made of what it collects, and close it when the command was carried out."""

        def done(result: Any) -> None:
            sheet.close_sheet()
            self.on_done(result)

        sheet.given.connect(lambda values: self.client.dispatch(make(values), done, sheet.refuse))
        sheet.open()

    def on_done(self, result: Any) -> None:
        """A command was carried out, or waits as a draft: then its requester looks at it among the changes."""
        if isinstance(result, ChangeStored):
            self.desk.go("changes", result.request_id)
        else:
            self.refresh()

    def on_scanned(self, text: str) -> None:
        """The scanner read something while the page was open."""

    def on_missing(self) -> None:
        """What the page looks at does not exist (any more)."""

    def _on_loaded(self, data: Any) -> None:
        self.show_data(data)
        self.shown = True

    def _on_load_failed(self, error: JopeError) -> None:
        if isinstance(error, NotFoundError):
            self.on_missing()
        self.notice.refuse(error)
        self.shown = True

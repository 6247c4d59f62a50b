"""The way of a signed action: ask what would be signed, show it, take the signature, send the command, say how it ended.

Whoever signs for the first time accepts the accountability statement on the same way, before the action itself (URS B09). A full signature may open a
series: the token is kept here until the page, the person or the lock takes it (URS B10).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from jope.compliance.commands import Command, SignatureInput, SigningSheet
from jope.compliance.signatures.commands import AcceptAccountability
from jope.compliance.signatures.statements import Statement
from jope.kernel.errors import JopeError, RecordChangedError, StatementDueError
from jope.kernel.ids import new_id
from jope_ui.bridge.client import Client
from jope_ui.dialogs.signature import SignatureSheet
from jope_ui.translation import spoken
from jope_ui.viewmodels.series import Series

Done = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class _Offer:
    """What is signed next: the action itself, or the statement before it."""

    command: Command
    sheet: SigningSheet


class Signing(QObject):
    """One signature at a time over the whole window."""

    def __init__(self, client: Client, host: QWidget) -> None:
        super().__init__()
        self._client = client
        self._host = host
        self._sheet: SignatureSheet | None = None
        self._series = ""

    @property
    def open_sheet(self) -> SignatureSheet | None:
        """The sheet on the screen, if any."""
        return self._sheet

    def sign(
        self,
        command: Command,
        done: Done,
        failed: Callable[[JopeError], None],
        *,
        second_person: bool = False,
    ) -> None:
        """Let a command be signed and sent. ``failed`` hears only what ends the matter before a sheet is open."""
        asker = self._client.session.token

        def offered(offer: _Offer) -> None:
            if self._sheet is not None or self._client.session.token != asker:
                return
            if offer.command is command:
                self._open(offer, done, second_person=second_person)
            else:
                self._open(offer, lambda _: self.sign(command, done, failed, second_person=second_person), accepts=True)

        if self._sheet is None:
            self._client.read(lambda token: self._offer(command, token), offered, failed)

    def accept(self, done: Done, failed: Callable[[JopeError], None]) -> None:
        """Let the person who is signed in accept the accountability statement, without an action that waits for it."""

        def offer(token: str | None) -> _Offer:
            due = self._client.station.statement_due(token)
            if not due:
                raise StatementDueError("The statement is accepted already.", remedy="Nothing is left to do.")
            return self._statement(due, token)

        asker = self._client.session.token

        def offered(found: _Offer) -> None:
            if self._sheet is None and self._client.session.token == asker:
                self._open(found, done, accepts=True)

        if self._sheet is None:
            self._client.read(offer, offered, failed)

    def drop(self) -> None:
        """Close the sheet without a signature, because another person took over."""
        if self._sheet is not None:
            self._sheet.clear_secrets()
            self._sheet.close_sheet()

    def end_series(self) -> None:
        """The page, the person or the lock ended it; the station has done the same."""
        self._series = ""

    # --- what is offered; in a worker thread --------------------------------------------------------------------------

    def _offer(self, command: Command, token: str | None) -> _Offer:
        due = self._client.station.statement_due(token, command)
        return self._statement(due, token) if due else _Offer(command, self._client.station.sheet(command, token))

    def _statement(self, due: tuple[Statement, ...], token: str | None) -> _Offer:
        shown = next((text for text in due if text.language == spoken()), due[0])
        command = AcceptAccountability(number=shown.number, language=shown.language)
        return _Offer(command, self._client.station.sheet(command, token))

    # --- the sheet ----------------------------------------------------------------------------------------------------

    def _open(self, offer: _Offer, done: Done, *, second_person: bool = False, accepts: bool = False) -> None:
        series = self._running() if offer.sheet.series and not second_person else None
        sheet = SignatureSheet(self._host, self._client.theme, offer.sheet, second_person=second_person, accepts=accepts, series=series)
        self._sheet = sheet
        sheet.closed.connect(lambda: self._on_sheet_closed(sheet))
        sheet.signed.connect(lambda given: self._send(sheet, offer.command, given, done))
        sheet.open()

    def _running(self) -> Series | None:
        token, station = self._client.session.token, self._client.station
        if not self._series or station.series_left(token) <= 0:
            self._series = ""
            return None
        return Series(self._series, self._client.session.employee_id, lambda: station.series_left(token))

    # A command that was refused is answered with its first outcome when it is repeated: each try to sign is a command of its own.
    def _send(self, sheet: SignatureSheet, command: Command, given: SignatureInput, done: Done) -> None:
        def finished(result: Any) -> None:
            self._series = self._client.station.fetch_series(self._client.session.token) or self._series
            if self._sheet is sheet:
                sheet.clear_secrets()
                sheet.close_sheet()
            done(result)

        attempt = replace(command, command_id=new_id())
        self._client.dispatch(attempt, finished, lambda error: self._refused(sheet, command, error), signature=given)

    def _refused(self, sheet: SignatureSheet, command: Command, error: JopeError) -> None:
        if self._sheet is not sheet:
            return
        sheet.refuse(error)
        if isinstance(error, RecordChangedError):
            self._client.sheet(command, sheet.show_sheet, sheet.refuse)

    def _on_sheet_closed(self, sheet: SignatureSheet) -> None:
        if self._sheet is sheet:
            self._sheet = None

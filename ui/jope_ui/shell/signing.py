"""The way of a signed action: ask what would be signed, show it, take the signature, send the command, say how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from jope.compliance.commands import Command, SignatureInput, SigningSheet
from jope.kernel.errors import JopeError, RecordChangedError
from jope.kernel.ids import new_id
from jope_ui.bridge.client import Client
from jope_ui.dialogs.signature import SignatureSheet


class Signing(QObject):
    """One signature at a time over the whole window."""

    def __init__(self, client: Client, host: QWidget) -> None:
        super().__init__()
        self._client = client
        self._host = host
        self._sheet: SignatureSheet | None = None

    @property
    def open_sheet(self) -> SignatureSheet | None:
        """The sheet on the screen, if any."""
        return self._sheet

    def sign(
        self,
        command: Command,
        done: Callable[[Any], None],
        failed: Callable[[JopeError], None],
        *,
        second_person: bool = False,
    ) -> None:
        """Let a command be signed and sent. ``failed`` hears only what ends the matter before a sheet is open."""
        if self._sheet is None:
            self._client.sheet(command, lambda sheet: self._open(sheet, command, done, second_person), failed)

    def drop(self) -> None:
        """Close the sheet without a signature, because another person took over."""
        if self._sheet is not None:
            self._sheet.clear_secrets()
            self._sheet.close_sheet()

    def _open(self, shown: SigningSheet, command: Command, done: Callable[[Any], None], second_person: bool) -> None:
        sheet = SignatureSheet(self._host, self._client.theme, shown, second_person=second_person)
        self._sheet = sheet
        sheet.closed.connect(self._on_sheet_closed)
        sheet.signed.connect(lambda given: self._send(sheet, command, given, done))
        sheet.open()

    # A command that was refused is answered with its first outcome when it is repeated: each try to sign is a command of its own.
    def _send(self, sheet: SignatureSheet, command: Command, given: SignatureInput, done: Callable[[Any], None]) -> None:
        def finished(result: Any) -> None:
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

    def _on_sheet_closed(self) -> None:
        self._sheet = None

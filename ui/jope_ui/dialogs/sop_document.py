"""The document of a procedure, read to its end before it is signed for (URS I03)."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from jope.compliance.training.queries import SopRow
from jope.kernel.errors import JopeError, UnwritableFileError
from jope_ui.bridge.client import Client
from jope_ui.widgets.buttons import BlockedAction, Button
from jope_ui.widgets.cards import Card, ScrollColumn
from jope_ui.widgets.labels import NO_BREAK, Text, breakable
from jope_ui.widgets.notice import Notice
from jope_ui.widgets.sheet import Sheet

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_PAGE = 0.85
"""How much of what is seen a page turns by, so that a line is seen twice rather than never."""


class SopDocumentSheet(Sheet):
    """Shows a text as it was published. Another kind of document is saved as a copy and read there. ``read_through`` says that it is to be signed."""

    read_through = Signal()

    def __init__(self, host: QWidget, client: Client, sop: SopRow, content: bytes, *, why_not: str) -> None:
        super().__init__(host, client.theme, name="sop-document")
        self._client, self._sop, self._content, self._why_not = client, sop, content, why_not
        self._seen = False
        title = self.tr("{sop} ({title}), version {number}").format(sop=sop.sop_id, title=sop.title, number=sop.number)
        self.title = Text(title, "heading", wrap=True)
        digest = NO_BREAK.join(sop.document_hash[at : at + 8] for at in range(0, len(sop.document_hash), 8))
        facts = self.tr("{name}, effective from {date}, SHA-256 {hash}")
        words = facts.format(name=sop.document_name, date=sop.effective_from, hash=digest.replace(NO_BREAK, " "))
        self.facts = Text(words, "quiet", wrap=True)
        self.text = ScrollColumn(client.theme, gap_mm=2, name="sop-text")
        self.notice = Notice(client.theme, name="sop-notice")
        self.close_button = Button(self.tr("Close"), name="sop-close")
        self.page = Button(self.tr("Next page"), name="sop-page")
        self.copy = Button(self.tr("Save a copy"), name="sop-copy")
        self.sign_it = BlockedAction(self.tr("Sign: read and understood"), client.theme, name="sop-sign")
        self._lay_out()
        self._show_text()
        self.close_button.clicked.connect(self.close_sheet)
        self.page.clicked.connect(self._on_page_clicked)
        self.copy.clicked.connect(self._on_copy_clicked)
        self.sign_it.triggered.connect(self._on_sign_triggered)
        bar = self.text.verticalScrollBar()
        bar.valueChanged.connect(self._look)
        bar.rangeChanged.connect(self._look)
        self._check()

    def _lay_out(self) -> None:
        card = Card(self._client.theme, role="sunken")
        card.body.addWidget(self.text, 1)
        for widget, stretch in ((self.title, 0), (self.facts, 0), (card, 1), (self.notice, 0)):
            self.body.addWidget(widget, stretch)
        line = QHBoxLayout()
        self._client.theme.space(line, gap_mm=3)
        for button in (self.close_button, self.page, self.copy):
            line.addWidget(button)
        line.addWidget(self.sign_it, 1)
        self.body.addLayout(line)

    def _show_text(self) -> None:
        try:
            text = self._content.decode("utf-8")
        except UnicodeDecodeError:
            text = ""
        self._is_text = "\x00" not in text and bool(text.strip()) and not text.startswith("%PDF-")
        self.page.setVisible(self._is_text)
        if not self._is_text:
            words = self.tr("This document is no plain text. Save a copy, read it, and come back here to sign.")
            self.text.add(Text(words, "body", wrap=True))
            return
        for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip("\n")):
            self.text.add(Text(breakable(paragraph), "body", wrap=True))

    @override
    def first_field(self) -> QWidget:
        return self.page if self._is_text else self.copy

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() is QEvent.Type.Resize:
            QTimer.singleShot(0, self._look)
        return super().eventFilter(watched, event)

    @override
    def open(self) -> None:
        super().open()
        QTimer.singleShot(0, self._look)

    def _look(self) -> None:
        """The end of the text is on the screen: it was read through."""
        bar = self.text.verticalScrollBar()
        if self._is_text and self.isVisible() and bar.value() >= bar.maximum():
            self._seen = True
            self._check()

    def _check(self) -> None:
        if self._why_not:
            self.sign_it.block(self._why_not)
        elif self._seen:
            self.sign_it.block("")
        else:
            self.sign_it.block(self.tr("Read it to its end first.") if self._is_text else self.tr("Save a copy and read it first."))

    def _on_page_clicked(self) -> None:
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.value() + int(self.text.viewport().height() * _PAGE))

    def _on_copy_clicked(self) -> None:
        name = _UNSAFE.sub("-", f"{self._sop.sop_id}-{self._sop.number}-{Path(self._sop.document_name).name}")
        path, content = self._client.print_folder / name, self._content

        def write(token: str | None) -> Path:
            try:
                path.write_bytes(content)
            except OSError as error:
                raise UnwritableFileError(f"The copy cannot be written to {path}: {error.strerror}.") from error
            return path

        self._client.read(write, self._on_copied, self._on_refused, key="sop-copy")

    def _on_copied(self, path: Path) -> None:
        self._seen = True
        self.notice.confirm(self.tr("Saved as {path}.").format(path=path), "")
        self._check()

    def _on_refused(self, error: JopeError) -> None:
        self.notice.refuse(error)

    def _on_sign_triggered(self) -> None:
        self.close_sheet()
        self.read_through.emit()

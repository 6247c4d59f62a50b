"""The sheet that makes a signed bundle for an inspector: what leaves the station, where it goes, and what was made (URS C13, O01-O03, O07)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget
from typing_extensions import override

from jope.compliance.commands import GuardVerdict
from jope.kernel.errors import JopeError
from jope.services.exports.commands import ExportData, Scope
from jope_ui.bridge.client import Client
from jope_ui.viewmodels.wording import short_ids
from jope_ui.widgets.buttons import BlockedAction, Button
from jope_ui.widgets.labels import NO_BREAK, Text, breakable, hash_head
from jope_ui.widgets.notice import Notice
from jope_ui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from jope.services.exports.exporting import Exported

BEAT_MS = 250
_KEY = "export"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class ExportSheet(Sheet):
    """Choose what leaves the station. Nothing is chosen beforehand; the export is an event before the file exists."""

    def __init__(self, host: QWidget, client: Client, *, records: tuple[tuple[str, str], ...]) -> None:
        super().__init__(host, client.theme, name="export-sheet")
        self._client = client
        self._verdict: GuardVerdict | None = None
        self._asking = True
        self._busy = False
        self._since = QElapsedTimer()
        self._beat = QTimer(self)
        self._beat.setInterval(BEAT_MS)
        self._beat.timeout.connect(self._show_progress)
        self.title = Text(self.tr("Export a signed bundle"), "title")
        self.words = Text(
            self.tr(
                "The bundle carries the events, their proofs and its own verifier; of one record it proves that nothing was left out. "
                "The trail notes the export before the file exists."
            ),
            "body",
            wrap=True,
        )
        self.choices = QButtonGroup(self)
        self._rows = QVBoxLayout()
        self.folder = Text(breakable(str(client.print_folder)), "quiet", wrap=True)
        self.result = Text("", "strong", wrap=True)
        self.result.setObjectName("export-result")
        self.facts = Text("", "quiet", wrap=True)
        self.notice = Notice(client.theme, name="export-notice")
        self.close_button = Button(self.tr("Close"), name="export-close")
        self.export = BlockedAction(self.tr("Export"), client.theme, name="export-give", place="below")
        self._lay_out(records)
        self.choices.buttonToggled.connect(self._check)
        self.close_button.clicked.connect(self.cancel)
        self.export.triggered.connect(self._on_export_triggered)
        self._check()
        probe = ExportData(scope=Scope.TRAIL)
        client.read(lambda token: client.station.preflight(probe, token), self._on_asked, self._on_failed, key="export-preflight")

    def _lay_out(self, records: tuple[tuple[str, str], ...]) -> None:
        about, entry, columns, line = QVBoxLayout(), QVBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for layout, gap in ((about, 2.5), (entry, 2.5), (columns, 5.0), (line, 3.0), (self._rows, 2.0)):
            self._theme.space(layout, gap_mm=gap)
        for widget in (self.title, self.words, Text(self.tr("Goes to"), "quiet"), self.folder):
            about.addWidget(widget)
        about.addStretch(1)
        about.addWidget(self.notice)
        for kind, subject_id in records:
            text = self.tr("Only {kind} {id}").format(kind=kind, id=short_ids(subject_id))
            self._add_choice(text, f"export-{kind}", (Scope.SUBJECT, kind, subject_id))
        self._add_choice(self.tr("The whole trail"), "export-trail", (Scope.TRAIL, "", ""))
        self._add_choice(self.tr("Trail, tables and records"), "export-station", (Scope.STATION, "", ""))
        entry.addLayout(self._rows)
        entry.addWidget(self.result)
        entry.addWidget(self.facts)
        entry.addStretch(1)
        line.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignBottom)
        line.addWidget(self.export, 1)
        entry.addLayout(line)
        columns.addLayout(about, 1)
        columns.addLayout(entry, 1)
        self.body.addLayout(columns, 1)

    def _add_choice(self, text: str, name: str, asked: tuple[Scope, str, str]) -> None:
        button = QRadioButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setProperty("asked", asked)
        self.choices.addButton(button)
        self._rows.addWidget(button)

    @override
    def first_field(self) -> QWidget:
        return self.choices.buttons()[0]

    @override
    def close_sheet(self) -> None:
        self._beat.stop()
        self._client.long.forget(_KEY)
        super().close_sheet()

    @override
    def cancel(self) -> None:
        if not self._busy:
            self.close_sheet()

    def _on_asked(self, verdict: GuardVerdict | None) -> None:
        self._asking, self._verdict = False, verdict
        self._check()

    def _check(self) -> None:
        for button in self.choices.buttons():
            button.setEnabled(not self._busy)
        self.close_button.setEnabled(not self._busy)
        if self._asking or self._busy:
            self.export.block(self.tr("Exporting \u2026") if self._busy else self.tr("Asking the station \u2026"))
        elif self._verdict is not None:
            self.export.set_verdict(self._verdict)
        else:
            self.export.block("" if self.choices.checkedButton() is not None else self.tr("Missing: what is to be exported."))

    def _on_export_triggered(self) -> None:
        chosen = self.choices.checkedButton()
        if chosen is None:
            return
        scope, kind, subject_id = chosen.property("asked")
        command = ExportData(scope=scope, kind=kind, id=subject_id)
        path = self._path_of(kind, subject_id, scope)
        token, station = self._client.session.token, self._client.station
        self._busy = True
        self.notice.hide()
        self.facts.setText("")
        self._since.start()
        self._beat.start()
        self._show_progress()
        self._check()
        self._client.long.run(lambda: station.export_data(command, token, path), self._on_exported, self._on_failed, key=_KEY)

    def _path_of(self, kind: str, subject_id: str, scope: Scope) -> Path:
        """A name of its own for each export: no bundle takes another one's place."""
        what = f"{kind}-{subject_id}" if scope is Scope.SUBJECT else scope.value
        moment = re.sub(r"\D", "", self._client.station.clock_texts()[1])[:14]
        return self._client.print_folder / f"{_UNSAFE.sub('-', f'{self._client.info.station_id}-{what}')[:80]}-{moment}.zip"

    def _show_progress(self) -> None:
        self.result.setText(self.tr("{seconds} s \u2026").format(seconds=self._since.elapsed() // 1000))

    def _end(self) -> None:
        self._beat.stop()
        self._busy = False
        self._check()

    def _on_exported(self, made: Exported) -> None:
        self._end()
        self.result.setText(self.tr("{events} events exported, noted as event {seq}.").format(events=made.events, seq=made.seq))
        size = f"{made.bytes:,}".replace(",", NO_BREAK)
        root = self.tr("checkpoint over {size} events, root {root}").format(size=made.size, root=hash_head(made.root))
        self.facts.setText(breakable(f"{Path(made.path).name}, {size}{NO_BREAK}B, {root}"))

    def _on_failed(self, error: JopeError) -> None:
        self._asking = False
        self._end()
        self.result.setText("")
        self.notice.refuse(error)

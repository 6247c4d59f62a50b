"""Verifying the trail: how long it has been running, how much there is to verify, how to stop waiting for it, and the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from jope.compliance.audit.queries import audit_top
from jope.kernel.errors import JopeError
from jope_ui.bridge.client import Client
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.cards import Card
from jope_ui.widgets.labels import NO_BREAK, Identifier, Text, hash_head
from jope_ui.widgets.shapes import Icon

if TYPE_CHECKING:
    from jope.compliance.audit.verification.report import VerifyReport

BEAT_MS = 250
_KEY = "verify"


class VerificationCard(Card):
    """One verification at a time. A cancelled one is ended and gives no verdict."""

    _progressed = Signal(str, float)

    def __init__(self, client: Client) -> None:
        super().__init__(client.theme, pad_mm=1)
        self._client = client
        self._since = QElapsedTimer()
        self._events = 0
        self._share = 0.0
        self._layer = ""
        self.icon = Icon(client.theme, "", size_mm=7)
        self.verdict = Text(self.tr("Not verified in this session."), "strong", wrap=True)
        self.verdict.setObjectName("audit-verdict")
        self.facts = Text("", "quiet", wrap=True)
        self.count = Identifier("", "quiet")
        self.cancel = Button(self.tr("Cancel"), name="audit-verify-cancel")
        self.verify = Button(self.tr("Verify trail"), role="primary", name="audit-verify")
        self.beside = QHBoxLayout()
        """Where the page puts what else can be done with the trail, before the button that verifies it."""
        self._beat = QTimer(self)
        self._beat.setInterval(BEAT_MS)
        self._lay_out()
        self.cancel.hide()
        self._beat.timeout.connect(self._show_progress)
        self.verify.clicked.connect(self._on_verify_clicked)
        self.cancel.clicked.connect(self._on_cancel_clicked)
        client.long.busy_changed.connect(self._on_busy_changed)
        self._progressed.connect(self._on_progressed)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        self._client.theme.space(line, gap_mm=2.5, margin_mm=(2, 0, 0, 0))
        self._client.theme.space(self.beside, gap_mm=2.5)
        words = QVBoxLayout()
        self._client.theme.space(words, gap_mm=0)
        words.addStretch(1)
        words.addWidget(self.verdict)
        words.addWidget(self.facts)
        words.addStretch(1)
        line.addWidget(self.icon)
        line.addLayout(words, 1)
        line.addWidget(self.count)
        line.addLayout(self.beside)
        line.addWidget(self.cancel)
        line.addWidget(self.verify)
        self.body.addLayout(line)

    def _on_verify_clicked(self) -> None:
        self._since.start()
        self._events = 0
        self._share, self._layer = 0.0, ""
        self.icon.show_icon("")
        self.verdict.setText(self.tr("Verifying \u2026"))
        self._show_progress()
        self.cancel.show()
        self._beat.start()
        self._client.read(
            lambda token: self._client.station.read(audit_top, token),
            self._on_counted,
            lambda _: None,
            key="verify-count",
        )
        token, station, told = self._client.session.token, self._client.station, self._progressed.emit
        self._client.long.run(lambda: station.verify(token, told), self._on_verified, self._on_failed, key=_KEY)

    def _on_progressed(self, layer: str, share: float) -> None:
        self._layer, self._share = layer, share

    def _on_counted(self, count: int) -> None:
        self._events = count
        if self._beat.isActive():
            self._show_progress()

    def _show_progress(self) -> None:
        words = self.tr("{percent} % · {seconds} s · {count} events · {layer}") if self._events else self.tr("{seconds} s")
        elapsed, percent = self._since.elapsed() // 1000, int(self._share * 100)
        self.facts.setText(words.format(seconds=elapsed, count=_grouped(self._events), percent=percent, layer=self._layer))

    def _on_busy_changed(self, busy: bool) -> None:
        self.verify.setEnabled(not busy)
        if not busy and not self._beat.isActive() and not self.icon.name:
            self.facts.setText(self.tr("The trail can be verified again."))

    def _on_cancel_clicked(self) -> None:
        self._client.long.forget(_KEY)
        self._client.station.cancel_verification()
        self._end()
        self.verdict.setText(self.tr("Cancelled after {seconds} s: no verdict.").format(seconds=self._since.elapsed() // 1000))
        self.facts.setText(self.tr("It was ended, and the trail says so."))

    def _end(self) -> None:
        self._beat.stop()
        self.cancel.hide()

    def _on_verified(self, report: VerifyReport) -> None:
        self._end()
        self.icon.show_icon("check" if report.ok else "cross")
        clock = self._client.station.clock_texts()[1][11:].replace(" ", NO_BREAK)
        text = self.tr("Verified: {count} events") if report.ok else self.tr("{findings} findings in {count} events")
        self.verdict.setText(text.format(count=_grouped(report.events), findings=len(report.findings)))
        self.facts.setText(
            self.tr("head {head} · {time} · {seconds} s").format(head=hash_head(report.head), time=clock, seconds=f"{report.seconds:.1f}")
        )
        if report.findings:
            first = report.findings[0]
            self.facts.setText(f"{first.layer} #{first.seq} {first.subject}: {first.message}")

    def _on_failed(self, error: JopeError) -> None:
        self._end()
        self.icon.show_icon("cross")
        self.verdict.setText(f"{error.code}  {error.message}")
        self.facts.setText(error.what_to_do)


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", NO_BREAK)

"""The manifestation of a signature: name, id, role, UTC, meaning, and whether it still stands (21 CFR 11.50; URS B02, B04)."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from jope.compliance.signatures.queries import SignatureView
from jope.kernel.clock import utc_text
from jope_ui.theme import Theme
from jope_ui.widgets.labels import NO_BREAK, Text
from jope_ui.widgets.shapes import Icon
from jope_ui.widgets.state_words import StateWords


class SignatureBlock(QFrame):
    """One signature, or the place where one is still missing."""

    def __init__(self, theme: Theme, purpose: str = "") -> None:
        super().__init__()
        self.setProperty("role", "row")
        self._purpose = purpose
        self._words = StateWords(self)
        self.icon = Icon(theme, "locked", size_mm=5.5)
        self.who = Text("", "strong", wrap=True)
        self.when = Text("", "small", wrap=True)
        self.meaning = Text("", "quiet", wrap=True)
        self.verdict = Text("", "strong", wrap=True)
        words = QVBoxLayout()
        theme.space(words, gap_mm=0.3)
        for line in (self.meaning, self.who, self.when, self.verdict):
            words.addWidget(line)
        across = QHBoxLayout(self)
        theme.space(across, gap_mm=2.5, margin_mm=(0, 1.2, 0, 1.2))
        across.addWidget(self.icon)
        across.addLayout(words, 1)
        self.show_signature(None)

    def show_signature(self, signature: SignatureView | None) -> None:
        """Show a signature as it was verified just now; None shows the empty place."""
        for line in (self.who, self.when):
            line.setVisible(signature is not None)
        if signature is None:
            self.icon.show_icon("locked")
            missing = self.tr("not signed yet")
            self.meaning.setText(f"{self._purpose}: {missing}" if self._purpose else missing)
            self.verdict.hide()
            self.setAccessibleName(self.meaning.text())
            return
        meaning = self._meaning(signature.meaning)
        head = meaning if self._purpose.lower() in ("", meaning) else f"{self._purpose} · {meaning}"
        self.meaning.setText(f"{head} · {signature.reason}" if signature.reason else head)
        self.who.setText(signature.name)
        facts = (signature.signer, self._words.role(signature.role), utc_text(signature.signed_utc_us))
        self.when.setText(" · ".join(fact.replace(" ", NO_BREAK) for fact in facts))
        self.icon.show_icon("check" if signature.valid else "cross")
        self.verdict.setText(signature.verdict)
        self.verdict.setVisible(not signature.valid)
        self.setAccessibleName(f"{self.meaning.text()}: {self.who.text()}, {self.when.text()}, {signature.verdict}")

    def _meaning(self, meaning: str) -> str:
        words = {
            "authorship": self.tr("authorship"),
            "performed": self.tr("performed"),
            "verified": self.tr("verified"),
            "review": self.tr("reviewed"),
            "approval": self.tr("approved"),
            "responsibility": self.tr("responsible"),
            "release": self.tr("released"),
            "certification": self.tr("certified"),
            "rejection": self.tr("rejected"),
            "void": self.tr("voided"),
        }
        return words.get(meaning, meaning)

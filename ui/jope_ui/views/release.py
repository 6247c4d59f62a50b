"""Release by two people: the exceptions first, then the two signatures, and a quantity that stays 0 until both stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout
from typing_extensions import override

from jope.compliance.commands import GuardVerdict
from jope.plant.batches.commands import CertifyBatch, RejectBatch, ReleaseBatch
from jope.plant.batches.queries import BatchView, batch_detail
from jope_ui.dialogs.reason import ReasonSheet
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.buttons import BlockedAction, Button, out_of_role
from jope_ui.widgets.cards import Card, ScrollColumn
from jope_ui.widgets.exceptions import ExceptionList
from jope_ui.widgets.labels import Identifier, Text, quantity_text
from jope_ui.widgets.signature_block import SignatureBlock
from jope_ui.widgets.state_words import StateWords, plain_state

_PURPOSES = ("review", "release", "certification")


@dataclass(frozen=True, slots=True)
class ReleaseData:
    """What one read brings."""

    view: BatchView
    release: GuardVerdict | None
    certify: GuardVerdict | None
    reject: GuardVerdict | None


class ReleasePage(Page):
    """What QA and QP look at before they sign."""

    kinds: ClassVar[frozenset[str]] = frozenset({"batch", "signature", "weighing"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="release")
        self._data: ReleaseData | None = None
        self._words = StateWords(self)
        self.state = Identifier("", "title")
        self.exceptions = ExceptionList(self.theme)
        self.available = Identifier("", "status")
        self.available.setObjectName("available-quantity")
        self.produced = Text("", "quiet", wrap=True)
        titles = (self.tr("Production review"), self.tr("First signature"), self.tr("Second signature"))
        self.blocks = {purpose: SignatureBlock(self.theme, title) for purpose, title in zip(_PURPOSES, titles, strict=True)}
        self.reject = BlockedAction(self.tr("Reject batch"), self.theme, role="plain", name="release-reject", place="left")
        self.trail = Button(self.tr("Audit trail"), name="release-trail")
        self.release = BlockedAction(self.tr("Release"), self.theme, name="release-first")
        self.certify = BlockedAction(self.tr("Certify"), self.theme, name="release-second")
        self._lay_out()
        self.trail.clicked.connect(lambda: self.desk.go("audit", self.client.batch_no))
        self.reject.triggered.connect(self._on_reject_triggered)
        self.release.triggered.connect(lambda: self.sign(ReleaseBatch(batch_no=self.client.batch_no)))
        self.certify.triggered.connect(lambda: self.sign(CertifyBatch(batch_no=self.client.batch_no), second_person=True))

    def _lay_out(self) -> None:
        first = Card(self.theme, self.tr("Exceptions"))
        first.body.addWidget(self.exceptions, 1)
        quantity = Card(self.theme, self.tr("Available"), gap_mm=0.5)
        amount = QHBoxLayout()
        self.theme.space(amount, gap_mm=3)
        amount.addWidget(self.available)
        amount.addStretch(1)
        amount.addWidget(self.state)
        quantity.body.addLayout(amount)
        quantity.body.addWidget(self.produced)
        signed = Card(self.theme, self.tr("Signatures"), gap_mm=0.5)
        blocks = ScrollColumn(self.theme, gap_mm=0.5, name="release-signatures")
        for purpose in _PURPOSES:
            blocks.add(self.blocks[purpose])
        signed.body.addWidget(blocks, 1)
        right = QVBoxLayout()
        self.theme.space(right, gap_mm=2.5)
        right.addWidget(quantity)
        right.addWidget(signed, 1)
        across = QHBoxLayout()
        self.theme.space(across, gap_mm=2.5)
        across.addWidget(first, 6)
        across.addLayout(right, 6)
        self.body.addLayout(across, 1)
        self.footer.addWidget(self.trail)
        self.footer.addWidget(self.reject)
        self.footer.addWidget(self.release, 1)
        self.footer.addWidget(self.certify, 1)
        self.footer.setAlignment(self.trail, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)

    @override
    def refresh(self) -> None:
        if self.client.batch_no:
            super().refresh()
        else:
            self.desk.go("overview", "")

    @override
    def load(self, token: str | None) -> ReleaseData:
        station, batch_no = self.client.station, self.client.batch_no
        view = station.read(batch_detail, token, batch_no=batch_no)
        verdicts = (
            station.preflight(command, token)
            for command in (ReleaseBatch(batch_no=batch_no), CertifyBatch(batch_no=batch_no), RejectBatch(batch_no=batch_no, reason=""))
        )
        return ReleaseData(view, *verdicts)

    @override
    def show_data(self, data: ReleaseData) -> None:
        self._data = data
        view = data.view
        self.state.setText(self._words.record(view.record_state))
        self.exceptions.show_exceptions(view.exceptions)
        self.available.setText(quantity_text(view.available_quantity or "0", view.unit))
        self.produced.setText(self._produced(view))
        for purpose, block in self.blocks.items():
            block.show_signature(next((one for one in view.signatures if one.meaning == purpose), None))
        released = any(one.meaning == "release" for one in view.signatures)
        closed = plain_state(view.record_state) in ("released", "rejected")
        self.release.setVisible(not released and not closed)
        self.certify.setVisible(released and not closed)
        self.reject.setVisible(not closed and not out_of_role(data.reject))
        self.release.set_verdict(data.release)
        self.certify.set_verdict(data.certify)
        self.reject.set_verdict(data.reject)

    def _produced(self, view: BatchView) -> str:
        produced = quantity_text(view.produced_quantity, view.unit)
        if plain_state(view.record_state) == "released":
            return self.tr("of {quantity} produced").format(quantity=produced)
        return self.tr("{quantity} produced; available when both signatures stand").format(quantity=produced)

    def _on_reject_triggered(self) -> None:
        batch_no = self.client.batch_no
        sheet = ReasonSheet(
            self.desk.host,
            self.theme,
            self.client.session,
            place=f"reject:{batch_no}",
            title=self.tr("Reject batch {batch}").format(batch=batch_no),
            loss=self.tr("The whole batch is lost for sale. This is final."),
            verb=self.tr("Reject batch"),
        )

        def given(reason: str) -> None:
            sheet.close_sheet()
            self.sign(RejectBatch(batch_no=batch_no, reason=reason))

        sheet.given.connect(given)
        sheet.open()

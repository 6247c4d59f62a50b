"""The clock against the trail: what both say, and the way out when the clock stands before the trail, by two people (URS C12; A11d-20)."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from jope.compliance.timekeeping.commands import ApproveClockCorrection, ProposeClockCorrection
from jope.compliance.timekeeping.queries import ClockState, clock_state
from jope.kernel.clock import site_text, utc_text
from jope.kernel.errors import JopeError
from jope.kernel.ids import new_id
from jope_ui.bridge.client import Client
from jope_ui.dialogs.form_sheet import FormSheet
from jope_ui.widgets.cards import row
from jope_ui.widgets.field import Field
from jope_ui.widgets.labels import Identifier, Text

LEAST = 5


class ClockSheet(FormSheet):
    """``given`` carries the command to be signed: a proposal, or the approval of the one that is open."""

    given = Signal(object)

    def __init__(self, host: QWidget, client: Client) -> None:
        super().__init__(host, client.theme, name="clock-sheet", title="", verb="", verb_name="clock-give")
        self._client = client
        self._state: ClockState | None = None
        self.title.setText(self.tr("Clock and trail"))
        self.words = Text("", "body", wrap=True)
        self.words.setObjectName("clock-words")
        self.clock_site, self.clock_utc, self.trail_utc = Identifier("", "strong"), Identifier("", "quiet"), Identifier("", "strong")
        for label, value in (
            (self.tr("This clock"), self.clock_site),
            ("", self.clock_utc),
            (self.tr("Latest time in the trail"), self.trail_utc),
        ):
            self.about.addLayout(row(client.theme, Text(label, "quiet"), value, stretch=1))
        self.about.addWidget(self.words)
        self.about.addStretch(1)
        self.reason = Field(self.tr("What happened, and which clock you compared with"), client.theme, name="clock-reason")
        self.proposal = Text("", "body", wrap=True)
        self.error = Text("", "error", wrap=True)
        for widget in (self.reason, self.proposal, self.error):
            self.entry.addWidget(widget)
        self.reason.hide()
        self.reason.changed.connect(self._check)
        self.finish_layout()
        self.verb.triggered.connect(self._on_verb_triggered)
        self.verb.offer(self.tr("Propose this clock as right"))
        self.verb.block(self.tr("Asking the station \u2026"))
        client.read(lambda token: client.station.read(clock_state, token), self._show, self._refuse, key="clock-state")

    @override
    def first_field(self) -> QWidget:
        return self.cancel_button

    def _refuse(self, error: JopeError) -> None:
        self.error.setText(f"{error.code}  {error.message} {error.what_to_do}")

    def _show(self, state: ClockState) -> None:
        self._state = state
        zone = self._client.info.zone
        self.clock_site.setText(site_text(state.now_us, zone))
        self.clock_utc.setText(utc_text(state.now_us))
        self.trail_utc.setText(utc_text(state.trail_us))
        open_one = state.proposal
        self.reason.setVisible(state.behind and open_one is None)
        if not state.behind:
            self.words.setText(self.tr("The clock does not stand before the trail. Nothing is to be corrected."))
        elif open_one is None:
            self.words.setText(
                self.tr(
                    "The trail holds later times than this clock shows: regulated work waits. "
                    "If this clock is wrong, set it. If it is right, propose it; a second person approves within 15 minutes."
                )
            )
        else:
            self.words.setText(self.tr("Look at another clock. If this one is right, approve it: the trail goes on from here."))
            self.proposal.setText(
                self.tr("{person} proposed this clock as right at {time}: {reason}").format(
                    person=open_one.proposed_by, time=utc_text(open_one.clock_us), reason=open_one.reason
                )
            )
            self.verb.offer(self.tr("Approve this clock as right"))
        self._check()

    def _check(self) -> None:
        state = self._state
        if state is None:
            return
        if not state.behind:
            self.verb.block(self.tr("Nothing is to be corrected."))
        elif state.proposal is None and len(self.reason.text.strip()) < LEAST:
            self.verb.block(self.tr("Missing: a reason of at least {count} characters.").format(count=LEAST))
        else:
            self.verb.block("")

    def _on_verb_triggered(self) -> None:
        state = self._state
        if state is None:
            return
        if state.proposal is not None:
            self.given.emit(ApproveClockCorrection(correction_id=state.proposal.correction_id))
        else:
            self.given.emit(ProposeClockCorrection(correction_id=new_id(), reason=self.reason.text.strip()))

"""The signature sheet: what is signed, with which meaning, by whom (hmi rule U9; 21 CFR 11.50, 11.200(a)(1); URS B01-B03).

Employee id and password are typed each time and never filled in; inside a series that its person opened in full, the password alone (URS B10). No meaning
is chosen beforehand. Enter in a field never signs.
"""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QRadioButton, QWidget
from typing_extensions import override

from jope.compliance.commands import Meaning, SignatureInput, SigningSheet, offered_meanings
from jope.kernel.errors import JopeError, RecordChangedError
from jope_ui.dialogs.form_sheet import FormSheet
from jope_ui.dialogs.record_card import RecordCard
from jope_ui.theme import Theme
from jope_ui.viewmodels.series import Series
from jope_ui.widgets.field import Field
from jope_ui.widgets.labels import Text

PAIRED_MM = 53.0
"""Meanings whose words are wider stand below each other."""


class SignatureSheet(FormSheet):
    """Collects one signature. ``signed`` carries what was given; the sheet stays open until it is told how it ended."""

    signed = Signal(object)
    cancelled = Signal()

    def __init__(
        self,
        host: QWidget,
        theme: Theme,
        sheet: SigningSheet,
        *,
        second_person: bool = False,
        accepts: bool = False,
        series: Series | None = None,
    ) -> None:
        super().__init__(host, theme, name="signature-sheet", title="", verb=self.tr("Sign"), verb_name="signature-sign")
        self.title.setText(self.tr("Second person signs") if second_person else self.tr("Electronic signature"))
        if accepts:
            self.title.setText(self.tr("Accept before the first signature"))
            self.verb.offer(self.tr("Accept and sign"))
        self.accepts = accepts
        """Whether this is the acceptance of the accountability statement."""
        self._second = second_person
        self._series = series
        self._sheet = sheet
        self._busy = False
        self.record = RecordCard(theme)
        self.about.addWidget(self.record, 1)
        self.meanings = QButtonGroup(self)
        self._meaning_grid = QGridLayout()
        self._add_meanings(theme)
        self._add_fields(theme)
        self.statement = Text("", "quiet", wrap=True)
        self.error = Text("", "error", wrap=True)
        self.error.setObjectName("signature-error")
        self.error.hide()
        self.entry.addWidget(self.error)
        self.entry.addWidget(self.statement)
        self.finish_layout()
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._on_clock_timeout)
        self._show_series()
        self.verb.triggered.connect(self._on_verb_triggered)
        self.show_sheet(sheet)

    def _add_meanings(self, theme: Theme) -> None:
        self.asked = Text("", "quiet", wrap=True)
        self.entry.addWidget(self.asked)
        theme.space(self._meaning_grid, gap_mm=2)
        for meaning in self._sheet.offered or offered_meanings(self._sheet.meaning):
            button = QRadioButton(self.meaning_text(meaning))
            button.setObjectName(f"meaning-{meaning.value}")
            button.setAccessibleName(self.meaning_text(meaning))
            button.setProperty("meaning", meaning.value)
            self.meanings.addButton(button)
        self._place_meanings(columns=2)
        self.meanings.buttonToggled.connect(self._check)
        self.entry.addLayout(self._meaning_grid)

    def _place_meanings(self, *, columns: int) -> None:
        for index, button in enumerate(self.meanings.buttons()):
            self._meaning_grid.addWidget(button, index // columns, index % columns)

    def _add_fields(self, theme: Theme) -> None:
        self.running = Text("", "strong", wrap=True)
        self.running.setObjectName("signature-series")
        self.employee_id = Field(self.tr("Employee ID"), theme, name="signature-id")
        self.password = Field(self.tr("Password"), theme, name="signature-password", secret=True)
        self.reason = Field(self.tr("Reason"), theme, name="signature-reason")
        pair = QHBoxLayout()
        theme.space(pair, gap_mm=2)
        pair.addWidget(self.employee_id)
        pair.addWidget(self.password)
        self.entry.addWidget(self.running)
        self.entry.addLayout(pair)
        self.entry.addWidget(self.reason)
        for field in (self.employee_id, self.password, self.reason):
            field.changed.connect(self._check)
        self.employee_id.submitted.connect(self.password.line.setFocus)

    def show_sheet(self, sheet: SigningSheet) -> None:
        """Show what would be signed; called again when the record changed meanwhile. The meaning has to be chosen anew."""
        self._sheet = sheet
        self.record.show_sheet(sheet)
        self.asked.setText(
            self.tr("Meaning of this signature (the action asks for: {meaning})").format(meaning=self.meaning_text(sheet.meaning))
        )
        self.reason.setVisible(sheet.reason_due)
        self.meanings.setExclusive(False)
        for button in self.meanings.buttons():
            button.setChecked(False)
        self.meanings.setExclusive(True)
        bound = self.tr("Name, meaning and UTC time are bound to this record.")
        other = self.tr("Another person than the first signs here, with id and password of their own.")
        self.statement.setText(f"{other} {bound}" if self._second else bound)
        self._check()

    def refuse(self, error: JopeError) -> None:
        """The signature was not accepted: say why and how many tries are left, forget the password, let the person try again."""
        self._busy = False
        self.error.setText(f"{error.code}  {error.message} {error.what_to_do}".rstrip())
        self.error.show()
        self.statement.hide()
        if not isinstance(error, RecordChangedError):
            self._end_series()
        self.password.forget()
        self.password.line.setFocus()
        self._check()

    def take_badge(self, text: str, why_not: str = "") -> None:
        """A badge fills in the id and nothing else; ``why_not`` says why one fills in nothing."""
        if self._series is None:
            self.employee_id.set_text(text.strip())
        if why_not:
            self.error.setText(why_not)
            self.error.show()
        self.password.line.setFocus()

    # --- inside a series -----------------------------------------------------------------------------------------------

    @property
    def abbreviated(self) -> bool:
        """Whether the password alone is asked for."""
        return self._series is not None

    def _show_series(self) -> None:
        series = self._series
        self.running.setVisible(series is not None)
        self.employee_id.setVisible(series is None)
        if series is None:
            self._clock.stop()
            return
        left = int(series.left())
        text = self.tr("Series of {person}: password only. It ends in {time}.")
        self.running.setText(text.format(person=series.employee_id, time=f"{left // 60}:{left % 60:02d}"))
        self._clock.start()

    def _end_series(self) -> None:
        """The id is asked for again."""
        if self._series is not None:
            self._series = None
            self._show_series()
            self._check()

    def _on_clock_timeout(self) -> None:
        if self._series is not None and self._series.left() > 0:
            self._show_series()
        elif not self._busy:
            self._end_series()

    @property
    def meaning(self) -> Meaning | None:
        """The meaning chosen, None before."""
        button = self.meanings.checkedButton()
        return Meaning(button.property("meaning")) if button is not None else None

    @override
    def clear_secrets(self) -> None:
        self.employee_id.forget()
        self.password.forget()

    @override
    def cancel(self) -> None:
        if not self._busy:
            self.clear_secrets()
            self.cancelled.emit()
            self.close_sheet()

    @override
    def open(self) -> None:
        super().open()
        widest = max(button.sizeHint().width() for button in self.meanings.buttons())
        self._place_meanings(columns=2 if widest <= self._theme.px(PAIRED_MM) else 1)

    @override
    def first_field(self) -> QWidget:
        return self.meanings.buttons()[0]

    def _check(self) -> None:
        self.verb.block(self._missing())

    def _missing(self) -> str:
        if self._busy:
            return self.tr("Signing \u2026")
        missing = []
        if self.meaning is None:
            missing.append(self.tr("meaning"))
        if self._series is None and not self.employee_id.text.strip():
            missing.append(self.tr("employee ID"))
        if not self.password.text:
            missing.append(self.tr("password"))
        if self._sheet.reason_due and not self.reason.text.strip():
            missing.append(self.tr("reason"))
        return self.tr("Missing: {things}.").format(things=", ".join(missing)) if missing else ""

    def _on_verb_triggered(self) -> None:
        meaning = self.meaning
        if meaning is None or self._missing():
            return
        series = self._series
        given = SignatureInput(
            employee_id=self.employee_id.text.strip() if series is None else "",
            password=self.password.text,
            meaning=meaning,
            shown_hash=self._sheet.record_hash,
            reason=self.reason.text.strip(),
            series="" if series is None else series.token,
        )
        self._busy = True
        self.error.hide()
        self._check()
        self.signed.emit(given)

    def meaning_text(self, meaning: Meaning) -> str:
        """A meaning in words."""
        return {
            Meaning.AUTHORSHIP: self.tr("Authorship"),
            Meaning.PERFORMED: self.tr("Performed"),
            Meaning.VERIFIED: self.tr("Verified"),
            Meaning.REVIEW: self.tr("Review"),
            Meaning.APPROVAL: self.tr("Approval"),
            Meaning.RESPONSIBILITY: self.tr("Responsibility"),
            Meaning.RELEASE: self.tr("Release"),
            Meaning.CERTIFICATION: self.tr("Certification"),
            Meaning.REJECTION: self.tr("Rejection"),
            Meaning.VOID: self.tr("Void"),
        }[meaning]

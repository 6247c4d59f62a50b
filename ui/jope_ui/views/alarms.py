"""Alarms: what is open and what is out of sight for a time, the log, and how many there were (ISA-18.2; URS K08, Q02; hmi rules U3, U20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from PySide6.QtCore import QItemSelection, Qt, QTimer
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from jope.compliance.alarms.commands import (
    LONGEST_SHELF_MINUTES,
    AcknowledgeAlarm,
    AcknowledgeSecurityAlarm,
    ReviewAlarms,
    ShelveAlarm,
    UnshelveAlarm,
)
from jope.compliance.alarms.queries import (
    AlarmReviewRow,
    AlarmView,
    alarm_figures,
    alarm_log,
    alarm_reviews,
    first_out,
    open_alarms,
    shelved_alarms,
)
from jope.compliance.alarms.rates import AlarmFigures
from jope.compliance.commands import Command, GuardVerdict
from jope.kernel.clock import site_text, utc_text, utc_us_of
from jope.kernel.ids import new_id
from jope_ui.dialogs.entry import Entry, EntrySheet
from jope_ui.theme import Theme
from jope_ui.theme.icons import draw_alarm
from jope_ui.viewmodels.alarm_words import FLOOD_US, AlarmLine, AlarmState, in_order, is_flood, state_of, time_beside
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.alarm_line import alarm_text
from jope_ui.widgets.buttons import BlockedAction, Button, out_of_role
from jope_ui.widgets.cards import Card, ScrollColumn
from jope_ui.widgets.labels import DASH, NO_BREAK, Identifier, Text
from jope_ui.widgets.tables import Column, Index, Table, TupleModel
from jope_ui.widgets.tabs import Tabs

HOUR_US: Final = 3_600_000_000
SPANS: Final = {"8": 8 * HOUR_US, "24": 24 * HOUR_US, "168": 168 * HOUR_US, "720": 720 * HOUR_US}
LOG_ROWS: Final = 500
_MARK_MM: Final = 7.0


@dataclass(frozen=True, slots=True)
class AlarmsData:
    """What one read brings. ``verdicts`` by the key of the action; times are UTC microseconds."""

    open: tuple[AlarmLine, ...]
    shelved: tuple[AlarmLine, ...]
    first: AlarmView | None
    now: AlarmFigures
    log: tuple[AlarmLine, ...]
    figures: AlarmFigures
    reviews: tuple[AlarmReviewRow, ...]
    from_us: int
    to_us: int
    verdicts: Mapping[str, GuardVerdict | None]


class AlarmModel(TupleModel):
    """Rows with the shape of their priority in the first column."""

    def __init__(self, theme: Theme, columns: tuple[Column, ...]) -> None:
        super().__init__(columns)
        self._theme = theme
        self._marks: dict[tuple[int, str], QIcon] = {}

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> Any:
        if index.column() == 0 and index.row() < len(self.rows):
            if role == Qt.ItemDataRole.DecorationRole:
                return self._mark(self.rows[index.row()].alarm.priority)
            if role == Qt.ItemDataRole.DisplayRole:
                return None  # the number stands in the shape
        return super().data(index, role)

    def _mark(self, priority: int) -> QIcon:
        key = (priority, self._theme.tokens.name)
        if key not in self._marks:
            side = self._theme.px(_MARK_MM)
            pixmap = QPixmap(side, side)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            draw_alarm(painter, priority, self._theme.tokens, pixmap.rect().toRectF())
            painter.end()
            icon = QIcon(pixmap)
            icon.addPixmap(pixmap, QIcon.Mode.Selected)  # a chosen alarm keeps its colour
            self._marks[key] = icon
        return self._marks[key]


class AlarmsPage(Page):
    """Choose an alarm; what it says stands whole below the list, and each action says beside it what stands against it."""

    kinds: ClassVar[frozenset[str]] = frozenset({"alarm", "alarm_review", "setting"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="alarms")
        self._data: AlarmsData | None = None
        self._chosen: dict[str, str] = {"open": "", "shelved": "", "log": ""}
        self._range: tuple[int, int] | None = None
        self.tabs = Tabs(
            self.theme,
            (
                ("open", self.tr("Open")),
                ("shelved", self.tr("Shelved")),
                ("log", self.tr("Log")),
                ("figures", self.tr("Figures")),
            ),
            name="alarms-view",
        )
        self.facts = Text("", "body", wrap=True)
        self.facts.setObjectName("alarms-facts")
        self.detail = Text("", "small", wrap=True)
        self.detail.setObjectName("alarms-detail")
        self.tables: dict[str, Table] = {}
        self.models: dict[str, AlarmModel] = {}
        self._add_table("open", self.tr("Open alarms"), self._open_columns())
        self._add_table("shelved", self.tr("Shelved alarms"), self._shelved_columns())
        self._add_table("log", self.tr("Log of alarms"), self._log_columns())
        self.spans = Tabs(
            self.theme,
            (("8", self.tr("8 h")), ("24", self.tr("24 h")), ("168", self.tr("7 days")), ("720", self.tr("30 days"))),
            name="alarms-span",
            stretch=False,
        )
        self.spans.choose("24")
        self.other_time = Button(self.tr("Other time"), size="dense", name="alarms-other-time")
        self.acknowledge = BlockedAction(self.tr("Acknowledge"), self.theme, name="alarms-acknowledge")
        self.shelve = BlockedAction(self.tr("Shelve"), self.theme, role="plain", name="alarms-shelve", place="left")
        self.unshelve = BlockedAction(self.tr("Back into sight"), self.theme, name="alarms-unshelve")
        self.review = BlockedAction(self.tr("Sign review"), self.theme, name="alarms-review")
        self.figure_values: dict[str, Identifier] = {}
        self.frequent = ScrollColumn(self.theme, name="alarms-frequent")
        self.reviews = ScrollColumn(self.theme, name="alarms-reviews")
        self._back = QTimer(self)
        self._back.setSingleShot(True)
        self._lay_out()
        self._connect()
        self._show_view()

    def _connect(self) -> None:
        self._back.timeout.connect(self.refresh)
        self.tabs.chosen.connect(self._on_view_chosen)
        self.spans.chosen.connect(self._on_span_chosen)
        self.other_time.clicked.connect(self._on_other_time_clicked)
        self.acknowledge.triggered.connect(self._on_acknowledge_triggered)
        self.shelve.triggered.connect(self._on_shelve_triggered)
        self.unshelve.triggered.connect(self._on_unshelve_triggered)
        self.review.triggered.connect(self._on_review_triggered)
        for key in self.tables:
            self.tables[key].selectionModel().selectionChanged.connect(self._on_selected)

    # --- layout -------------------------------------------------------------------------------------------------------

    def _add_table(self, key: str, spoken: str, columns: tuple[Column, ...]) -> None:
        model = AlarmModel(self.theme, columns)
        table = Table(self.theme, name=f"alarms-{key}", spoken=spoken)
        table.setModel(model)
        table.fit_columns(columns)
        table.setTextElideMode(Qt.TextElideMode.ElideRight)
        side = self.theme.px(_MARK_MM)
        table.setIconSize(table.iconSize().expandedTo(table.iconSize().scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio)))
        self.tables[key], self.models[key] = table, model

    def _open_columns(self) -> tuple[Column, ...]:
        return (
            Column(self.tr("No."), self._priority_words),
            Column(self.tr("Time"), lambda one: self._short(one.alarm.raised_utc_us)),
            Column(self.tr("State"), self._state_words),
            Column(self.tr("Alarm"), self._alarm_words, wide=True),
        )

    def _shelved_columns(self) -> tuple[Column, ...]:
        return (
            Column(self.tr("No."), self._priority_words),
            Column(self.tr("Back at"), lambda one: self._short(one.alarm.shelved_until_us)),
            Column(self.tr("By"), lambda one: str(one.alarm.shelved_by)),
            Column(self.tr("Alarm"), lambda one: alarm_text(one.alarm), wide=True),
        )

    def _log_columns(self) -> tuple[Column, ...]:
        zone = self.client.info.zone
        return (
            Column(self.tr("No."), self._priority_words),
            Column(self.tr("Alarm time"), lambda one: site_text(one.alarm.raised_utc_us, zone)[:19]),
            Column(self.tr("Alarm"), lambda one: alarm_text(one.alarm)),
            Column(self.tr("Returned"), lambda one: time_beside(one.alarm.returned_utc_us, one.alarm.raised_utc_us, zone) or DASH),
            Column(self.tr("Acknowledged"), lambda one: time_beside(one.alarm.acknowledged_utc_us, one.alarm.raised_utc_us, zone) or DASH),
            Column(self.tr("By"), self._person_words),
            Column(self.tr("Reason"), lambda one: str(one.alarm.reason) or DASH),
        )

    def _lay_out(self) -> None:
        self.stack = QStackedWidget()
        for key in ("open", "shelved"):
            self.stack.addWidget(self._framed(self.tables[key]))
        self.stack.addWidget(self._framed(self.tables["log"]))
        self.stack.addWidget(self._figures_view())
        self.span_row = QWidget()
        spans = QHBoxLayout(self.span_row)
        self.theme.space(spans, gap_mm=2.5)
        spans.addWidget(self.spans)
        spans.addWidget(self.other_time)
        spans.addStretch(1)
        self.below = Card(self.theme, pad_mm=2)
        self.below.body.addWidget(self.detail)
        self.body.addWidget(self.tabs)
        self.body.addWidget(self.span_row)
        self.body.addWidget(self.facts)
        self.body.addWidget(self.stack, 1)
        self.body.addWidget(self.below)
        self.footer.addWidget(self.shelve, 1)
        for action in (self.acknowledge, self.unshelve, self.review):
            self.footer.addWidget(action, 1)

    def _framed(self, table: Table) -> Card:
        card = Card(self.theme, pad_mm=1.5)
        card.body.addWidget(table, 1)
        return card

    def _figures_view(self) -> QWidget:
        view = QWidget()
        titles = {
            "alarms": self.tr("Alarms"),
            "unacknowledged": self.tr("Not acknowledged"),
            "peak": self.tr("Most in ten minutes"),
            "floods": self.tr("Floods"),
        }
        figures = QHBoxLayout()
        self.theme.space(figures, gap_mm=2.5)
        for key, title in titles.items():
            card = Card(self.theme, pad_mm=2, gap_mm=0.3)
            self.figure_values[key] = Identifier(DASH, "value")
            card.body.addWidget(self.figure_values[key])
            card.body.addWidget(Text(title, "quiet", wrap=True))
            figures.addWidget(card, 1)
        lists = QHBoxLayout()
        self.theme.space(lists, gap_mm=2.5)
        for title, content in ((self.tr("Most frequent"), self.frequent), (self.tr("Signed reviews"), self.reviews)):
            card = Card(self.theme, title, pad_mm=2)
            card.body.addWidget(content, 1)
            lists.addWidget(card, 1)
        column = QVBoxLayout(view)
        self.theme.space(column, gap_mm=2.5)
        column.addLayout(figures)
        column.addLayout(lists, 1)
        return view

    # --- reading ------------------------------------------------------------------------------------------------------

    @override
    def leave(self) -> None:
        self._back.stop()

    def _span(self, now_us: int) -> tuple[int, int]:
        """The time that log, figures and review are about."""
        return self._range or (now_us - SPANS[self.spans.value], now_us)

    @override
    def load(self, token: str | None) -> AlarmsData:
        station = self.client.station
        now_us = station.clock.now().utc_us
        from_us, to_us = self._span(now_us)
        first = station.read(first_out, token)
        opened = in_order(station.read(open_alarms, token), first)
        shelved = in_order(station.read(shelved_alarms, token), first)
        log = tuple(AlarmLine(one, False) for one in station.read(alarm_log, token, from_us=from_us, to_us=to_us, limit=LOG_ROWS))
        chosen = self._of(opened, "open")
        verdicts: dict[str, GuardVerdict | None] = {}
        if chosen is not None:
            verdicts["acknowledge"] = station.preflight(_acknowledging(chosen.alarm, "x"), token)
            verdicts["shelve"] = station.preflight(ShelveAlarm(alarm_id=chosen.alarm.alarm_id, minutes=1, reason="x"), token)
        back = self._of(shelved, "shelved")
        if back is not None:
            verdicts["unshelve"] = station.preflight(UnshelveAlarm(alarm_id=back.alarm.alarm_id), token)
        verdicts["review"] = station.preflight(ReviewAlarms(review_id="x", from_us=from_us, to_us=to_us, assessment="x"), token)
        return AlarmsData(
            opened,
            shelved,
            first,
            station.read(alarm_figures, token, from_us=now_us - FLOOD_US, to_us=now_us + 1),
            log,
            station.read(alarm_figures, token, from_us=from_us, to_us=to_us),
            station.read(alarm_reviews, token),
            from_us,
            to_us,
            verdicts,
        )

    def _of(self, lines: tuple[AlarmLine, ...], view: str) -> AlarmLine | None:
        """The chosen row, else the first."""
        return next((one for one in lines if one.alarm.alarm_id == self._chosen[view]), next(iter(lines), None))

    @override
    def show_data(self, data: AlarmsData) -> None:
        self._data = data
        for view, lines in (("open", data.open), ("shelved", data.shelved), ("log", data.log)):
            self.models[view].show_rows(lines)
            chosen = self._of(lines, view)
            self._chosen[view] = "" if chosen is None else chosen.alarm.alarm_id
            if chosen is not None:
                self.tables[view].choose(lines.index(chosen))
        self._show_figures(data)
        self._show_view()
        ends = [line.alarm.shelved_until_us for line in data.shelved if line.alarm.shelved_until_us is not None]
        if ends:
            left_us = min(ends) - self.client.station.clock.now().utc_us
            self._back.start(max(1_000, left_us // 1_000 + 1_000))
        else:
            self._back.stop()

    def _show_figures(self, data: AlarmsData) -> None:
        figures = data.figures
        for key, value in (
            ("alarms", figures.alarms),
            ("unacknowledged", figures.unacknowledged),
            ("peak", figures.peak),
            ("floods", figures.floods),
        ):
            self.figure_values[key].setText(str(value))
        self.frequent.clear()
        for source, kind, count in figures.frequent:
            self.frequent.add(Text(self.tr("{count} × {source}, {kind}").format(count=count, source=source, kind=kind), "body", wrap=True))
        if not figures.frequent:
            self.frequent.add(Text(self.tr("None"), "quiet"))
        self.reviews.clear()
        for one in data.reviews[:50]:
            self.reviews.add(Text(self._review_words(one), "body", wrap=True))
        if not data.reviews:
            self.reviews.add(Text(self.tr("None"), "quiet"))

    def _review_words(self, one: AlarmReviewRow) -> str:
        zone = self.client.info.zone
        words = self.tr("{first} to {last}: {alarms} alarms, {floods} floods. {person}, {time}: {assessment}")
        return words.format(
            first=self._whole(one.from_us), last=self._whole(one.to_us), alarms=one.alarms, floods=one.floods, person=one.reviewed_by,
            time=site_text(one.reviewed_us, zone)[:16].replace(" ", NO_BREAK), assessment=one.assessment,
        )  # fmt: skip

    # --- what is shown ------------------------------------------------------------------------------------------------

    def _show_view(self) -> None:
        view, data = self.tabs.value, self._data
        self.stack.setCurrentIndex(list(self.tabs.buttons).index(view))
        timed = view in ("log", "figures")
        self.span_row.setVisible(timed)
        self.below.setVisible(view != "figures")
        if data is None:
            for action in (self.acknowledge, self.shelve, self.unshelve, self.review):
                action.hide()
            return
        self._show_facts(view, data)
        line = self._of({"open": data.open, "shelved": data.shelved, "log": data.log}.get(view, ()), view) if view != "figures" else None
        self.detail.setText(self._detail_words(line) if line is not None else self.tr("There is no alarm here."))
        self._show_actions(view, data, line)

    def _show_facts(self, view: str, data: AlarmsData) -> None:
        if view in ("log", "figures"):
            words = self.tr("Alarms from {first} to {last}.").format(first=self._whole(data.from_us), last=self._whole(data.to_us))
            cut = self.tr("The newest {count} are listed.").format(count=LOG_ROWS) if view == "log" and len(data.log) >= LOG_ROWS else ""
            self.facts.setText(f"{words} {cut}".strip())
            return
        if view == "shelved":
            self.facts.setText(self.tr("Out of sight for a time: {count}. They come back by themselves.").format(count=len(data.shelved)))
            return
        waiting = sum(1 for line in data.open if not line.alarm.acknowledged_by)
        parts = [self.tr("{count} alarms are open, {waiting} not acknowledged.").format(count=len(data.open), waiting=waiting)]
        if is_flood(data.now.alarms):
            parts.insert(0, self.tr("ALARM FLOOD: {count} alarms in ten minutes.").format(count=data.now.alarms))
        if data.first is not None:
            parts.append(
                self.tr("First-out: {alarm}, {time}.").format(
                    alarm=alarm_text(data.first).rstrip("."), time=self._short(data.first.raised_utc_us)
                )
            )
        self.facts.setText(" ".join(parts))

    def _show_actions(self, view: str, data: AlarmsData, line: AlarmLine | None) -> None:
        none = "" if line is not None else self.tr("There is no alarm here.")
        for key, action, shown in (
            ("acknowledge", self.acknowledge, view == "open"),
            ("shelve", self.shelve, view == "open"),
            ("unshelve", self.unshelve, view == "shelved"),
            ("review", self.review, view == "figures"),
        ):
            action.setVisible(shown)
            if key != "review" and none:
                action.block(none)
            else:
                action.set_verdict(data.verdicts.get(key))
        if view == "open" and line is not None:
            if line.alarm.acknowledged_by and not out_of_role(data.verdicts.get("acknowledge")):
                self.acknowledge.block(self.tr("{person} acknowledged it.").format(person=line.alarm.acknowledged_by))
            if line.alarm.security or line.alarm.priority == 1:
                self.shelve.block(self.tr("An alarm of the highest priority, or of security, stays in sight."))

    def _detail_words(self, line: AlarmLine) -> str:
        alarm = line.alarm
        parts = [
            f"{alarm_text(alarm)}",
            self.tr("Raised {time}, {state}.").format(time=self._whole(alarm.raised_utc_us), state=self._state_words(line)),
        ]
        if alarm.returned_utc_us is not None:
            parts.append(self.tr("Back to normal {time}.").format(time=self._whole(alarm.returned_utc_us)))
        if alarm.acknowledged_utc_us is not None:
            words = self.tr("Acknowledged {time} by {person}: {reason}")
            parts.append(
                words.format(time=self._whole(alarm.acknowledged_utc_us), person=self._person_words(line), reason=alarm.reason or DASH)
            )
        if alarm.shelved_until_us is not None:
            words = self.tr("Shelved until {time} by {person}: {reason}")
            parts.append(words.format(time=self._whole(alarm.shelved_until_us), person=alarm.shelved_by, reason=alarm.shelve_reason))
        return "\n".join(parts)

    def _priority_words(self, line: AlarmLine) -> str:
        return self.tr("Priority {number}").format(number=line.alarm.priority)

    def _state_words(self, line: AlarmLine) -> str:
        return {
            AlarmState.UNACKNOWLEDGED: self.tr("active, not acknowledged"),
            AlarmState.ACKNOWLEDGED: self.tr("active, acknowledged"),
            AlarmState.RETURNED: self.tr("returned, not acknowledged"),
            AlarmState.OVER: self.tr("returned, acknowledged"),
            AlarmState.SHELVED: self.tr("shelved"),
        }[state_of(line.alarm)]

    def _alarm_words(self, line: AlarmLine) -> str:
        text = alarm_text(line.alarm)
        return self.tr("First-out: {alarm}").format(alarm=text) if line.first_out else text

    @staticmethod
    def _person_words(line: AlarmLine) -> str:
        alarm = line.alarm
        if not alarm.acknowledged_by:
            return DASH
        return f"{alarm.acknowledged_by} ({alarm.acknowledged_role})" if alarm.acknowledged_role else alarm.acknowledged_by

    def _short(self, utc_us: int | None) -> str:
        """The time, with its date where that is not today's."""
        return time_beside(utc_us, self.client.station.clock.now().utc_us, self.client.info.zone)

    def _whole(self, utc_us: int) -> str:
        return site_text(utc_us, self.client.info.zone).replace(" ", NO_BREAK)

    # --- acting -------------------------------------------------------------------------------------------------------

    def _on_view_chosen(self, view: str) -> None:
        self._show_view()

    def _on_span_chosen(self, span: str) -> None:
        self._range = None
        self.refresh()

    def _on_other_time_clicked(self) -> None:
        data = self._data
        if data is None:
            return
        entries = (
            Entry("first", self.tr("From (UTC, YYYY-MM-DD HH:MM)"), utc_text(data.from_us)[:16], fault=self._time_fault),
            Entry("last", self.tr("Until (UTC, YYYY-MM-DD HH:MM)"), utc_text(data.to_us)[:16], fault=self._time_fault),
        )
        sheet = EntrySheet(
            self.desk.host, self.theme, name="alarms-time", title=self.tr("Time of the log"),
            words=self.tr("Log, figures and review are about this time."), verb=self.tr("Show"), entries=entries,
        )  # fmt: skip

        def given(values: Mapping[str, str]) -> None:
            first, last = utc_us_of(values["first"]) or 0, utc_us_of(values["last"]) or 0
            if first >= last:
                sheet.say(self.tr("The time ends before it begins."))
                return
            self._range = (first, min(last, self.client.station.clock.now().utc_us))
            sheet.close_sheet()
            self.refresh()

        sheet.given.connect(given)
        sheet.open()

    def _time_fault(self, text: str) -> str:
        return "" if utc_us_of(text) is not None else self.tr("A time is written YYYY-MM-DD HH:MM.")

    def _on_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        view = self.tabs.value
        if view == "figures":
            return
        rows = self.tables[view].selectionModel().selectedRows()
        if rows and rows[0].row() < len(self.models[view].rows):
            wanted = self.models[view].rows[rows[0].row()].alarm.alarm_id
            if wanted != self._chosen[view]:
                self._chosen[view] = wanted
                self.refresh()

    def _line(self, view: str) -> AlarmLine | None:
        return next((one for one in self.models[view].rows if one.alarm.alarm_id == self._chosen[view]), None)

    def _on_acknowledge_triggered(self) -> None:
        line = self._line("open")
        if line is None:
            return
        sheet = EntrySheet(
            self.desk.host, self.theme, name="alarms-acknowledge-sheet", title=self.tr("Acknowledge alarm"),
            words=f"{alarm_text(line.alarm)}\n\n" + self.tr("It stays in the list until it is back to normal. Your name, role and reason stand in the log."),
            verb=self.tr("Acknowledge"), entries=(Entry("reason", self.tr("Reason")),),
        )  # fmt: skip
        self.notice.hide()
        self.collect(sheet, lambda values: _acknowledging(line.alarm, values["reason"]))

    def _on_shelve_triggered(self) -> None:
        line = self._line("open")
        if line is None:
            return
        entries = (
            Entry("minutes", self.tr("Minutes, 1 to {most}").format(most=LONGEST_SHELF_MINUTES), fault=self._minutes_fault),
            Entry("reason", self.tr("Reason")),
        )
        words = self.tr("It is out of sight until then, and comes back by itself. What it says meanwhile is recorded all the same.")
        sheet = EntrySheet(
            self.desk.host, self.theme, name="alarms-shelve-sheet", title=self.tr("Shelve alarm"), words=f"{alarm_text(line.alarm)}\n\n{words}",
            verb=self.tr("Shelve"), entries=entries,
        )  # fmt: skip
        self.notice.hide()
        self.collect(
            sheet, lambda values: ShelveAlarm(alarm_id=line.alarm.alarm_id, minutes=int(values["minutes"]), reason=values["reason"])
        )

    def _minutes_fault(self, text: str) -> str:
        fits = text.isdecimal() and 1 <= int(text) <= LONGEST_SHELF_MINUTES
        return "" if fits else self.tr("An alarm is shelved for 1 to {most} minutes.").format(most=LONGEST_SHELF_MINUTES)

    def _on_unshelve_triggered(self) -> None:
        line = self._line("shelved")
        if line is not None:
            self.send(UnshelveAlarm(alarm_id=line.alarm.alarm_id))

    def _on_review_triggered(self) -> None:
        data = self._data
        if data is None:
            return
        words = self.tr("Alarms from {first} to {last}: {alarms}, not acknowledged: {open}, floods: {floods}.").format(
            alarms=data.figures.alarms, first=self._whole(data.from_us), last=self._whole(data.to_us), open=data.figures.unacknowledged,
            floods=data.figures.floods,
        )  # fmt: skip
        sheet = EntrySheet(
            self.desk.host, self.theme, name="alarms-review-sheet", title=self.tr("Review alarms"), words=words, verb=self.tr("Sign review"),
            entries=(Entry("assessment", self.tr("What was found")),),
        )  # fmt: skip

        def given(values: Mapping[str, str]) -> None:
            sheet.close_sheet()
            self.sign(ReviewAlarms(review_id=new_id(), from_us=data.from_us, to_us=data.to_us, assessment=values["assessment"]))

        sheet.given.connect(given)
        sheet.open()


def _acknowledging(alarm: AlarmView, reason: str) -> Command:
    command = AcknowledgeSecurityAlarm if alarm.security else AcknowledgeAlarm
    return command(alarm_id=alarm.alarm_id, reason=reason)

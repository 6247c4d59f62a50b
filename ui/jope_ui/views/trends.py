"""Trends: what tags did, with their limits, gaps, alarms and the events of the batch (hmi rule U18; URS J08, K04)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from jope.compliance.access.permissions import Permission
from jope.compliance.alarms.queries import AlarmView, alarm_log
from jope.compliance.audit.queries import AuditFilter, AuditRow, audit_rows, audit_seqs
from jope.kernel.clock import site_text
from jope.kernel.errors import JopeError
from jope.kernel.units import parse_decimal
from jope.plant.devices.queries import device_list, device_tags
from jope.plant.devices.room import Trends
from jope.plant.devices.sampling.sink import weight_tag
from jope_ui.dialogs.choose_tags import ChooseTagsSheet
from jope_ui.theme.pens import TREND_PENS
from jope_ui.viewmodels.trend_traces import MOST_PENS, SECOND_US, Trace, gap_spans, trace_of, value_at
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.alarm_line import alarm_text
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.cards import Card, ScrollColumn
from jope_ui.widgets.labels import DASH, Identifier, Text, quantity_text, unbroken
from jope_ui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from jope_ui.widgets.trend_plot import Mark, TrendPlot

SPANS: Final = {"15": 15 * 60, "60": 60 * 60, "480": 8 * 3600, "1440": 24 * 3600}
"""Span by its minutes, in seconds."""
EVERY_MS: Final = {"15": 1_000, "60": 1_000, "480": 10_000, "1440": 30_000}
"""How often a span is read again: never more often than a point of it changes."""
COUNT: Final = 400
_MARKS: Final = 100
_FIRST: Final = 4
"""So many tags are drawn before anybody chose."""


@dataclass(frozen=True, slots=True)
class ShownTag:
    """A tag that can be drawn. ``limits`` are the values at which it alarms."""

    tag: str
    unit: str
    device_id: str
    limits: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class TrendsData:
    """What one read brings; ``trends`` is None where the station runs without devices. Times are UTC microseconds."""

    tags: tuple[ShownTag, ...]
    chosen: tuple[str, ...]
    trends: Trends | None
    alarms: tuple[AlarmView, ...]
    events: tuple[AuditRow, ...]
    from_us: int
    to_us: int


class TrendsPage(Page):
    """A span that ends now, read again by itself. Touch the drawing to put the cursor at a time."""

    kinds: ClassVar[frozenset[str]] = frozenset({"alarm", "batch", "device", "device_tag"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="trends")
        self._data: TrendsData | None = None
        self._chosen: tuple[str, ...] = ()
        self._about = ""
        self._traces: dict[str, Trace] = {}
        self._cursor = math.nan
        self._reading = False
        self.plot: TrendPlot | None = None
        self.spans = Tabs(
            self.theme,
            (("15", self.tr("15 min")), ("60", self.tr("1 h")), ("480", self.tr("8 h")), ("1440", self.tr("24 h"))),
            name="trends-span",
            stretch=False,
        )
        self.choose = Button(self.tr("Choose tags"), size="dense", name="trends-choose")
        self.newest = Button(self.tr("Newest"), size="dense", name="trends-newest")
        self.words = Text("", "quiet", wrap=True)
        self.words.setObjectName("trends-words")
        self.readout = Text("", "strong", wrap=True)
        self.readout.setObjectName("trends-readout")
        self.legend = ScrollColumn(self.theme, name="trends-legend", gap_mm=1.5)
        self.values: dict[str, Identifier] = {}
        self._again = QTimer(self)
        self._lay_out()
        self._again.timeout.connect(self._on_again)
        self.spans.chosen.connect(self._on_span_chosen)
        self.choose.clicked.connect(self._on_choose_clicked)
        self.newest.clicked.connect(self._on_newest_clicked)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        self.theme.space(head, gap_mm=2.5)
        head.addWidget(self.spans)
        head.addWidget(self.choose)
        head.addStretch(1)
        drawing = Card(self.theme, pad_mm=1.5)
        self.place = QVBoxLayout()
        drawing.body.addLayout(self.place, 1)
        drawing.body.addWidget(self.words)
        side = Card(self.theme, pad_mm=2)
        side.body.addWidget(self.readout)
        side.body.addWidget(self.legend, 1)
        side.body.addWidget(self.newest)
        across = QHBoxLayout()
        self.theme.space(across, gap_mm=2.5)
        across.addWidget(drawing, 5)
        across.addWidget(side, 2)
        self.body.addLayout(head)
        self.body.addLayout(across, 1)

    # --- reading ------------------------------------------------------------------------------------------------------

    @override
    def enter(self, about: str = "") -> None:
        if about:
            self._about, self._chosen = about, ()
        self._again.start(EVERY_MS[self.spans.value])
        super().enter(about)

    @override
    def leave(self) -> None:
        self._again.stop()

    def _span(self) -> tuple[int, int]:
        now_us = self.client.station.clock.now().utc_us
        return now_us - SPANS[self.spans.value] * SECOND_US, now_us

    @override
    def load(self, token: str | None) -> TrendsData:
        """Everything; the drawing's library is loaded here too, in the worker, when a trend is looked at for the first time."""
        import_module("jope_ui.widgets.trend_plot")
        station, (from_us, to_us) = self.client.station, self._span()
        tags = self._known_tags(token)
        known = {one.tag for one in tags}
        chosen = tuple(tag for tag in self._chosen if tag in known)
        if not chosen:
            mine = [one.tag for one in tags if one.device_id == self._about] or [one.tag for one in tags]
            chosen = tuple(mine[:_FIRST])
        events: tuple[AuditRow, ...] = ()
        if self.client.session.may(Permission.AUDIT_READ):
            search = AuditFilter(from_utc_us=from_us, to_utc_us=to_us, subject_kind="batch")
            events = station.read(audit_rows, token, seqs=station.read(audit_seqs, token, filter=search, limit=_MARKS))
        alarms = station.read(alarm_log, token, from_us=from_us, to_us=to_us, limit=_MARKS)
        return TrendsData(tags, chosen, self._trends(token, chosen, from_us, to_us), alarms, events, from_us, to_us)

    def _known_tags(self, token: str | None) -> tuple[ShownTag, ...]:
        station = self.client.station
        found = [
            ShownTag(weight_tag(row.device_id), row.unit, row.device_id, ()) for row in station.read(device_list, token) if row.is_scale
        ]
        for tag in station.read(device_tags, token):
            if tag.data_type != "String":
                limits = tuple(parse_decimal(text) for text in (tag.alarm_low, tag.alarm_high) if text)
                found.append(ShownTag(tag.tag_id, tag.unit, tag.device_id, limits))
        return tuple(found)

    def _trends(self, token: str | None, chosen: tuple[str, ...], from_us: int, to_us: int) -> Trends | None:
        if self.client.station.gateway is None:
            return None
        return self.client.station.trends(token, chosen, from_us, to_us, COUNT) if chosen else Trends({}, ())

    def _on_again(self) -> None:
        """The newest values of what is drawn; skipped while an answer is due, so that slow reads never pile up."""
        data = self._data
        if data is None or data.trends is None or self._reading or not self.isVisible() or not self.shown:
            return
        from_us, to_us = self._span()
        self._reading = True
        self.client.read(
            lambda token: (self._trends(token, data.chosen, from_us, to_us), from_us, to_us), self._on_newest_read, self._on_newest_failed
        )

    def _on_newest_read(self, found: tuple[Trends | None, int, int]) -> None:
        self._reading = False
        data = self._data
        if data is not None and self.isVisible():
            self._show_trends(TrendsData(data.tags, data.chosen, found[0], data.alarms, data.events, found[1], found[2]))

    def _on_newest_failed(self, error: JopeError) -> None:
        self._reading = False
        self.words.setText(f"{error.code}  {error.message}")

    # --- showing ------------------------------------------------------------------------------------------------------

    @override
    def show_data(self, data: TrendsData) -> None:
        self._chosen = data.chosen
        self._show_legend(data)
        self._show_trends(data)

    def _show_legend(self, data: TrendsData) -> None:
        from jope_ui.widgets.trend_plot import PenSample

        if list(self.values) == list(data.chosen):
            return
        self.legend.clear()
        self.values = {}
        for number, tag in enumerate(data.chosen):
            row = QWidget()
            column = QVBoxLayout(row)
            self.theme.space(column, gap_mm=0.2)
            head = QHBoxLayout()
            self.theme.space(head, gap_mm=2)
            head.addWidget(PenSample(self.theme, TREND_PENS[number]))
            self.values[tag] = Identifier(DASH, "strong")
            head.addWidget(self.values[tag])
            head.addStretch(1)
            column.addLayout(head)
            column.addWidget(Text(tag, "small", wrap=True))
            self.legend.add(row)

    def _show_trends(self, data: TrendsData) -> None:
        from jope_ui.widgets.trend_plot import DrawnTag, TrendPlot

        self._data = data
        if self.plot is None:
            self.plot = TrendPlot(self.theme, self.client.info.zone)
            self.plot.cursor_moved.connect(self._on_cursor_moved)
            self.place.addWidget(self.plot, 1)
        width_us = max(1, -(-(data.to_us - data.from_us) // COUNT))
        buckets = data.trends.buckets if data.trends is not None else {}
        by_tag = {one.tag: one for one in data.tags}
        self._traces = {tag: trace_of(buckets.get(tag, ()), width_us, data.to_us) for tag in data.chosen}
        drawn = [
            DrawnTag(tag, by_tag[tag].unit, number, self._traces[tag], by_tag[tag].limits)
            for number, tag in enumerate(data.chosen[:MOST_PENS])
        ]
        producers = {by_tag[tag].device_id for tag in data.chosen}
        gaps = gap_spans(data.trends.gaps if data.trends is not None else (), producers, data.from_us, data.to_us)
        first, last = data.from_us / SECOND_US, data.to_us / SECOND_US
        self.plot.show_tags(drawn, gaps, self._marks(data), first, last)
        if not math.isnan(self._cursor) and not first <= self._cursor <= last:
            self._cursor = math.nan
            self.plot.set_cursor(math.nan)
        self._show_words(data, drawn_nothing=not any(trace.times for trace in self._traces.values()), lost=len(gaps))
        self._show_readout(data)

    def _marks(self, data: TrendsData) -> tuple[Mark, ...]:
        from jope_ui.widgets.trend_plot import Mark

        alarms = tuple(Mark(one.raised_utc_us / SECOND_US, one.priority, alarm_text(one)) for one in data.alarms)
        return (*alarms, *(Mark(one.utc_us / SECOND_US, 0, f"{one.subject}: {one.action}") for one in data.events))

    def _show_words(self, data: TrendsData, *, drawn_nothing: bool, lost: int) -> None:
        if data.trends is None:
            self.words.setText(self.tr("The station runs without devices. Start the client with its drivers."))
        elif not data.chosen:
            self.words.setText(self.tr("No tag is registered here."))
        elif drawn_nothing:
            self.words.setText(self.tr("Nothing was kept of these tags in this time."))
        else:
            words = self.tr("Band: lowest to highest. Hatched: nothing usable is known. Dotted: limits of alarms.")
            count = self.tr("Values were lost {count} times.").format(count=lost) if lost else ""
            self.words.setText(f"{words} {count}".strip())

    def _show_readout(self, data: TrendsData) -> None:
        """The values at the cursor, without one the newest."""
        at = data.to_us / SECOND_US if math.isnan(self._cursor) else self._cursor
        units = {one.tag: one.unit for one in data.tags}
        for tag, label in self.values.items():
            found = value_at(self._traces[tag], at) if tag in self._traces else None
            label.setText(quantity_text(f"{found:.6g}", units.get(tag, "")) if found is not None else DASH)
        when = unbroken(site_text(round(at * SECOND_US), self.client.info.zone)[11:])
        near = self._near(data, at)
        title = self.tr("Newest, {time}") if math.isnan(self._cursor) else self.tr("At {time}")
        self.readout.setText("\n".join([title.format(time=when), *near]))
        self.newest.setEnabled(not math.isnan(self._cursor))

    def _near(self, data: TrendsData, at: float) -> list[str]:
        """The marks that stand at the cursor."""
        if math.isnan(self._cursor):
            return []
        reach = (data.to_us - data.from_us) / SECOND_US / 60
        return [mark.text for mark in self._marks(data) if abs(mark.second - at) <= reach][:2]

    # --- acting -------------------------------------------------------------------------------------------------------

    def _on_cursor_moved(self, second: float) -> None:
        if self._data is not None:
            self._cursor = second
            self._show_readout(self._data)

    def _on_newest_clicked(self) -> None:
        self._cursor = math.nan
        if self.plot is not None:
            self.plot.set_cursor(math.nan)
        if self._data is not None:
            self._show_readout(self._data)

    def _on_span_chosen(self, span: str) -> None:
        self._cursor = math.nan
        self._again.start(EVERY_MS[span])
        self.refresh()

    def _on_choose_clicked(self) -> None:
        data = self._data
        if data is None:
            return
        tags = tuple((one.tag, one.unit, one.device_id) for one in data.tags)
        sheet = ChooseTagsSheet(self.desk.host, self.theme, tags=tags, chosen=self._chosen)
        sheet.given.connect(self._on_tags_given)
        sheet.open()

    def _on_tags_given(self, chosen: tuple[str, ...]) -> None:
        self._chosen = chosen
        self.refresh()

    @property
    def traces(self) -> Mapping[str, Trace]:
        """What is drawn, by tag."""
        return self._traces

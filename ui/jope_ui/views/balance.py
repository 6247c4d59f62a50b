"""The balance check, step by step at the scale: ten weighings, reference weights, five places on the pan (URS J06, J07; USP <41>)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from jope.compliance.commands import Command, GuardVerdict
from jope.kernel.clock import site_date, site_text
from jope.kernel.errors import JopeError
from jope.plant.devices.checks.balance import CORNERS, REPEATABILITY_COUNT, BalanceTest
from jope.plant.devices.checks.commands import (
    AbandonBalanceCheck,
    BeginBalanceCheck,
    CheckBegun,
    CheckEnded,
    EndBalanceCheck,
    ReadingTaken,
    SetReferenceWeight,
    TakeCheckReading,
)
from jope.plant.devices.queries import (
    CheckReadingRow,
    CheckRow,
    DeviceRow,
    WeightRow,
    balance_checks,
    check_readings,
    device_list,
    reference_weights,
)
from jope.plant.weighing.affected import AffectedWeighing, weighings_in_doubt
from jope.plant.weighing.commands import CheckDeviationOpened, OpenCheckDeviation
from jope_ui.bridge.live import LiveValue
from jope_ui.dialogs.entry import Entry, EntrySheet
from jope_ui.dialogs.reason import ReasonSheet
from jope_ui.viewmodels.check_progress import CheckProgress, mass_in, progress_of, suitable_weights
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.badge import QualityBadge
from jope_ui.widgets.buttons import BlockedAction, Button, out_of_role
from jope_ui.widgets.cards import Card, ScrollColumn
from jope_ui.widgets.choice import Choice
from jope_ui.widgets.labels import DASH, NO_BREAK, Identifier, Text, quantity_text, restyle, unbroken
from jope_ui.widgets.pan import Boxes, PanSketch
from jope_ui.widgets.tabs import Tabs

_ANY = "-"
_TESTS = tuple(BalanceTest)
_OPEN, _CLOSED = 0, 1


@dataclass(frozen=True, slots=True)
class BalanceData:
    """What one read brings. ``check`` is the one that runs, else the last one; ``progress`` is None where there is none."""

    scales: tuple[DeviceRow, ...]
    scale: DeviceRow | None
    check: CheckRow | None
    readings: tuple[CheckReadingRow, ...]
    progress: CheckProgress | None
    weights: tuple[WeightRow, ...]
    today: str
    doubtful: tuple[AffectedWeighing, ...]
    verdicts: Mapping[str, GuardVerdict | None]

    @property
    def runs(self) -> bool:
        """Whether a check of the scale runs."""
        return self.check is not None and self.check.state == "open"


class BalancePage(Page):
    """One scale, one check. The value is the scale's own: it is taken, never typed."""

    kinds: ClassVar[frozenset[str]] = frozenset({"balance_check", "device", "reference_weight", "deviation", "change"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="balance")
        self._data: BalanceData | None = None
        self._wanted = ""
        self._watched = ""
        self._check_id = ""
        self._corner = ""
        self._last_no: int | None = None
        self._pending = 0
        self._choices: dict[BalanceTest, tuple[str, ...]] = {}
        self.tests = Tabs(
            self.theme,
            tuple((test.value, self._test_words(test)) for test in _TESTS),
            name="check-test",
        )
        self.about = Text("", "quiet", wrap=True)
        self.value = Identifier(DASH, "status")
        self.value.setObjectName("check-value")
        self.badge = QualityBadge(self.theme)
        self.order = Text("", "strong", wrap=True)
        self.order.setObjectName("check-order")
        self.boxes = Boxes(self.theme, REPEATABILITY_COUNT)
        self.pan = PanSketch(self.theme)
        self.weight_place = QVBoxLayout()
        self.weight: Choice | None = None
        self.no_weight = Text("", "quiet", wrap=True)
        self.taken = ScrollColumn(self.theme, name="check-readings", gap_mm=0.5)
        self.missing = Text("", "small", wrap=True)
        self.missing.setObjectName("check-missing")
        self.scales_place = QVBoxLayout()
        self.scales: Choice | None = None
        self.scale_ids: tuple[str, ...] = ()
        self.facts = Text("", "body", wrap=True)
        self.facts.setObjectName("check-facts")
        self.doubtful = ScrollColumn(self.theme, name="check-doubtful", gap_mm=0.8)
        self.back = Button(self.tr("Devices"), name="check-back")
        self.abandon = BlockedAction(self.tr("Abandon"), self.theme, role="plain", size="routine", name="check-abandon", place="left")
        self.take = BlockedAction(self.tr("Take reading"), self.theme, name="check-take")
        self.finish = BlockedAction(self.tr("Sign result"), self.theme, name="check-sign")
        self.begin = BlockedAction(self.tr("Begin check"), self.theme, name="check-begin")
        self.new_weight = BlockedAction(
            self.tr("New reference weight"), self.theme, role="plain", size="routine", name="check-new-weight", place="left"
        )
        self.open_deviation = BlockedAction(self.tr("Open deviation"), self.theme, name="check-deviation")
        self._lay_out()
        self._connect()

    def _connect(self) -> None:
        self.tests.chosen.connect(self._on_test_chosen)
        self.pan.chosen.connect(self._on_place_chosen)
        self.back.clicked.connect(lambda: self.desk.go("devices", self._wanted))
        self.abandon.triggered.connect(self._on_abandon_triggered)
        self.take.triggered.connect(self._on_take_triggered)
        self.finish.triggered.connect(self._on_finish_triggered)
        self.begin.triggered.connect(self._on_begin_triggered)
        self.new_weight.triggered.connect(self._on_new_weight_triggered)
        self.open_deviation.triggered.connect(self._on_deviation_triggered)
        self.client.live.updated.connect(self._on_live_updated)

    # --- layout -------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.stack = QStackedWidget()
        self.stack.addWidget(self._open_view())
        self.stack.addWidget(self._closed_view())
        self.body.addWidget(self.stack, 1)
        self.footer.addWidget(self.back, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addWidget(self.abandon, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addWidget(self.new_weight, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addStretch(1)
        for action in (self.take, self.finish, self.begin, self.open_deviation):
            self.footer.addWidget(action, 4)

    def _open_view(self) -> QWidget:
        view = QWidget()
        live = QHBoxLayout()
        self.theme.space(live, gap_mm=4)
        live.addWidget(self.value)
        live.addWidget(self.badge, 1)
        words = QVBoxLayout()
        self.theme.space(words, gap_mm=2)
        words.addWidget(self.order)
        words.addWidget(self.boxes)
        words.addLayout(self.weight_place)
        words.addWidget(self.no_weight)
        words.addStretch(1)
        lower = QHBoxLayout()
        self.theme.space(lower, gap_mm=3)
        lower.addLayout(words, 1)
        lower.addWidget(self.pan, 0, Qt.AlignmentFlag.AlignTop)
        left = Card(self.theme, pad_mm=2.5)
        left.body.addLayout(live)
        left.body.addLayout(lower, 1)
        right = Card(self.theme, self.tr("Readings"), pad_mm=2.5)
        right.body.addWidget(self.taken, 1)
        right.body.addWidget(self.missing)
        across = QHBoxLayout()
        self.theme.space(across, gap_mm=2.5)
        across.addWidget(left, 5)
        across.addWidget(right, 3)
        column = QVBoxLayout(view)
        self.theme.space(column, gap_mm=2)
        column.addWidget(self.tests)
        column.addWidget(self.about)
        column.addLayout(across, 1)
        return view

    def _closed_view(self) -> QWidget:
        view = QWidget()
        choose = Card(self.theme, pad_mm=2.5)
        choose.body.addLayout(self.scales_place)
        result = Card(self.theme, self.tr("Last check"), pad_mm=2.5)
        result.body.addWidget(self.facts)
        result.body.addWidget(self.doubtful, 1)
        column = QVBoxLayout(view)
        self.theme.space(column, gap_mm=2.5)
        column.addWidget(choose)
        column.addWidget(result, 1)
        return view

    # --- reading ------------------------------------------------------------------------------------------------------

    @override
    def enter(self, about: str = "") -> None:
        if about:
            self._wanted = about
        super().enter(about)

    @override
    def leave(self) -> None:
        self._watch("")

    @override
    def load(self, token: str | None) -> BalanceData:
        station = self.client.station
        scales = tuple(row for row in station.read(device_list, token) if row.is_scale)
        scale = next((row for row in scales if row.device_id == self._wanted), next(iter(scales), None))
        today = site_date(station.clock.now().utc_us, self.client.info.zone)
        if scale is None:
            return BalanceData(scales, None, None, (), None, (), today, (), {})
        checks = station.read(balance_checks, token, device_id=scale.device_id)
        check = next((row for row in checks if row.state == "open"), next(iter(checks), None))
        weights = station.read(reference_weights, token)
        verdicts: dict[str, GuardVerdict | None] = {
            "begin": station.preflight(BeginBalanceCheck(device_id=scale.device_id), token),
            "weight": station.preflight(_weight_of(_ANY_WEIGHT), token),
        }
        if check is None:
            return BalanceData(scales, scale, None, (), None, weights, today, (), verdicts)
        readings = station.read(check_readings, token, check_id=check.check_id)
        probes: dict[str, Command] = {
            "take": TakeCheckReading(check_id=check.check_id, test=_ANY, weight_id=_ANY, reading_no=0),
            "finish": EndBalanceCheck(check_id=check.check_id),
            "abandon": AbandonBalanceCheck(check_id=check.check_id, reason=_ANY),
            "deviation": OpenCheckDeviation(check_id=check.check_id),
        }
        doubtful: tuple[AffectedWeighing, ...] = ()
        if check.state == "failed":
            doubtful = station.read(weighings_in_doubt, token, device_id=scale.device_id, until_us=check.ended_us or check.begun_us)
        return BalanceData(
            scales, scale, check, readings, progress_of(check, readings), weights, today, doubtful,
            verdicts | self.client.verdicts(probes, token),
        )  # fmt: skip

    @override
    def show_data(self, data: BalanceData) -> None:
        self._data = data
        self._wanted = data.scale.device_id if data.scale is not None else ""
        self.stack.setCurrentIndex(_OPEN if data.runs else _CLOSED)
        self.abandon.setVisible(data.runs and not out_of_role(data.verdicts.get("abandon")))
        self.begin.setVisible(not data.runs)
        self.new_weight.setVisible(not data.runs and not out_of_role(data.verdicts.get("weight", _NOBODY)))
        failed = data.check is not None and data.check.state == "failed"
        self.open_deviation.setVisible(failed and not out_of_role(data.verdicts.get("deviation")))
        if data.runs:
            self._show_open(data)
        else:
            self._check_id = ""
            self.take.hide()
            self.finish.hide()
            self._show_closed(data)
        self._watch(self._wanted)
        if self._wanted:
            self._on_live_updated(self.client.live.value(self._wanted))

    # --- a check that runs --------------------------------------------------------------------------------------------

    def _show_open(self, data: BalanceData) -> None:
        check, progress = data.check, data.progress
        if check is None or progress is None or data.scale is None:
            return
        if check.check_id != self._check_id:
            self._check_id, self._last_no, self._corner = check.check_id, None, ""
            self.tests.choose(progress.next_test.value)
        elif progress.done(self._test()) and not progress.done(progress.next_test):
            self.tests.choose(progress.next_test.value)
        if self._corner in progress.corners or not self._corner:
            self._corner = progress.next_corner
        begun = self.tr("{scale}, profile {profile}. Begun by {person}, {time}.")
        self.about.setText(
            begun.format(
                scale=f"{check.device_id} {data.scale.title}".strip(), profile=self._profile_words(check.profile), person=check.begun_by,
                time=unbroken(site_text(check.begun_us, self.client.info.zone)),
            )
        )  # fmt: skip
        for test in _TESTS:
            self.tests.buttons[test.value].say(self._count_words(test, progress))
        self.taken.clear()
        for one in reversed(data.readings):
            self.taken.add(Text(self._reading_words(one), "small", wrap=True))
        self.missing.setText(self._missing_words(progress))
        complete = not progress.finding.missing
        self.finish.setVisible(complete)
        self.finish.set_verdict(data.verdicts.get("finish"))
        self.take.setVisible(not complete)
        self._show_test()

    def _show_test(self) -> None:
        data = self._data
        if data is None or data.check is None or data.progress is None or not data.runs:
            return
        test, progress = self._test(), data.progress
        self.boxes.setVisible(test is BalanceTest.REPEATABILITY)
        self.boxes.show_filled(progress.counts[BalanceTest.REPEATABILITY], self._count_words(BalanceTest.REPEATABILITY, progress))
        self.pan.setVisible(test is BalanceTest.ECCENTRICITY)
        self.pan.show_places(self._corner, progress.corners, self.tr("Next place: {place}").format(place=self._place_words(self._corner)))
        self._show_weights(data, test)
        self._check()

    def _show_weights(self, data: BalanceData, test: BalanceTest) -> None:
        """The weights that suit the test; the one that it began with is the only one."""
        if data.check is None or data.progress is None:
            return
        suitable = suitable_weights(data.check, test, data.weights, data.today)
        used = data.progress.weights.get(test, "")
        if used and test is not BalanceTest.ACCURACY:
            suitable = tuple(one for one in data.weights if one.weight_id == used)
        shown = (test.value, *(one.weight_id for one in suitable))
        if self.weight is None or self.weight.property("shown") != " ".join(shown):
            self._drop(self.weight)
            self.weight = None
            if suitable:
                options = tuple((one.weight_id, f"{one.weight_id}: {one.nominal}{NO_BREAK}{one.unit}") for one in suitable)
                self.weight = Choice(self.tr("Reference weight"), self.theme, options, name="check-weight")
                self.weight.setProperty("shown", " ".join(shown))
                self.weight.changed.connect(self._check)
                self.weight_place.addWidget(self.weight)
        if self.weight is not None and used:
            self.weight.choose(used)
        words = self.tr("No reference weight suits this test: in use, not overdue, exact enough, and of the right mass.")
        self.no_weight.setText("" if suitable else words)
        self.no_weight.setVisible(not suitable)

    @staticmethod
    def _drop(widget: QWidget | None) -> None:
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()

    def _test(self) -> BalanceTest:
        return BalanceTest(self.tests.value)

    def _weight(self) -> WeightRow | None:
        data, chosen = self._data, self.weight.value if self.weight is not None else ""
        return next((one for one in data.weights if one.weight_id == chosen), None) if data is not None else None

    def _check(self) -> None:
        """What to do now, and why the reading cannot be taken yet."""
        data = self._data
        if data is None or data.check is None or data.progress is None or not data.runs:
            return
        weight, test = self._weight(), self._test()
        if not data.progress.finding.missing:
            self.order.setText(self.tr("Everything is weighed. Sign the result."))
        elif weight is None:
            self.order.setText(self.tr("Choose the reference weight."))
        elif test is BalanceTest.ECCENTRICITY and self._corner:
            words = self.tr("Put {weight} on the place {place}, and wait until the value stands still.")
            self.order.setText(words.format(weight=weight.weight_id, place=self._place_words(self._corner)))
        else:
            words = self.tr("Put {weight} on the pan, and wait until the value stands still.")
            self.order.setText(words.format(weight=weight.weight_id))
        verdict = data.verdicts.get("take")
        if verdict is not None:
            self.take.set_verdict(verdict)
        else:
            self.take.block(self._obstacle(data.check, data.progress, weight))

    def _obstacle(self, check: CheckRow, progress: CheckProgress, weight: WeightRow | None) -> str:
        live, test = self.client.live.value(check.device_id), self._test()
        if test is not BalanceTest.ACCURACY and progress.done(test):
            return self.tr("This test is complete.")
        if weight is None:
            return self.tr("Choose the reference weight.")
        quantity = live.reading.quantity if live.reading is not None else None
        if not live.usable or quantity is None:
            return self.tr("The scale sends no live value. Look at the scale and its cable.")
        if not self._unloaded(check.device_id):
            return self.tr("Take the weight off, and put it on again.")
        if self._of_unit(quantity.value, quantity.unit, check) < mass_in(check, weight) / 2:
            return self.tr("{weight} is not on the pan.").format(weight=weight.weight_id)
        return "" if live.stable else self.tr("The value moves.")

    @staticmethod
    def _of_unit(value: Decimal, unit: str, check: CheckRow) -> Decimal:
        """The value where the scale shows the unit of the check; nothing is weighed in another one."""
        return value if unit == check.unit else Decimal(0)

    def _unloaded(self, device_id: str) -> bool:
        """Whether the load changed since the reading that was taken last on this page."""
        gateway = self.client.station.gateway
        if gateway is None or self._last_no is None:
            return True
        try:
            return gateway.unloaded_since(device_id, self._last_no)
        except JopeError:
            return True

    # --- no check that runs -------------------------------------------------------------------------------------------

    def _show_closed(self, data: BalanceData) -> None:
        ids = tuple(row.device_id for row in data.scales)
        if self.scales is None or ids != self.scale_ids:
            self._drop(self.scales)
            self.scale_ids = ids
            options = tuple((row.device_id, f"{row.device_id}  {row.title}".strip()) for row in data.scales)
            self.scales = Choice(self.tr("Scale"), self.theme, options, name="check-scale")
            self.scales.changed.connect(self._on_scale_chosen)
            self.scales_place.addWidget(self.scales)
        self.scales.choose(self._wanted)
        self.begin.set_verdict(data.verdicts.get("begin"))
        if data.scale is None:
            self.begin.block(self.tr("There is no scale here."))
        self.open_deviation.set_verdict(data.verdicts.get("deviation"))
        urgent = self.open_deviation.isVisibleTo(self) and not self.open_deviation.blocked
        restyle(self.begin.button, "role", "plain" if urgent else "primary")  # one obvious next action
        self.facts.setText(self._result_words(data))
        self.doubtful.clear()
        self.doubtful.add(Text(self._weight_words(data), "small", wrap=True))
        if data.check is not None and data.check.state == "failed":
            count = self.tr("Accepted weighings since the scale was last known to be right: {count}").format(count=len(data.doubtful))
            self.doubtful.add(Text(count if data.doubtful else self.tr("No accepted weighing is in doubt."), "strong", wrap=True))
            for one in data.doubtful[:200]:
                self.doubtful.add(Text(self._doubt_words(one), "small", wrap=True))

    def _result_words(self, data: BalanceData) -> str:
        check = data.check
        if data.scale is None:
            return self.tr("There is no scale here.")
        profile = self.tr("The next check follows the profile {profile}.").format(profile=self._profile_words(data.scale.check_profile))
        if check is None:
            nothing = self.tr("No check of this scale was made.")
            return f"{nothing} {profile}"
        when = unbroken(site_text(check.ended_us or check.begun_us, self.client.info.zone))
        states = {"passed": self.tr("PASSED"), "failed": self.tr("FAILED"), "abandoned": self.tr("abandoned")}
        words = [
            self.tr("{state}, {time}, by {person}.").format(state=states.get(check.state, check.state), time=when, person=check.begun_by)
        ]
        if check.minimum_weight:
            words.append(self.tr("Minimum weight {weight}.").format(weight=quantity_text(check.minimum_weight, check.unit)))
        if check.repeatability:
            spread = quantity_text(f"{Decimal(check.repeatability):.5f}", check.unit)
            words.append(self.tr("Standard deviation {spread}.").format(spread=spread))
        if check.finding:
            words.append(check.finding)
        if check.state == "failed":
            words.append(self.tr("The scale is held."))
        if check.deviation:
            words.append(self.tr("Deviation {number}.").format(number=check.deviation))
        return " ".join([*words, profile])

    def _weight_words(self, data: BalanceData) -> str:
        usable = [one for one in data.weights if one.state == "in_use"]
        if not usable:
            return self.tr("No reference weight is registered.")
        late = self.tr("OVERDUE")
        listed = (
            f"{one.weight_id} ({one.nominal}{NO_BREAK}{one.unit}, {late if one.due_on < data.today else one.due_on})" for one in usable
        )
        return self.tr("Reference weights: {weights}").format(weights=", ".join(listed))

    def _doubt_words(self, one: AffectedWeighing) -> str:
        words = self.tr("{time}: batch {batch}, {material}, lot {lot}, {net}, by {person}")
        return words.format(
            time=unbroken(site_text(one.at_us, self.client.info.zone)), batch=one.batch_no, material=one.material_code, lot=one.lot_no,
            net=quantity_text(one.net, one.unit), person=one.performed_by,
        )  # fmt: skip

    # --- words --------------------------------------------------------------------------------------------------------

    def _test_words(self, test: BalanceTest) -> str:
        return {
            BalanceTest.REPEATABILITY: self.tr("Repeatability"),
            BalanceTest.ACCURACY: self.tr("Accuracy"),
            BalanceTest.ECCENTRICITY: self.tr("Eccentricity"),
        }[test]

    def _count_words(self, test: BalanceTest, progress: CheckProgress) -> str:
        title, count = self._test_words(test), progress.counts[test]
        if test is BalanceTest.ACCURACY:
            return f"{title} {count}"
        due = REPEATABILITY_COUNT if test is BalanceTest.REPEATABILITY else len(CORNERS)
        done = count if test is BalanceTest.REPEATABILITY else len(set(progress.corners))
        return f"{title} {done}/{due}"

    def _place_words(self, place: str) -> str:
        return {
            "centre": self.tr("centre"),
            "front-left": self.tr("front left"),
            "back-left": self.tr("back left"),
            "back-right": self.tr("back right"),
            "front-right": self.tr("front right"),
        }.get(place, DASH)

    def _profile_words(self, profile: str) -> str:
        return {"usp": self.tr("USP"), "ph_eur": self.tr("Ph. Eur."), "process": self.tr("Process")}.get(profile, profile)

    def _reading_words(self, one: CheckReadingRow) -> str:
        value = quantity_text(one.value, one.unit)
        place = f", {self._place_words(one.position)}" if one.position else ""
        return f"{one.n}  {self._test_words(BalanceTest(one.test))}{place}: {value} ({one.weight_id})"

    def _missing_words(self, progress: CheckProgress) -> str:
        words = []
        left = REPEATABILITY_COUNT - progress.counts[BalanceTest.REPEATABILITY]
        if left > 0:
            words.append(self.tr("{count} weighings").format(count=left))
        if not progress.done(BalanceTest.ACCURACY):
            words.append(self.tr("a reference weight for the accuracy"))
        places = [self._place_words(corner) for corner in CORNERS if corner not in progress.corners]
        if places:
            words.append(self.tr("the places {places}").format(places=", ".join(places)))
        parts = [self.tr("Missing: {things}.").format(things="; ".join(words)) if words else self.tr("Everything is weighed.")]
        if progress.finding.minimum_weight is not None and self._data is not None and self._data.check is not None:
            weight = quantity_text(f"{progress.finding.minimum_weight:f}", self._data.check.unit)
            parts.append(self.tr("Minimum weight {weight}.").format(weight=weight))
        return " ".join([*parts, *progress.finding.problems])

    # --- live ---------------------------------------------------------------------------------------------------------

    def _watch(self, device_id: str) -> None:
        if device_id != self._watched:
            if self._watched:
                self.client.live.unwatch(self._watched)
            if device_id:
                self.client.live.watch(device_id)
            self._watched = device_id

    def _on_live_updated(self, live: LiveValue) -> None:
        if live.device_id != self._watched or not self.isVisible():
            return
        quantity = live.reading.quantity if live.reading is not None else None
        self.value.setText(quantity_text(f"{quantity.value:f}", quantity.unit) if quantity is not None else DASH)
        restyle(self.value, "state", "" if live.usable else "bad")
        self.badge.show_value(live)
        self._check()

    # --- acting -------------------------------------------------------------------------------------------------------

    def _on_scale_chosen(self) -> None:
        if self.scales is not None and self.scales.value != self._wanted:
            self._wanted = self.scales.value
            self.refresh()

    def _on_test_chosen(self, test: str) -> None:
        self._show_test()

    def _on_place_chosen(self, place: str) -> None:
        if self._data is not None and self._data.progress is not None and place not in self._data.progress.corners:
            self._corner = place
            self._show_test()

    def _on_begin_triggered(self) -> None:
        self.send(BeginBalanceCheck(device_id=self._wanted))

    def _on_take_triggered(self) -> None:
        """Name the reading that is on the screen now; the value itself never comes from here."""
        data, weight, test = self._data, self._weight(), self._test()
        reading = self.client.live.value(self._wanted).reading
        if data is None or data.check is None or weight is None or reading is None:
            return
        position = self._corner if test is BalanceTest.ECCENTRICITY else ""
        self.take.block(self.tr("The reading is taken \u2026"))
        self._pending = reading.number
        self.send(
            TakeCheckReading(
                check_id=data.check.check_id, test=test.value, weight_id=weight.weight_id, reading_no=reading.number, position=position
            )
        )

    def _on_new_weight_triggered(self) -> None:
        words = self.tr("The weight is used once another person approves it. Write down what its certificate states.")
        entries = (
            Entry("weight_id", self.tr("Name of the weight")),
            Entry("nominal", self.tr("Nominal mass")),
            Entry("conventional", self.tr("Conventional mass")),
            Entry("uncertainty", self.tr("Uncertainty, or permissible error")),
            Entry("unit", self.tr("Unit"), "g"),
            Entry("oiml_class", self.tr("OIML class")),
            Entry("certificate_no", self.tr("Number of the certificate")),
            Entry("due_on", self.tr("Due on (YYYY-MM-DD)")),
            Entry("reason", self.tr("Reason")),
        )
        sheet = EntrySheet(
            self.desk.host, self.theme, name="check-weight-sheet", title=self.tr("New reference weight"), words=words, verb=self.tr("Ask for it"),
            entries=entries,
        )  # fmt: skip
        self.notice.hide()
        self.collect(sheet, _weight_of)

    def _on_finish_triggered(self) -> None:
        if self._data is not None and self._data.check is not None:
            self.sign(EndBalanceCheck(check_id=self._data.check.check_id))

    def _on_deviation_triggered(self) -> None:
        if self._data is not None and self._data.check is not None:
            self.send(OpenCheckDeviation(check_id=self._data.check.check_id))

    def _on_abandon_triggered(self) -> None:
        data = self._data
        if data is None or data.check is None:
            return
        check_id = data.check.check_id
        loss = self.tr(
            "The check ends without a verdict: its {count} readings stay, and prove nothing. A new check begins from the first weighing."
        )
        sheet = ReasonSheet(
            self.desk.host, self.theme, self.client.session, place=f"check:{check_id}",
            title=self.tr("Abandon the check of {scale}").format(scale=data.check.device_id), loss=loss.format(count=len(data.readings)),
            verb=self.tr("Abandon check"),
        )  # fmt: skip
        self.notice.hide()

        def done(result: Any) -> None:
            sheet.close_sheet()
            self.on_done(result)

        sheet.given.connect(lambda reason: self.client.dispatch(AbandonBalanceCheck(check_id=check_id, reason=reason), done, sheet.refuse))
        sheet.open()

    @override
    def on_done(self, result: Any) -> None:
        if isinstance(result, ReadingTaken):
            self._last_no = self._pending
        elif isinstance(result, CheckBegun):
            self._last_no = None
        elif isinstance(result, CheckEnded):
            if result.state == "passed":
                self.notice.confirm(self.tr("The check passed."))
        elif isinstance(result, CheckDeviationOpened):
            words = self.tr("{number} is open, about {weighings} weighings of {batches} batches.")
            self.notice.confirm(words.format(number=result.number, weighings=result.weighings, batches=result.batches))
        super().on_done(result)


_ANY_WEIGHT: Final = {
    "weight_id": _ANY, "nominal": "1", "conventional": "1", "uncertainty": "0.1", "unit": "g", "oiml_class": "", "certificate_no": _ANY,
    "due_on": "9999-12-31", "reason": _ANY,
}  # fmt: skip
_NOBODY: Final = GuardVerdict("permission", "", "", "")


def _weight_of(values: Mapping[str, str]) -> SetReferenceWeight:
    return SetReferenceWeight(state="in_use", **values)

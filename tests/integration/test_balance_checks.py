"""Calibration and checks of balances: what they find, what they gate, and what a failed one puts in doubt (URS J02, J06, J07, F07)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jope_drivers.simulator.handle import SimulatedScale

from jope.bootstrap import Station
from jope.compliance.alarms.queries import open_alarms
from jope.kernel.clock import site_date
from jope.kernel.errors import GuardRefusedError, JopeError, PermissionDeniedError, RefusedError
from jope.kernel.ids import new_id
from jope.plant.devices.checks import commands as c
from jope.plant.devices.checks.balance import (
    CORNERS,
    BalanceTest,
    CheckReading,
    CheckRules,
    fault_of_load,
    judge,
    minimum_weight,
    standard_deviation,
)
from jope.plant.devices.model import Device
from jope.plant.devices.queries import balance_checks, calibrations, check_readings, device_named
from jope.plant.devices.registry.commands import HoldDevice
from jope.plant.devices.usable import RejectionError
from jope.plant.quality.queries import deviations
from jope.plant.weighing.affected import weighings_in_doubt
from jope.plant.weighing.commands import AcceptWeight, IdentifyLot, OpenCheckDeviation
from jope.services.provisioning import demo_data as demo
from tests.support.demo import SCALE, Crew, running_plant, stable_reading, to_execution, verified, weigh
from tests.support.devices import change, why, written
from tests.support.training import carried_out

D = Decimal
USP = CheckRules("usp", D("0.01"), D("6200"))
WEIGHT: dict[str, Any] = {
    "weight_id": "RW-500", "nominal": "500", "conventional": "500.0012", "unit": "g", "uncertainty": "0.008", "oiml_class": "F2",
    "certificate_no": "CAL-77", "due_on": "2036-12-31", "state": "in_use", "reason": "new set",
}  # fmt: skip


# --- what a check finds: pure -----------------------------------------------------------------------------------------


def reading(test: BalanceTest, value: str, weight: str = "2000", position: str = "") -> CheckReading:
    return CheckReading(test, D(value), D(weight), "RW", position)


def whole(*, ten: list[str] | None = None, accuracy: str = "2000.00", corners: dict[str, str] | None = None) -> list[CheckReading]:
    values = ten or ["500.00"] * 10
    at = dict.fromkeys(CORNERS, "2000.00") | (corners or {})
    return [
        *(reading(BalanceTest.REPEATABILITY, value, "500") for value in values),
        reading(BalanceTest.ACCURACY, accuracy),
        *(reading(BalanceTest.ECCENTRICITY, value, position=corner) for corner, value in at.items()),
    ]


@pytest.mark.req("J06")
def test_a_scale_that_shows_the_same_ten_times_is_limited_by_its_readability() -> None:
    found = judge(whole(), USP)
    assert found.passed
    assert found.repeatability == 0
    assert found.minimum_weight == D("8.20")  # 2 x 0.41 x 0.01 g / 0.001


@pytest.mark.req("J06")
def test_the_minimum_weight_follows_the_standard_deviation() -> None:
    ten = ["499.98", "500.02"] * 5
    spread = standard_deviation([D(value) for value in ten])
    assert abs(spread - D("0.0210818510677891955")) < D("1e-15")  # 0.02 * sqrt(10 / 9)
    assert minimum_weight(spread, USP) == D("42.17")  # 42.1637 g, rounded up
    process = CheckRules("process", D("0.01"), D("6200"), D("0.01"), D(2))
    assert minimum_weight(spread, process) == D("8.44")  # 0.0421637 / 0.01 * 2 = 8.4327 g, rounded up
    assert minimum_weight(D(0), process) == D("1.64")


@pytest.mark.req("J06")
@pytest.mark.parametrize(
    ("profile", "value", "passes"),
    [("usp", "2002.00", True), ("usp", "2002.01", False), ("ph_eur", "2001.00", True), ("ph_eur", "1998.99", False)],
)
def test_accuracy_is_within_the_limit_of_the_profile(profile: str, value: str, passes: bool) -> None:
    assert judge(whole(accuracy=value), CheckRules(profile, D("0.01"), D("6200"))).passed is passes


@pytest.mark.req("J06")
def test_one_corner_that_differs_fails_and_is_named() -> None:
    found = judge(whole(corners={"back-right": "2001.01"}), USP)
    assert not found.passed
    assert found.problems == ("Eccentricity: back-right reads 2001.01, the centre 2000.00.",)


@pytest.mark.req("J06")
def test_what_is_missing_is_named() -> None:
    readings = [r for r in whole() if r.position != "front-left"][1:]
    assert judge(readings, USP).missing == ("Repeatability: 1 of 10 weighings.", "Eccentricity: front-left.")
    assert judge([], USP).missing[1] == "Accuracy: a reference weight of 5 to 100 % of the capacity."


@pytest.mark.req("J06")
@pytest.mark.parametrize(
    ("test", "weight", "uncertainty", "fits"),
    [
        (BalanceTest.ACCURACY, "310", "0.1", True),
        (BalanceTest.ACCURACY, "309", "0.1", False),
        (BalanceTest.ACCURACY, "310", "0.104", False),
        (BalanceTest.ACCURACY, "6201", "0.1", False),
        (BalanceTest.ECCENTRICITY, "1860", "0.1", True),
        (BalanceTest.ECCENTRICITY, "1859", "0.1", False),
        (BalanceTest.REPEATABILITY, "10", "1", True),
    ],
)
def test_a_reference_weight_is_heavy_and_exact_enough(test: BalanceTest, weight: str, uncertainty: str, fits: bool) -> None:
    assert (fault_of_load(test, D(weight), D(uncertainty), USP) == "") is fits


# --- at a station without devices -------------------------------------------------------------------------------------


def calibration(**changed: Any) -> c.RecordCalibration:
    fields: dict[str, Any] = {
        "calibration_id": new_id(), "device_id": SCALE, "serial_number": demo.DEMO_SCALE_IDENTITY.serial_number, "certificate_no": "K-1",
        "laboratory": "Calibration laboratory", "calibrated_on": "2026-01-10", "due_on": "2037-01-10", "as_found": "pass", "as_left": "pass",
        "reason": "yearly",
    }  # fmt: skip
    return c.RecordCalibration(**(fields | changed))


@pytest.mark.req("J02", "F07")
def test_a_calibration_is_signed_and_its_date_counts(crew: Crew) -> None:
    crew.sign("D-SUPER", calibration())
    row = crew.station.read(device_named, crew.token("D-QA"), device_id=SCALE)
    assert (row.calibration_due, row.check_passed, row.held_reason) == ("2037-01-10", True, "")
    (kept,) = crew.station.read(calibrations, crew.token("D-QA"), device_id=SCALE)
    assert (kept.as_found, kept.recorded_by) == ("pass", "D-SUPER")
    assert verified(crew.station).findings == ()


@pytest.mark.req("J07", "J02")
def test_a_scale_that_was_found_wrong_is_held_although_it_was_adjusted(crew: Crew) -> None:
    crew.sign("D-SUPER", calibration(as_found="fail"))
    row = crew.station.read(device_named, crew.token("D-QA"), device_id=SCALE)
    assert (row.calibration_due, row.check_passed) == ("2037-01-10", False)
    assert row.held_reason == "Calibration K-1 found it out of tolerance."
    assert any(a.kind == "check" and a.priority == 2 for a in crew.station.read(open_alarms, crew.token("D-QA")))


@pytest.mark.req("J02")
@pytest.mark.parametrize(
    ("changed", "guard"),
    [
        ({"serial_number": "another"}, "calibration_is_of_this_scale"),
        ({"calibrated_on": "2036-01-01"}, "calibration_is_well_formed"),
        ({"due_on": "2026-01-10"}, "calibration_is_well_formed"),
        ({"due_on": "soon"}, "calibration_is_well_formed"),
        ({"as_found": "maybe"}, "calibration_is_well_formed"),
        ({"document_hash": "xyz", "document_name": "a.pdf"}, "calibration_is_well_formed"),
        ({"laboratory": " "}, "calibration_is_well_formed"),
    ],
    ids=str,
)
def test_a_certificate_that_cannot_be_is_refused(crew: Crew, changed: dict[str, Any], guard: str) -> None:
    assert why(crew, "D-SUPER", calibration(**changed)) == guard


@pytest.mark.req("J02")
def test_an_older_calibration_does_not_come_after_a_newer(crew: Crew) -> None:
    crew.sign("D-SUPER", calibration(calibrated_on="2026-02-01"))
    assert why(crew, "D-SUPER", calibration(calibrated_on="2026-01-31")) == "calibration_is_new"


@pytest.mark.req("J02", "P11-05")
def test_an_operator_records_no_calibration(crew: Crew) -> None:
    with pytest.raises(PermissionDeniedError):
        crew.sign("D-OPER", calibration())


@pytest.mark.req("J06")
@pytest.mark.parametrize(
    "changed", [{"uncertainty": "500"}, {"conventional": "550"}, {"unit": "stone"}, {"due_on": ""}, {"state": "lost"}], ids=str
)
def test_a_reference_weight_that_cannot_be_is_refused(crew: Crew, changed: dict[str, Any]) -> None:
    assert why(crew, "D-SUPER", c.SetReferenceWeight(**(WEIGHT | changed))) == "weight_is_well_formed"


# --- at the scale ----------------------------------------------------------------------------------------------------


class AtScale:
    """A person with a box of weights in front of the simulated scale."""

    def __init__(self, station: Station, scale: SimulatedScale) -> None:
        self.crew, self.scale = Crew(station), scale
        carried_out(self.crew, c.SetReferenceWeight(**WEIGHT), "D-SUPER")
        heavy = WEIGHT | {"weight_id": "RW-2000", "nominal": "2000", "conventional": "2000.003", "uncertainty": "0.03"}
        carried_out(self.crew, c.SetReferenceWeight(**heavy), "D-SUPER")
        address = station.read(device_named, self.crew.token("D-QA"), device_id=SCALE).address
        usp = change(device_id=SCALE, title="Scale", address=address, check_every_hours=24)
        carried_out(self.crew, usp, "D-ADMIN")

    def begin(self) -> str:
        begun: c.CheckBegun = self.crew.do("D-OPER", c.BeginBalanceCheck(device_id=SCALE))
        return begun.check_id

    def read(self, check_id: str, test: str, grams: str, weight_id: str, position: str = "") -> str:
        """Take the load off, put it on, wait, take the reading."""
        self.scale.unload()
        stable_reading(self.crew.station, "0")
        self.scale.load(grams)
        number = stable_reading(self.crew.station, grams)
        take = c.TakeCheckReading(check_id=check_id, test=test, weight_id=weight_id, reading_no=number, position=position)
        taken: c.ReadingTaken = self.crew.do("D-OPER", take)
        return taken.value

    def whole(self, check_id: str, *, accuracy: str = "2000") -> None:
        for _ in range(10):
            self.read(check_id, "repeatability", "500", "RW-500")
        self.read(check_id, "accuracy", accuracy, "RW-2000")
        for corner in CORNERS:
            self.read(check_id, "eccentricity", "2000", "RW-2000", corner)


@pytest.fixture
def at_scale(tmp_path: Path) -> Iterator[AtScale]:
    with running_plant(tmp_path / "station") as (station, scale):
        yield AtScale(station, scale)


@pytest.mark.req("J06", "F07", "J07")
@pytest.mark.timeout(300)
def test_a_check_at_the_scale_sets_the_minimum_weight_and_a_failed_one_holds_it(at_scale: AtScale) -> None:
    crew, station = at_scale.crew, at_scale.crew.station
    to_execution(crew, "B-1")
    crew.do("D-OPER", IdentifyLot(batch_no="B-1", position=1, lot_no=next(iter(demo.DEMO_LOTS))))
    weigh(crew, at_scale.scale, "B-1", 1, "1250.40")
    check = at_scale.begin()
    assert why(crew, "D-OPER", c.BeginBalanceCheck(device_id=SCALE)) == "scale_can_be_checked"
    assert why(crew, "D-SUPER", c.EndBalanceCheck(check_id=check)) in ("check_is_yours", "check_is_complete")
    at_scale.whole(check)
    assert crew.sign("D-OPER", c.EndBalanceCheck(check_id=check)) == c.CheckEnded("passed", "8.20")
    row = station.read(device_named, crew.token("D-QA"), device_id=SCALE)
    assert row.check_passed
    assert D(row.minimum_weight) >= D("8.20")
    assert row.check_due_us is not None
    readings = station.read(check_readings, crew.token("D-QA"), check_id=check)
    assert len(readings) == 16
    assert all(one.raw_frame.startswith("S S") and len(one.frame_hash) == 64 for one in readings)

    check = at_scale.begin()
    at_scale.whole(check, accuracy="2004")
    assert crew.sign("D-OPER", c.EndBalanceCheck(check_id=check)).state == "failed"
    row = station.read(device_named, crew.token("D-QA"), device_id=SCALE)
    assert row.held_reason.startswith("The balance check failed. Accuracy: RW-2000 reads 2004")
    error = crew.refused(lambda: crew.do("D-OPER", AcceptWeight(batch_no="B-1", position=2, device_id=SCALE, reading_no=1)))
    assert isinstance(error, JopeError)

    number = crew.do("D-OPER", OpenCheckDeviation(check_id=check)).number
    assert why(crew, "D-OPER", OpenCheckDeviation(check_id=check)) == "check_failed"
    (deviation,) = station.read(deviations, crew.token("D-QA"))
    assert deviation.number == number
    (latest, _) = station.read(balance_checks, crew.token("D-QA"), device_id=SCALE)
    assert (latest.state, latest.deviation) == ("failed", number)
    until = station.clock.now().utc_us
    assert station.read(weighings_in_doubt, crew.token("D-QA"), device_id=SCALE, until_us=until) == (), (
        "weighed before the check that passed"
    )
    assert verified(station).findings == ()


@pytest.mark.req("J06", "F08", "P11-09")
@pytest.mark.timeout(120)
def test_a_reading_of_a_check_is_fresh_stable_and_of_a_weight_of_the_register(at_scale: AtScale) -> None:
    crew = at_scale.crew
    check = at_scale.begin()
    at_scale.read(check, "repeatability", "500", "RW-500")
    number = stable_reading(crew.station, "500")
    same = c.TakeCheckReading(check_id=check, test="repeatability", weight_id="RW-500", reading_no=number)
    error = crew.refused(lambda: crew.do("D-OPER", same))
    assert isinstance(error, RejectionError)
    assert error.rule == "stale"
    for changed in (
        {"weight_id": "RW-1"}, {"weight_id": "RW-2000"}, {"test": "taste"}, {"position": "centre"}, {"test": "accuracy", "weight_id": "none"},
        {"test": "eccentricity"}, {"test": "eccentricity", "position": "centre", "weight_id": "RW-500"}, {"reading_no": 10_000_000},
    ):  # fmt: skip
        fields: dict[str, Any] = {"check_id": check, "test": "repeatability", "weight_id": "RW-500", "reading_no": number} | changed
        with pytest.raises(RefusedError):
            crew.do("D-OPER", c.TakeCheckReading(**fields))
    carried_out(crew, c.SetReferenceWeight(**(WEIGHT | {"due_on": "2020-01-01"})), "D-SUPER")
    at_scale.scale.unload()
    stable_reading(crew.station, "0")
    at_scale.scale.load("500")
    overdue = c.TakeCheckReading(check_id=check, test="repeatability", weight_id="RW-500", reading_no=stable_reading(crew.station, "500"))
    with pytest.raises(RefusedError, match="due on 2020-01-01"):
        crew.do("D-OPER", overdue)
    with pytest.raises(GuardRefusedError):
        crew.sign("D-OPER", c.EndBalanceCheck(check_id=check))
    crew.do("D-SUPER", c.AbandonBalanceCheck(check_id=check, reason="the weights are overdue"))
    (row,) = crew.station.read(balance_checks, crew.token("D-QA"), device_id=SCALE)
    assert (row.state, row.finding) == ("abandoned", "the weights are overdue")


@pytest.mark.req("F07", "J02", "P11-09")
@pytest.mark.timeout(120)
def test_each_thing_that_is_wrong_with_a_scale_refuses_the_weighing_by_its_name(at_scale: AtScale) -> None:
    crew, station = at_scale.crew, at_scale.crew.station
    to_execution(crew, "B-1")
    crew.do("D-OPER", IdentifyLot(batch_no="B-1", position=1, lot_no=next(iter(demo.DEMO_LOTS))))

    def refusal() -> RejectionError:
        at_scale.scale.unload()
        stable_reading(station, "0")
        at_scale.scale.load("1250.40")
        number = stable_reading(station, "1250.40")
        error = crew.refused(lambda: crew.do("D-OPER", AcceptWeight(batch_no="B-1", position=1, device_id=SCALE, reading_no=number)))
        assert isinstance(error, RejectionError)
        assert error.what_to_do
        return error

    crew.sign("D-SUPER", calibration(calibrated_on="2025-01-01", due_on="2025-12-31"))
    assert refusal().rule == "calibration"
    crew.sign("D-SUPER", calibration())
    written(crew, lambda uow: setattr(uow.session.get_one(Device, SCALE), "check_due_us", 1))
    error = refusal()
    assert (error.rule, "balance check" in error.what_to_do) == ("check_due", True)
    assert station.devices is not None
    station.devices.tick()
    assert any(a.kind == "check_due" and a.active for a in station.read(open_alarms, crew.token("D-QA")))
    written(crew, lambda uow: setattr(uow.session.get_one(Device, SCALE), "check_due_us", None))
    told_in_time(crew)
    crew.do("D-OPER", HoldDevice(device_id=SCALE, reason="It was knocked over."))
    error = refusal()
    assert (error.rule, "quality assurance" in error.what_to_do) == ("held", True)
    assert verified(station).findings == ()


def told_in_time(crew: Crew) -> None:
    """A calibration is announced before it is due, stands as over after it, and the alarms return with a new certificate."""
    station = crew.station
    today = date.fromisoformat(site_date(station.clock.now().utc_us, station.info.zone))

    def standing(days: int) -> set[tuple[str, int]]:
        due_on = (today + timedelta(days=days)).isoformat()
        written(crew, lambda uow: setattr(uow.session.get_one(Device, SCALE), "calibration_due", due_on))
        assert station.devices is not None
        station.devices.tick()
        kinds = {"calibration_soon", "calibration_over"}
        return {
            (a.kind, a.priority)
            for a in station.read(open_alarms, crew.token("D-QA"))
            if a.source == SCALE and a.active and a.kind in kinds
        }

    assert standing(15) == set()
    assert standing(14) == {("calibration_soon", 4)}
    assert standing(0) == {("calibration_soon", 4)}, "it may be used on its last day"
    assert standing(-1) == {("calibration_over", 3)}
    assert standing(400) == set()

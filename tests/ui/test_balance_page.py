"""The balance check as a person with gloves makes it: three tests, a signed result, and what a failed one leads to (URS J06, J07; hmi rules U5, U6, U11)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jope_drivers.simulator.handle import SimulatedScale
from jope_ui.viewmodels.check_progress import progress_of, suitable_weights
from jope_ui.views.balance import BalancePage
from jope_ui.widgets.pan import PLACES
from PySide6.QtCore import Qt

from jope.bootstrap import Station
from jope.compliance.commands import Meaning
from jope.plant.devices.checks import commands as c
from jope.plant.devices.checks.balance import CORNERS, BalanceTest
from jope.plant.devices.queries import CheckReadingRow, CheckRow, WeightRow, balance_checks, check_readings, device_named
from jope.plant.quality.queries import deviations
from jope.plant.weighing.commands import IdentifyLot
from jope.services.provisioning import demo_data as demo
from tests.support.demo import SCALE, Crew, running_plant, stable_reading, to_execution, weigh
from tests.support.training import carried_out
from tests.ui.conftest import PANELS, Client, OpenClient
from tests.ui.plants import leave
from tests.ui.test_language import LANGUAGES, clipped, language
from tests.ui.test_people_pages import keep_picture
from tests.ui.test_signing_queue import require_fit
from tests.ui.test_training_page import sign

__all__ = ["language"]

WEIGHT: dict[str, Any] = {
    "weight_id": "RW-500", "nominal": "500", "conventional": "500.0012", "unit": "g", "uncertainty": "0.008", "oiml_class": "F2",
    "certificate_no": "CAL-77", "due_on": "2036-12-31", "state": "in_use", "reason": "new set",
}  # fmt: skip
HEAVY = WEIGHT | {"weight_id": "RW-2000", "nominal": "2000", "conventional": "2000.003", "uncertainty": "0.03"}


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[tuple[Station, SimulatedScale]]:
    """A station with its simulated scale online and two reference weights."""
    with running_plant(tmp_path / "station", encrypted=False) as (station, scale):
        crew = Crew(station)
        for weight in (WEIGHT, HEAVY):
            carried_out(crew, c.SetReferenceWeight(**weight), "D-SUPER")
        for who in ("D-OPER", "D-SUPER"):
            crew.accept(who)
        leave(crew)
        yield station, scale


@pytest.fixture
def station(plant: tuple[Station, SimulatedScale]) -> Station:
    """The station of this test, for the window."""
    return plant[0]


def page(client: Client) -> BalancePage:
    client.window.go("balance", SCALE)
    client.qtbot.waitUntil(lambda: client.window.key == "balance" and client.window.pages["balance"].shown, timeout=10_000)
    idle(client)
    found = client.window.pages["balance"]
    assert isinstance(found, BalancePage)
    return found


def idle(client: Client) -> None:
    client.qtbot.wait(50)
    client.qtbot.waitUntil(lambda: not client.window.client.queries.busy and not client.window.client.commands.busy, timeout=10_000)
    client.qtbot.wait(50)


def taken(client: Client, shown: BalancePage, scale: SimulatedScale, grams: str, count: int) -> None:
    """Take the load off, put it on, wait until it may be taken, and take it."""
    scale.unload()
    client.qtbot.waitUntil(lambda: shown.take.blocked, timeout=10_000)
    stable_reading(client.window.client.station, "0")
    scale.load(grams)
    client.click("check-take")
    data = lambda: shown._data  # noqa: E731
    client.qtbot.waitUntil(lambda: data() is not None and len(data().readings) == count, timeout=10_000)


def row(**changed: Any) -> CheckRow:
    fields: dict[str, Any] = {
        "check_id": "C", "device_id": SCALE, "serial_number": "S", "profile": "usp", "state": "open", "begun_by": "D-OPER", "begun_us": 0,
        "ended_us": None, "repeatability": "", "minimum_weight": "", "finding": "", "deviation": "", "unit": "g", "readability": "0.01",
        "capacity": "6200.00", "process_tolerance": "", "safety_factor": "2",
    }  # fmt: skip
    return CheckRow(**(fields | changed))


def read(n: int, test: str, value: str, position: str = "", weight: str = "RW-500") -> CheckReadingRow:
    return CheckReadingRow(n, test, position, weight, value, "g", "S S", "0", 0, "0.5" if weight == "RW-500" else "2", "kg")


@pytest.mark.req("J06")
def test_progress_counts_names_the_next_place_and_keeps_the_weight() -> None:
    taken_so_far = [read(n + 1, "repeatability", "500.00") for n in range(10)]
    progress = progress_of(row(), taken_so_far)
    assert progress.done(BalanceTest.REPEATABILITY)
    assert (progress.next_test, progress.next_corner) == (BalanceTest.ACCURACY, "centre")
    assert progress.weights == {BalanceTest.REPEATABILITY: "RW-500"}
    corners = [read(20 + n, "eccentricity", "2000.00", corner, "RW-2000") for n, corner in enumerate(CORNERS)]
    whole = progress_of(row(), [*taken_so_far, read(19, "accuracy", "2000.00", weight="RW-2000"), *corners])
    assert whole.finding.passed
    assert (whole.next_corner, whole.next_test) == ("", BalanceTest.ECCENTRICITY)
    assert set(PLACES) == set(CORNERS)


@pytest.mark.req("J06")
def test_only_weights_that_suit_the_test_are_offered() -> None:
    def weight(name: str, nominal: str, due: str = "2036-12-31", state: str = "in_use", uncertainty: str = "0.001") -> WeightRow:
        return WeightRow(name, nominal, nominal, "g", uncertainty, "F2", "K", due, state)

    weights = (
        weight("heavy", "2000"), weight("light", "200"), weight("over", "7000"), weight("late", "2000", due="2020-01-01"),
        weight("gone", "2000", state="retired"), weight("rough", "2000", uncertainty="5"),
    )  # fmt: skip
    offered = {test: [one.weight_id for one in suitable_weights(row(), test, weights, "2026-01-01")] for test in BalanceTest}
    assert offered[BalanceTest.REPEATABILITY] == ["heavy", "light", "rough"]
    assert offered[BalanceTest.ACCURACY] == ["heavy"]
    assert offered[BalanceTest.ECCENTRICITY] == ["heavy"]


@pytest.mark.req("J06", "J07", "A03")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("panel", list(PANELS))
def test_a_check_is_made_step_by_step_and_signed(open_client: OpenClient, plant: tuple[Station, SimulatedScale], panel: str) -> None:
    station, scale = plant
    client = open_client(panel, "D-OPER")
    shown = page(client)
    require_fit(client)
    keep_picture(client, "balance-begin")
    client.click("check-begin")
    client.qtbot.waitUntil(lambda: shown._data is not None and shown._data.runs, timeout=10_000)
    idle(client)
    assert shown.take.blocked
    assert "Choose the reference weight" in shown.take.reason.text()
    client.click("check-weight-RW-500")
    client.qtbot.waitUntil(lambda: "RW-500 is not on the pan" in shown.take.reason.text(), timeout=10_000)
    require_fit(client)
    for number in range(10):
        taken(client, shown, scale, "500", number + 1)
        if number == 2:
            client.qtbot.waitUntil(lambda: "Take the weight off" in shown.take.reason.text(), timeout=10_000)
            require_fit(client)
            keep_picture(client, "balance-repeatability")
    client.qtbot.waitUntil(lambda: shown.tests.value == "accuracy", timeout=10_000)
    client.click("check-weight-RW-2000")
    taken(client, shown, scale, "2000", 11)
    client.qtbot.waitUntil(lambda: shown.tests.value == "eccentricity", timeout=10_000)
    client.click("check-weight-RW-2000")
    for number, corner in enumerate(CORNERS):
        if number == 1:
            client.qtbot.mouseClick(shown.pan, Qt.MouseButton.LeftButton, pos=shown.pan.place_box("back-right").center().toPoint())
            assert "back right" in shown.order.text()
            client.qtbot.mouseClick(shown.pan, Qt.MouseButton.LeftButton, pos=shown.pan.place_box(corner).center().toPoint())
        taken(client, shown, scale, "2000", 12 + number)
        if number == 2:
            require_fit(client)
            keep_picture(client, "balance-eccentricity")
    client.qtbot.waitUntil(lambda: shown.finish.isVisible() and not shown.finish.blocked, timeout=10_000)
    assert "Everything is weighed. Minimum weight" in shown.missing.text()
    require_fit(client)
    keep_picture(client, "balance-complete")
    client.click("check-sign")
    sign(client, "D-OPER", Meaning.PERFORMED)
    client.qtbot.waitUntil(lambda: "PASSED" in shown.facts.text(), timeout=10_000)
    idle(client)
    require_fit(client)
    keep_picture(client, "balance-passed")
    token = client.window.client.session.token
    (check,) = station.read(balance_checks, token, device_id=SCALE)
    assert (check.state, check.minimum_weight) == ("passed", "1.64")
    assert [one.position for one in station.read(check_readings, token, check_id=check.check_id)][-5:] == list(CORNERS)


@pytest.mark.req("J07", "H01", "A03")
@pytest.mark.timeout(300)
def test_a_failed_check_shows_what_is_in_doubt_and_opens_the_deviation(
    open_client: OpenClient, plant: tuple[Station, SimulatedScale]
) -> None:
    station, scale = plant
    crew = Crew(station)
    to_execution(crew, "B-1")
    crew.do("D-OPER", IdentifyLot(batch_no="B-1", position=1, lot_no=next(iter(demo.DEMO_LOTS))))
    weigh(crew, scale, "B-1", 1, "1250.40")
    check = crew.do("D-OPER", c.BeginBalanceCheck(device_id=SCALE)).check_id

    def one(test: str, grams: str, weight: str, position: str = "") -> None:
        scale.unload()
        stable_reading(station, "0")
        scale.load(grams)
        number = stable_reading(station, grams)
        crew.do("D-OPER", c.TakeCheckReading(check_id=check, test=test, weight_id=weight, reading_no=number, position=position))

    for _ in range(10):
        one("repeatability", "500", "RW-500")
    one("accuracy", "2030", "RW-2000")
    for corner in CORNERS:
        one("eccentricity", "2000", "RW-2000", corner)
    leave(crew)
    client = open_client("wxga-12.1", "D-OPER")
    shown = page(client)
    assert "RW-2000 reads 2030" in shown.missing.text()
    client.click("check-sign")
    sign(client, "D-OPER", Meaning.PERFORMED)
    client.qtbot.waitUntil(lambda: "FAILED" in shown.facts.text() and shown.open_deviation.isVisible(), timeout=10_000)
    idle(client)
    token = client.window.client.session.token
    assert station.read(device_named, token, device_id=SCALE).held_reason
    require_fit(client)
    keep_picture(client, "balance-failed")
    assert shown._data is not None
    assert [one.batch_no for one in shown._data.doubtful] == ["B-1"]
    client.click("check-deviation")
    client.qtbot.waitUntil(lambda: "is open" in shown.notice.message.text(), timeout=10_000)
    idle(client)
    assert shown.open_deviation.blocked
    leave(Crew(station))
    assert len(station.read(deviations, Crew(station).token("D-QA"))) == 1


@pytest.mark.req("J06", "A03")
def test_a_check_of_another_is_only_abandoned_with_a_reason(open_client: OpenClient, plant: tuple[Station, SimulatedScale]) -> None:
    station, _ = plant
    crew = Crew(station)
    crew.do("D-OPER", c.BeginBalanceCheck(device_id=SCALE))
    leave(crew)
    client = open_client("wxga-12.1", "D-SUPER")
    shown = page(client)
    assert "D-OPER began this check" in shown.take.reason.text()
    require_fit(client)
    keep_picture(client, "balance-of-another")
    client.click("check-abandon")
    require_fit(client)
    client.type("reason-text", "the shift is over")
    client.click("reason-give")
    client.qtbot.waitUntil(lambda: "abandoned" in shown.facts.text(), timeout=10_000)
    idle(client)
    client.click("check-new-weight")
    fields = {key: value for key, value in WEIGHT.items() if key not in ("state", "unit")} | {"weight_id": "RW-1000"}
    for key, text in fields.items():
        client.type(f"check-weight-sheet-{key}", text)
    require_fit(client)
    keep_picture(client, "balance-weight")
    client.click("check-weight-sheet-give")
    client.qtbot.waitUntil(lambda: client.window.key == "changes", timeout=10_000)


@pytest.mark.req("P11-16", "J06")
@pytest.mark.parametrize(("language", "panel"), LANGUAGES, indirect=["language"])
def test_the_steps_fit_with_longer_texts(language: str, panel: str, open_client: OpenClient, station: Station) -> None:
    client = open_client(panel, "D-SUPER")
    shown = page(client)
    assert "\n".join(clipped(client.window)) == ""
    client.click("check-begin")
    client.qtbot.waitUntil(lambda: shown._data is not None and shown._data.runs, timeout=10_000)
    idle(client)
    for test in BalanceTest:
        client.click(f"check-test-{test.value}")
        client.qtbot.wait(150)
        assert "\n".join(clipped(client.window)) == "", test

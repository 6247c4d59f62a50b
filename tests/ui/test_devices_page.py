"""The devices page as people work it: signals, values, history, trust and what may be asked (NAMUR NE 107; hmi rules U11, U17; URS J01-J08)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jope_drivers.simulator.handle import SimulatedScale
from jope_drivers.simulator.line_handle import SimulatedOpcUaLine
from jope_ui.dialogs.browse import BrowseSheet
from jope_ui.viewmodels.device_signal import Cause, DeviceFacts, Signal, signal_of
from jope_ui.views.devices import DevicesPage
from jope_ui.widgets.device_words import thumbprint_groups
from PySide6.QtWidgets import QWidget

from jope.bootstrap import Station
from jope.compliance.changes.queries import changes
from jope.compliance.commands import Meaning
from jope.plant.devices.ports import DeviceState, Quality
from jope.plant.devices.queries import calibrations, device_named
from tests.support.demo import SCALE, Crew, running_plant
from tests.ui.conftest import PANELS, Client, OpenClient
from tests.ui.plants import LINE, TAGS, leave, line_plant
from tests.ui.test_language import LANGUAGES, clipped, language
from tests.ui.test_people_pages import keep_picture
from tests.ui.test_signing_queue import require_fit
from tests.ui.test_training_page import sign

__all__ = ["language"]

VIEWS = ("now", "values", "history", "trust", "actions")


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[tuple[Station, SimulatedScale]]:
    """A station with its simulated scale online."""
    with running_plant(tmp_path / "station", encrypted=False) as (station, scale):
        crew = Crew(station)
        for who in ("D-SUPER", "D-ADMIN", "D-QA", "D-OPER"):
            crew.accept(who)
        leave(crew)
        yield station, scale


@pytest.fixture
def station(plant: tuple[Station, SimulatedScale]) -> Station:
    """The station of this test, for the window."""
    return plant[0]


def page(client: Client) -> DevicesPage:
    client.settle("devices")
    found = client.window.pages["devices"]
    assert isinstance(found, DevicesPage)
    return found


def idle(client: Client) -> None:
    client.qtbot.wait(50)
    client.qtbot.waitUntil(lambda: not client.window.client.queries.busy, timeout=10_000)
    client.qtbot.wait(50)


def view(client: Client, key: str) -> None:
    client.click(f"devices-view-{key}")
    idle(client)


ONLINE: dict[str, Any] = {"state": DeviceState.ONLINE, "is_scale": True, "days_left": 90, "check_left_us": 86_400_000_000}


@pytest.mark.req("J08", "P11-09")
@pytest.mark.parametrize(
    ("facts", "signal", "cause"),
    [
        ({}, Signal.GOOD, Cause.NONE),
        ({"state": DeviceState.BACKOFF}, Signal.FAILURE, Cause.LOST),
        ({"state": DeviceState.FAULTED}, Signal.FAILURE, Cause.REFUSED),
        ({"state": DeviceState.GATED, "held": True}, Signal.FAILURE, Cause.ANOTHER),
        ({"held": True}, Signal.FUNCTION_CHECK, Cause.HELD),
        ({"state": DeviceState.SYNCING}, Signal.FUNCTION_CHECK, Cause.CONNECTING),
        ({"state": DeviceState.QUARANTINE}, Signal.FUNCTION_CHECK, Cause.CONNECTING),
        ({"retired": True, "state": DeviceState.BACKOFF}, Signal.FUNCTION_CHECK, Cause.RETIRED),
        ({"quality": Quality.BAD}, Signal.OUT_OF_SPECIFICATION, Cause.UNUSABLE),
        ({"days_left": None}, Signal.OUT_OF_SPECIFICATION, Cause.NOT_CALIBRATED),
        ({"days_left": -1}, Signal.OUT_OF_SPECIFICATION, Cause.CALIBRATION_OVERDUE),
        ({"check_passed": False}, Signal.OUT_OF_SPECIFICATION, Cause.NOT_CHECKED),
        ({"check_left_us": 0}, Signal.OUT_OF_SPECIFICATION, Cause.CHECK_OVERDUE),
        ({"days_left": 14}, Signal.MAINTENANCE_REQUIRED, Cause.CALIBRATION_DUE),
        ({"check_left_us": 1}, Signal.MAINTENANCE_REQUIRED, Cause.CHECK_DUE),
        ({"state": DeviceState.DEGRADED}, Signal.MAINTENANCE_REQUIRED, Cause.INCOMPLETE),
        ({"quality": Quality.UNCERTAIN}, Signal.MAINTENANCE_REQUIRED, Cause.INCOMPLETE),
        ({"is_scale": False, "days_left": None, "check_passed": False, "check_left_us": None}, Signal.GOOD, Cause.NONE),
    ],
    ids=str,
)
def test_the_gravest_signal_is_shown_with_what_it_stands_for(facts: dict[str, Any], signal: Signal, cause: Cause) -> None:
    assert signal_of(DeviceFacts(**(ONLINE | facts))) == (signal, cause)


@pytest.mark.req("J08")
def test_every_state_of_a_connection_has_a_signal_and_a_thumbprint_is_read_in_groups() -> None:
    for state in DeviceState:
        signal_of(DeviceFacts(state))
    assert thumbprint_groups("0a" * 32).splitlines() == ["0A0A 0A0A 0A0A 0A0A 0A0A 0A0A 0A0A 0A0A"] * 2


@pytest.mark.req("J01", "J07", "J08", "A03")
@pytest.mark.parametrize("panel", list(PANELS))
def test_an_operator_sees_a_scale_and_holds_it(open_client: OpenClient, plant: tuple[Station, SimulatedScale], panel: str) -> None:
    _, scale = plant
    scale.load("500")
    client = open_client(panel, "D-OPER")
    shown = page(client)
    client.qtbot.waitUntil(lambda: "500" in shown.tile.value.text(), timeout=10_000)
    assert [one.row.device_id for one in shown.model.rows] == [SCALE]
    assert "It answers with the registered identity." in shown.facts.text()
    assert "B412345678" in shown.facts.text()
    assert not shown.register.isVisible()
    require_fit(client)
    keep_picture(client, "devices-now")
    view(client, "values")
    client.qtbot.waitUntil(lambda: "500" in shown.frames.text() or "S" in shown.frames.text(), timeout=10_000)
    require_fit(client)
    keep_picture(client, "devices-frames")
    view(client, "actions")
    assert shown.buttons["hold"].isVisible()
    assert not shown.buttons["change"].isVisible()
    assert shown.buttons["retry"].blocked
    assert "It does not wait: connected." in shown.buttons["retry"].reason.text()
    require_fit(client)
    keep_picture(client, "devices-actions-operator")
    client.click("devices-hold")
    client.type("devices-hold-sheet-reason", "It was knocked over")
    keep_picture(client, "devices-hold")
    client.click("devices-hold-sheet-give")
    client.qtbot.waitUntil(lambda: shown.buttons["hold"].blocked, timeout=10_000)
    view(client, "now")
    client.qtbot.waitUntil(lambda: "Function check: held" in shown.signal.text(), timeout=10_000)
    keep_picture(client, "devices-held")
    scale.unplug()
    client.qtbot.waitUntil(lambda: "Failure: connection lost" in shown.signal.text(), timeout=20_000)
    client.qtbot.waitUntil(lambda: not shown.buttons["retry"].blocked, timeout=10_000)
    keep_picture(client, "devices-lost")
    view(client, "actions")
    client.click("devices-retry")
    client.qtbot.waitUntil(lambda: "tried again" in shown.notice.message.text(), timeout=10_000)
    scale.plug()
    client.qtbot.waitUntil(lambda: shown.buttons["retry"].blocked, timeout=30_000)


@pytest.mark.req("J02", "A03")
@pytest.mark.parametrize("panel", list(PANELS))
def test_a_supervisor_records_a_calibration_and_asks_for_the_return(
    open_client: OpenClient, plant: tuple[Station, SimulatedScale], tmp_path: Path, panel: str
) -> None:
    station, _ = plant
    (tmp_path / "certificate.pdf").write_bytes(b"%PDF-1.7 calibrated")
    client = open_client(panel, "D-SUPER")
    shown = page(client)
    view(client, "actions")
    assert shown.buttons["return"].blocked
    assert "in use" in shown.buttons["return"].reason.text()
    require_fit(client)
    keep_picture(client, "devices-actions-supervisor")
    today = station.clock_texts().site[:10] if hasattr(station.clock_texts(), "site") else "2026-11-20"
    client.click("devices-calibrate")
    for key, text in {
        "certificate_no": "K-2026-17",
        "laboratory": "Metrology Vienna",
        "calibrated_on": today,
        "due_on": "2030-01-31",
        "file": str(tmp_path / "certificate.pdf"),
        "reason": "yearly calibration",
    }.items():
        client.type(f"devices-calibrate-sheet-{key}", text)
    keep_picture(client, "devices-calibrate")
    client.click("devices-calibrate-sheet-as_found-pass")
    client.click("devices-calibrate-sheet-as_left-pass")
    require_fit(client)
    client.click("devices-calibrate-sheet-give")
    sign(client, "D-SUPER", Meaning.PERFORMED)
    token = client.window.client.session.token
    client.qtbot.waitUntil(lambda: len(station.read(calibrations, token, device_id=SCALE)) >= 1, timeout=10_000)
    row = station.read(calibrations, token, device_id=SCALE)[0]
    assert (row.certificate_no, row.document_name) == ("K-2026-17", "certificate.pdf")
    assert station.read(device_named, token, device_id=SCALE).calibration_due == "2030-01-31"
    view(client, "history")
    client.qtbot.wait(100)
    require_fit(client)
    keep_picture(client, "devices-history")


@pytest.mark.req("J01", "D02", "A03")
@pytest.mark.parametrize("panel", list(PANELS))
def test_an_administrator_asks_for_a_device_a_change_and_an_identity(
    open_client: OpenClient, plant: tuple[Station, SimulatedScale], panel: str
) -> None:
    station, scale = plant
    client = open_client(panel, "D-ADMIN")
    shown = page(client)
    view(client, "actions")
    keep_picture(client, "devices-actions-admin")
    require_fit(client)
    assert shown.buttons["identity"].blocked
    client.click("devices-register")
    new = {
        "device_id": "SC-2",
        "title": "Second scale",
        "protocol": "mt-sics",
        "address": "/dev/ttyUSB9",
        "model": "XPR",
        "serial_number": "SN-2",
    }
    for key, text in {**new, "firmware": "1.0", "unit": "g", "reason": "a second booth"}.items():
        client.type(f"devices-register-sheet-{key}", text)
    require_fit(client)
    keep_picture(client, "devices-register")
    client.click("devices-register-sheet-give")
    sheet: Any = client.seen(QWidget, "devices-register-sheet")
    client.qtbot.waitUntil(lambda: "A scale needs unit" in sheet.error.text(), timeout=10_000)
    require_fit(client)
    for key, text in {"readability": "0.01", "minimum_weight": "8.20", "capacity": "6100.00"}.items():
        client.type(f"devices-register-sheet-{key}", text)
    client.click("devices-register-sheet-give")
    client.qtbot.waitUntil(lambda: client.window.key == "changes" and client.window.pages["changes"].shown, timeout=10_000)
    shown = page(client)
    client.click("devices-change")
    client.type("devices-change-sheet-title", "Scale of booth 1")
    client.type("devices-change-sheet-reason", "it was moved")
    require_fit(client)
    keep_picture(client, "devices-change")
    client.click("devices-change-sheet-give")
    client.qtbot.waitUntil(lambda: client.window.key == "changes", timeout=10_000)
    scale.become(firmware="9.9")
    scale.unplug()
    scale.plug()
    shown = page(client)
    client.qtbot.waitUntil(lambda: "another device answers" in shown.signal.text(), timeout=30_000)
    view(client, "now")
    assert "ANOTHER ANSWERS" in shown.facts.text()
    keep_picture(client, "devices-another")
    view(client, "actions")
    client.click("devices-identity")
    keep_picture(client, "devices-identity")
    client.type("devices-identity-sheet-reason", "updated by service")
    client.click("devices-identity-sheet-give")
    client.qtbot.waitUntil(lambda: client.window.key == "changes", timeout=10_000)
    token = client.window.client.session.token
    asked = {row.command for row in station.read(changes, token)}
    assert {"RegisterDevice", "ChangeDevice", "AcceptDeviceIdentity"} <= asked


@pytest.fixture
def line(tmp_path: Path) -> Iterator[tuple[Station, SimulatedScale, SimulatedOpcUaLine]]:
    """A station with a scale and a line of tags."""
    with line_plant(tmp_path / "lined") as made:
        yield made


class TestWithTags:
    """A device with tags: its values, and a tag that is picked at the device itself."""

    @pytest.fixture
    def station(self, line: tuple[Station, SimulatedScale, SimulatedOpcUaLine]) -> Station:
        """The station with the line, for the window."""
        return line[0]

    @pytest.mark.req("J01", "J08", "P11-09")
    @pytest.mark.parametrize("panel", list(PANELS))
    def test_values_are_live_and_a_tag_is_picked_by_browsing(self, open_client: OpenClient, station: Station, panel: str) -> None:
        client = open_client(panel, "D-ADMIN")
        shown = page(client)
        shown.table.choose([one.row.device_id for one in shown.model.rows].index(LINE))
        idle(client)
        view(client, "values")
        assert [row.tag_id for row in shown.tag_model.rows] == sorted(tag["tag_id"] for tag in TAGS)
        client.qtbot.waitUntil(lambda: shown._value_text(shown.tag_model.rows[0]) == "120", timeout=30_000)
        client.qtbot.waitUntil(lambda: shown._quality_text(shown.tag_model.rows[0]) == "good", timeout=10_000)
        require_fit(client)
        keep_picture(client, "devices-tags")
        view(client, "now")
        keep_picture(client, "devices-line")
        view(client, "trust")
        keep_picture(client, "devices-trust")
        view(client, "actions")
        require_fit(client)
        keep_picture(client, "devices-actions-line")
        assert "read-only" in shown.buttons["write"].reason.text() or not shown.buttons["write"].isVisible()
        client.click("devices-tag")
        sheet = client.seen(QWidget, "browse-sheet")
        assert isinstance(sheet, BrowseSheet)
        client.qtbot.waitUntil(lambda: len(sheet.model.rows) > 0, timeout=20_000)
        require_fit(client)
        keep_picture(client, "devices-browse")
        sheet.table.choose([node.name for node in sheet.model.rows].index("Mixer"))
        client.qtbot.waitUntil(lambda: "folder" in sheet.pick.reason.text(), timeout=10_000)
        client.click("browse-open")
        client.qtbot.waitUntil(lambda: "Running" in [node.name for node in sheet.model.rows], timeout=20_000)
        sheet.table.choose([node.name for node in sheet.model.rows].index("Running"))
        require_fit(client)
        keep_picture(client, "devices-browse-line")
        client.click("browse-pick")
        client.qtbot.waitUntil(lambda: client.seen(QWidget, "devices-tag-sheet") is not None, timeout=10_000)
        require_fit(client)
        form: Any = client.seen(QWidget, "devices-tag-sheet")
        assert form.values["address"].endswith("s=Mixer.Running")
        assert (form.values["tag_id"], form.values["data_type"]) == ("MX-1.Running", "Boolean")
        keep_picture(client, "devices-tag")
        client.type("devices-tag-sheet-reason", "it is heard")
        client.click("devices-tag-sheet-give")
        client.qtbot.waitUntil(lambda: client.window.key == "changes", timeout=10_000)


@pytest.mark.req("P11-16", "J01")
@pytest.mark.parametrize(("language", "panel"), LANGUAGES, indirect=["language"])
def test_the_page_and_its_sheets_fit_with_longer_texts(language: str, panel: str, open_client: OpenClient, station: Station) -> None:
    client = open_client(panel, "D-ADMIN")
    page(client)
    for key in VIEWS:
        view(client, key)
        assert "\n".join(clipped(client.window)) == "", key
    for button in ("register", "change"):
        client.click(f"devices-{button}")
        client.qtbot.wait(50)
        assert "\n".join(clipped(client.window)) == "", button
        client.click(f"devices-{button}-sheet-cancel")

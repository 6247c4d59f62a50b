"""The health sheet, the mark in the top bar, and the horn (hmi rules U3, U5, U6, U8, U11, U12, U14)."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from jope_ui.app import application
from jope_ui.dialogs.health import HealthSheet
from jope_ui.shell.horn import Horn
from jope_ui.theme.metrics import DENSE_MM
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from jope.bootstrap import Station
from jope.compliance.alarms.commands import AcknowledgeAlarm, RaiseAlarm
from jope.compliance.alarms.queries import AlarmView
from jope.services.health.capturing import captured_errors
from jope.services.health.reading import State
from jope.services.health.room import HealthMark
from tests.support.anchored import events
from tests.ui.conftest import PANELS, Client, OpenClient
from tests.ui.pseudo import PseudoTranslator
from tests.ui.test_language import clipped


def open_sheet(client: Client) -> HealthSheet:
    client.click("nav-more")
    client.click("nav-about")
    client.click("about-health")
    client.qtbot.waitUntil(lambda: client.seen(QWidget, "health-ledger") is not None, timeout=10_000)
    client.qtbot.wait(50)
    sheet = client.seen(QWidget, "health-sheet")
    assert isinstance(sheet, HealthSheet)
    return sheet


@pytest.fixture
def language(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[str]:
    translator = PseudoTranslator(qapp)
    if request.param == "pseudo":
        qapp.installTranslator(translator)
    yield str(request.param)
    qapp.removeTranslator(translator)
    translator.deleteLater()


@pytest.mark.req("Q03", "P11-16")
@pytest.mark.parametrize(("language", "panel"), [("en", p) for p in PANELS] + [("pseudo", p) for p in PANELS], indirect=["language"])
def test_health_is_two_touches_away_and_fits(language: str, open_client: OpenClient, station: Station, panel: str) -> None:
    client = open_client(panel, "D-QA")
    station._health.mark = HealthMark(State.BAD, "ledger")
    client.window._on_clock_timeout()
    client.qtbot.wait(50)
    assert client.window.top.health.isVisible()
    assert "\n".join(clipped(client.window)) == "", "the mark stands in the top bar"
    sheet = open_sheet(client)
    assert "\n".join(clipped(sheet)) == ""
    theme = client.window.client.theme
    for button in sheet.findChildren(QAbstractButton):
        if button.isVisible():
            assert min(button.width(), button.height()) >= theme.px(DENSE_MM), button.objectName()
    names = {row.objectName() for row in sheet.rows.findChildren(QWidget) if row.objectName().startswith("health-")}
    assert {"health-ledger", "health-backup", "health-latency", "health-errors", "health-alarm channels"} <= names


@pytest.mark.req("Q03", "K08")
def test_the_top_bar_shows_a_shape_only_while_something_is_not_well(open_client: OpenClient, station: Station) -> None:
    client = open_client(person="D-QA")
    top = client.window.top
    station._health.mark = HealthMark(State.OK, "")
    client.window._on_clock_timeout()
    assert not top.health.isVisible()
    assert not top.health_shape.isVisible()
    station._health.mark = HealthMark(State.ATTENTION, "disk")
    client.window._on_clock_timeout()
    assert top.health.isVisible()
    assert top.health_shape.priority == 3
    client.click("top-health")
    client.qtbot.waitUntil(lambda: client.seen(QWidget, "health-sheet") is not None)


@pytest.mark.req("Q11", "Q13", "A02", "A03")
def test_the_support_file_and_the_test_are_for_who_may_read_the_trail(open_client: OpenClient, station: Station, tmp_path: Path) -> None:
    client = open_client(person="D-OPER")
    client.window.client.print_folder = tmp_path
    sheet = open_sheet(client)
    assert sheet.support.blocked
    assert sheet.test.blocked
    assert sheet.support.reason.text()
    sheet.close_sheet()
    client.click("nav-sign-out")
    client.sign_in("D-QA")
    sheet = open_sheet(client)
    client.click("health-support")
    client.qtbot.waitUntil(lambda: bool(list(tmp_path.glob("jope-support-*.zip"))), timeout=20_000)
    (path,) = tmp_path.glob("jope-support-*.zip")
    client.qtbot.waitUntil(lambda: path.name in sheet.notice.remedy.text(), timeout=10_000)
    with zipfile.ZipFile(path) as bundle:
        assert json.loads(bundle.read("health.json"))["lines"]
    client.click("health-test")
    client.qtbot.waitUntil(lambda: "No alarm channel" in sheet.notice.message.text(), timeout=10_000)
    assert len(events(station, "support.exported")) == len(events(station, "channel.test_asked")) == 1


# --- the horn ----------------------------------------------------------------------------------------------------------


def alarm(alarm_id: str, priority: int, *, active: bool = True, seen: str = "") -> AlarmView:
    return AlarmView(alarm_id, priority, "scale", "offline", "The scale is offline.", 1, active, seen)


@pytest.mark.req("Q13")
def test_the_horn_sounds_by_priority_and_silence_is_for_these_alarms_alone(qtbot: QtBot) -> None:
    heard: list[int] = []
    horn = Horn(sound=lambda: heard.append(horn.priority))
    horn.show_alarms((alarm("a", 3), alarm("b", 4), alarm("c", 1, active=False), alarm("d", 1, seen="D-OPER")))
    qtbot.wait(50)
    assert (horn.priority, heard) == (0, [])
    horn.show_alarms((alarm("a", 2),))
    qtbot.waitUntil(lambda: heard == [2, 2], timeout=3000)
    horn.show_alarms((alarm("a", 2), alarm("b", 1)))
    qtbot.waitUntil(lambda: heard[2:] == [1, 1, 1, 1], timeout=3000)
    assert set(horn.silence()) == {"a", "b"}
    assert horn.priority == 0
    horn.show_alarms((alarm("a", 2), alarm("b", 1), alarm("c", 2)))
    assert horn.priority == 2, "a new alarm sounds again"
    horn.silence()
    horn.sound_again("b")
    assert horn.priority == 1
    horn.stop()


@pytest.mark.req("Q13", "Q02")
def test_silencing_is_an_event_and_no_acknowledgement(open_client: OpenClient, station: Station) -> None:
    client = open_client(person="D-OPER")
    window = client.window
    station._dispatch_own(RaiseAlarm(priority=2, source="scale SC-1", kind="offline", text="The scale is offline."))
    client.qtbot.waitUntil(window.alarm_line.silence_button.isVisible, timeout=10_000)
    client.click("horn-silence")
    client.qtbot.waitUntil(lambda: len(events(station, "alarm.horn_silenced")) == 1, timeout=10_000)
    assert window.horn.priority == 0
    assert not window.alarm_line.silence_button.isVisible()
    assert events(station, "alarm.acknowledged") == []
    station._dispatch_own(RaiseAlarm(priority=1, source="tank", kind="level", text="The tank overflows."))
    client.qtbot.waitUntil(lambda: window.horn.priority == 1, timeout=10_000)
    for row in station._ask("SELECT id FROM alarm", ()):
        station.dispatch(AcknowledgeAlarm(alarm_id=row[0], reason="looked at"), window.client.session.token)
    client.qtbot.waitUntil(lambda: window.horn.priority == 0, timeout=10_000)


# --- what Qt and slots throw --------------------------------------------------------------------------------------------

SLOT = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer, qWarning
from PySide6.QtGui import QPainter, QPixmap
import jope_ui.app as app
app.application()
from jope.bootstrap import open_station
station = open_station(Path(sys.argv[1]))
def slot():
    raise RuntimeError("hunter2-hunter2")
def paint():
    QPainter(QPixmap())  # Qt warns: the paint device is null
def leave():
    app.application().quit()
QTimer.singleShot(300, slot)
QTimer.singleShot(400, paint)
QTimer.singleShot(900, leave)
code = app.run_client(station)
station.close()
"""


@pytest.mark.req("Q11")
def test_an_error_in_a_slot_and_a_warning_of_qt_are_captured(station: Station) -> None:
    root = station.folder.root
    station.close()
    done = subprocess.run([sys.executable, "-c", SLOT, str(root)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found = {error.kind: error for error in captured_errors(root / "logs" / "errors")}
    assert set(found) == {"RuntimeError", "QtWarning"}, done.stderr
    assert found["RuntimeError"].frames[-1]["function"] == "slot"
    assert found["RuntimeError"].message == ""
    assert found["QtWarning"].frames[0]["function"].startswith("QPainter::")
    assert application() is not None

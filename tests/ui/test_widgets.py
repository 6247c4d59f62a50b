"""The building blocks: blocked actions, labels, the stepper, signatures, alarms (hmi rules U3, U11, U12, U13)."""

from __future__ import annotations

import pytest
from jope_ui.theme import Theme
from jope_ui.widgets.alarm_line import AlarmLine
from jope_ui.widgets.alarm_list import AlarmList
from jope_ui.widgets.buttons import BlockedAction, Button
from jope_ui.widgets.labels import END_ISOLATE, LEFT_TO_RIGHT, NO_BREAK, Identifier, Text, hash_head, quantity_text
from jope_ui.widgets.signature_block import SignatureBlock
from jope_ui.widgets.stepper import Stepper
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from jope.compliance.alarms.commands import AcknowledgeAlarm, AcknowledgeSecurityAlarm
from jope.compliance.alarms.queries import AlarmView
from jope.compliance.commands import GuardVerdict
from jope.compliance.signatures.queries import SignatureView
from jope.plant.batches.queries import StepView

NOON_US = 1_795_174_867_000_000
ALARM = AlarmView("a1", 2, "SC-1", "connection", "scale connection lost", NOON_US, True, "")


@pytest.mark.req("A03")
def test_a_blocked_action_says_what_is_missing_and_who_helps(qtbot: QtBot, theme: Theme) -> None:
    action = BlockedAction("Start batch", theme)
    qtbot.addWidget(action)
    action.set_verdict(GuardVerdict("line_is_cleared", "The line is not cleared.", "The operator clears it.", "211.130"))
    for text in (action.reason.text(), action.button.toolTip(), action.button.accessibleDescription()):
        assert text == "The line is not cleared. The operator clears it."
    assert action.blocked
    action.set_verdict(None)
    assert not action.blocked
    assert action.reason.text() == ""


@pytest.mark.req("A03")
def test_a_blocked_action_is_not_triggered(qtbot: QtBot, theme: Theme) -> None:
    action = BlockedAction("Start batch", theme)
    qtbot.addWidget(action)
    pressed: list[int] = []
    action.triggered.connect(lambda: pressed.append(1))
    action.block("not yet")
    qtbot.mouseClick(action.button, Qt.MouseButton.LeftButton)
    action.block("")
    qtbot.mouseClick(action.button, Qt.MouseButton.LeftButton)
    assert pressed == [1]


@pytest.mark.req("P11-16", "B02")
def test_identifiers_are_never_cut(qtbot: QtBot, host: QWidget) -> None:
    first, second = Identifier("B-2026-0281-LONG-NUMBER"), Identifier("2026-11-20 09:41:07 UTC")
    row = QHBoxLayout(host)
    row.addWidget(first)
    row.addWidget(second)
    host.resize(50, 50)
    qtbot.waitUntil(lambda: first.width() >= first.needed_width())
    assert second.width() >= second.needed_width()
    first.setText(first.text() * 2)
    qtbot.waitUntil(lambda: first.width() >= first.needed_width())


@pytest.mark.req("F09", "PR-02")
def test_a_value_and_its_unit_are_one_piece() -> None:
    assert quantity_text("12.50", "kg") == f"{LEFT_TO_RIGHT}12.50{NO_BREAK}kg{END_ISOLATE}"
    assert " " not in hash_head("ab" * 32)


@pytest.mark.req("E01", "P11-07")
def test_steps_are_told_apart_by_icon_and_words(qtbot: QtBot, theme: Theme) -> None:
    stepper = Stepper(theme)
    qtbot.addWidget(stepper)
    steps = tuple(StepView(n, str(n), f"Step {n}", state, state) for n, state in enumerate(("done", "current", "locked"), 1))
    stepper.show_steps(steps)
    assert [row.icon.name for row in stepper.rows] == ["check", "current", "locked"]
    stepper.show_steps(steps[:1])
    assert len(stepper.rows) == 1


def signature(verdict: str) -> SignatureView:
    return SignatureView("s", "batch", "B-7", "D-QA", "Demo Quality", "qa", "release", "", NOON_US, 9, "ab" * 32, verdict)


@pytest.mark.req("B02", "P11-15", "P11-16")
def test_a_manifestation_shows_name_id_role_time_and_meaning(qtbot: QtBot, theme: Theme) -> None:
    block = SignatureBlock(theme)
    qtbot.addWidget(block)
    block.show_signature(signature("valid"))
    spoken = block.accessibleName().replace(NO_BREAK, " ")
    for part in ("Demo Quality", "D-QA", "Quality assurance", "UTC", "released"):
        assert part in spoken


@pytest.mark.req("B04", "P11-17")
def test_a_signature_that_does_not_stand_says_so(qtbot: QtBot, theme: Theme, host: QWidget) -> None:
    block = SignatureBlock(theme)
    block.setParent(host)
    block.show()
    block.show_signature(signature("UNSIGNED: changed since"))
    assert block.icon.name == "cross"
    assert block.verdict.isVisible()
    assert block.verdict.text() == "UNSIGNED: changed since"


@pytest.mark.req("K08")
def test_the_alarm_line_shows_the_newest_that_nobody_has_seen(qtbot: QtBot, theme: Theme) -> None:
    line = AlarmLine(theme, "Europe/Vienna")
    qtbot.addWidget(line)
    seen = AlarmView("a2", 1, "ST", "disk", "disk full", NOON_US + 5, True, "D-OPER")
    line.show_alarms((seen, ALARM))
    assert line.shape_mark.priority == 2
    assert "scale connection lost" in line.text.text()
    assert "+01:00" in line.time.text()
    assert line.count.text() == "2 active, 1 not acknowledged"
    line.show_alarms(())
    assert line.text.text() == "No open alarms"


@pytest.mark.req("K08")
def test_an_alarm_is_acknowledged_by_name(qtbot: QtBot, theme: Theme, host: QWidget) -> None:
    alarms = AlarmList(theme, "Europe/Vienna")
    alarms.setParent(host)
    alarms.resize(600, 400)
    alarms.show()
    alarms.show_alarms((ALARM,))
    button = alarms.findChild(Button, "acknowledge-a1")
    assert button is not None
    assert button.accessibleName() == "Acknowledge scale connection lost"
    with qtbot.waitSignal(alarms.acknowledged) as asked:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert isinstance(asked.args[0], AcknowledgeAlarm)
    assert asked.args[0].alarm_id == "a1"


@pytest.mark.req("Q02", "P11-31")
def test_an_alarm_of_misuse_is_offered_to_who_answers_for_security_alone(qtbot: QtBot, theme: Theme, host: QWidget) -> None:
    lockout = AlarmView("a9", 2, "account D-OPER", "lockout", "Account D-OPER is locked after 3 failures.", NOON_US, True, "")
    alarms = AlarmList(theme, "Europe/Vienna")
    alarms.setParent(host)
    alarms.resize(600, 400)
    alarms.show()
    alarms.show_alarms((ALARM, lockout), security=False)
    assert alarms.findChild(Button, "acknowledge-a1") is not None
    assert alarms.findChild(Button, "acknowledge-a9") is None
    assert any("Administration or quality assurance" in label.text() for label in alarms.findChildren(Text))
    alarms.show_alarms((ALARM, lockout), security=True)
    button = alarms.findChild(Button, "acknowledge-a9")
    assert button is not None
    with qtbot.waitSignal(alarms.acknowledged) as asked:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert isinstance(asked.args[0], AcknowledgeSecurityAlarm)

"""Keyboard, keypad, scanner and GS1 (hmi rules U6, U15, U16)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from jope_ui.bridge.scanner import ETX, STX, Scanner
from jope_ui.theme import Theme
from jope_ui.theme.metrics import DENSE_MM, ROUTINE_MM
from jope_ui.viewmodels.gs1 import read_scan
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.keyboard import TouchKeyboard
from jope_ui.widgets.keypad import Keypad
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from jope.kernel.units import Quantity


def press(widget: QWidget, name: str, qtbot: QtBot) -> None:
    key = widget.findChild(QPushButton, name)
    assert key is not None
    qtbot.mouseClick(key, Qt.MouseButton.LeftButton)


@pytest.fixture
def field(host: QWidget, theme: Theme) -> QLineEdit:
    """A field with the focus, and a keyboard below it."""
    column = QVBoxLayout(host)
    line = QLineEdit()
    column.addWidget(line)
    column.addWidget(TouchKeyboard(theme))
    host.activateWindow()
    line.setFocus()
    return line


@pytest.mark.req("A09", "P11-22")
def test_keys_type_where_the_focus_is_and_never_take_it(field: QLineEdit, host: QWidget, qtbot: QtBot) -> None:
    qtbot.waitUntil(field.hasFocus)
    press(host, "key-shift", qtbot)
    press(host, "key-2-2", qtbot)
    press(host, "key-2-9", qtbot)
    press(host, "key-1-8", qtbot)
    press(host, "key-0-0", qtbot)
    assert field.text() == "D-o1"
    press(host, "key-back", qtbot)
    press(host, "key-signs", qtbot)
    press(host, "key-1-5", qtbot)
    press(host, "key-space", qtbot)
    assert field.text() == "D-o& "
    assert field.hasFocus()


@pytest.mark.req("A09")
@pytest.mark.parametrize(("dense", "least"), [(False, ROUTINE_MM), (True, DENSE_MM)])
def test_every_key_is_large_enough_for_a_glove(host: QWidget, theme: Theme, qtbot: QtBot, dense: bool, least: float) -> None:
    keyboard = TouchKeyboard(theme, dense=dense)
    keyboard.setParent(host)
    keyboard.show()
    keyboard.adjustSize()
    keys = keyboard.findChildren(Button)
    assert len(keys) == 43
    for key in keys:
        assert key.accessibleName()
        assert min(key.width(), key.height()) >= theme.px(least)


@pytest.mark.req("A11-06", "F01")
def test_the_keypad_checks_the_range_while_typing(host: QWidget, theme: Theme, qtbot: QtBot) -> None:
    keypad = Keypad(theme, unit="g", low=Decimal("10"), high=Decimal("20"))
    keypad.setParent(host)
    keypad.show()
    assert keypad.take.reason.text() == "Type a number."
    press(keypad, "keypad-9", qtbot)
    assert keypad.take.reason.text() == "Below the range."
    press(keypad, "keypad-9", qtbot)
    assert keypad.take.reason.text() == "Above the range."
    press(keypad, "keypad-back", qtbot)
    press(keypad, "keypad-back", qtbot)
    for name in ("keypad-1", "keypad-2", "keypad-.", "keypad-.", "keypad-5"):
        press(keypad, name, qtbot)
    with qtbot.waitSignal(keypad.entered) as entered:
        qtbot.mouseClick(keypad.take.button, Qt.MouseButton.LeftButton)
    assert entered.args == [Quantity(Decimal("12.5"), "g")]


def scan(scanner: Scanner, target: QWidget, text: str) -> None:
    application = QApplication.instance()
    assert application is not None
    application.installEventFilter(scanner)
    for character in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, character))
    application.removeEventFilter(scanner)


@pytest.mark.req("F02")
def test_a_scan_reaches_no_field_and_presses_no_button(qtbot: QtBot, host: QWidget) -> None:
    button, line = QPushButton("Sign", host), QLineEdit(host)
    pressed: list[int] = []
    button.clicked.connect(lambda: pressed.append(1))
    for target in (button, line):
        scanner = Scanner()
        with qtbot.waitSignal(scanner.scanned) as scanned:
            scan(scanner, target, f"{STX} LOT-1\r{ETX}")
        assert scanned.args == [" LOT-1\r"]
    assert line.text() == ""
    assert pressed == []


@pytest.mark.req("F02")
def test_keys_outside_a_frame_are_left_alone(qtbot: QtBot, host: QWidget) -> None:
    line = QLineEdit(host)
    scan(Scanner(), line, "abc")
    assert line.text() == "abc"


@pytest.mark.req("F02")
@pytest.mark.parametrize(
    ("raw", "lot"),
    [
        ("MC-2611-04", "MC-2611-04"),
        (" MC-2611-04\r\n", "MC-2611-04"),
        ("]d20104012345678901" + "17281231" + "10MC-2611-04\x1d21SER1", "MC-2611-04"),
        ("\x1d0104012345678901" + "10AB/12\x1d" + "17281231", "AB/12"),
        ("]C110A\x1d10B", ""),
        ("]C1999broken", ""),
        ("]C1{broken", "]C1{broken"),
        ("MC-2611-04:3", "MC-2611-04"),
        ("JOPE:C:MC-2611-04:3", "MC-2611-04"),
        ("", ""),
    ],
)
def test_the_lot_is_taken_out_of_gs1(raw: str, lot: str) -> None:
    assert read_scan(raw).lot_no == lot

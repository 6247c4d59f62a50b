"""The signature sheet (hmi rule U9)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from jope_ui.dialogs.signature import SignatureSheet
from jope_ui.theme import Theme
from jope_ui.widgets.labels import Text, hash_head
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from jope.compliance.commands import Meaning, SignatureInput, SigningSheet, offered_meanings
from jope.kernel.errors import AuthenticationError

PASSWORD = "a long enough password"


@pytest.fixture
def form(qtbot: QtBot, host: QWidget, theme: Theme, sheet: SigningSheet) -> SignatureSheet:
    """An open sheet."""
    made = SignatureSheet(host, theme, sheet)
    made.open()
    return made


def choose(form: SignatureSheet, qtbot: QtBot, meaning: str) -> None:
    button = form.findChild(QRadioButton, f"meaning-{meaning}")
    assert isinstance(button, QRadioButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def complete(form: SignatureSheet, qtbot: QtBot) -> None:
    choose(form, qtbot, "responsibility")
    qtbot.keyClicks(form.employee_id.line, "D-OPER")
    qtbot.keyClicks(form.password.line, PASSWORD)


@pytest.mark.req("B01", "P11-22", "P11-24", "A11d-22")
def test_nothing_is_filled_in_and_no_meaning_is_chosen(form: SignatureSheet) -> None:
    assert form.employee_id.text == ""
    assert form.password.text == ""
    assert form.meaning is None
    assert not form.verb.button.isEnabled()


@pytest.mark.req("B03", "P11-15")
@pytest.mark.parametrize("asked", list(Meaning))
def test_the_right_meaning_is_one_of_at_least_three(asked: Meaning) -> None:
    offered = offered_meanings(asked)
    assert asked in offered
    assert len(offered) >= 3
    assert list(offered) == [one for one in Meaning if one in offered]


@pytest.mark.req("B02", "B04", "P11-15", "P11-17")
def test_the_record_with_before_after_and_hash_is_shown(form: SignatureSheet, sheet: SigningSheet) -> None:
    shown = [label.text() for label in form.findChildren(Text)]
    assert sheet.title in shown
    for line in sheet.rows:
        assert line.before in shown
        assert line.after in shown
    assert any(hash_head(sheet.record_hash) in text for text in shown)
    assert form.record.hash.toolTip() == sheet.record_hash


@pytest.mark.req("B01", "B03", "P11-22", "A03")
def test_sign_waits_for_meaning_id_and_password_and_says_what_is_missing(form: SignatureSheet, qtbot: QtBot) -> None:
    for part, fill in (
        ("meaning", lambda: choose(form, qtbot, "responsibility")),
        ("employee ID", lambda: qtbot.keyClicks(form.employee_id.line, "D-OPER")),
        ("password", lambda: qtbot.keyClicks(form.password.line, PASSWORD)),
    ):
        assert not form.verb.button.isEnabled()
        assert part in form.verb.reason.text()
        fill()
    assert form.verb.button.isEnabled()
    assert form.verb.reason.text() == ""


@pytest.mark.req("B03")
def test_a_reason_that_is_due_is_asked_for(host: QWidget, theme: Theme, sheet: SigningSheet, qtbot: QtBot) -> None:
    form = SignatureSheet(host, theme, replace(sheet, reason_due=True))
    form.open()
    complete(form, qtbot)
    assert not form.verb.button.isEnabled()
    assert "reason" in form.verb.reason.text()
    qtbot.keyClicks(form.reason.line, "because")
    assert form.verb.button.isEnabled()


@pytest.mark.req("B01", "B04", "P11-17")
def test_what_is_given_carries_the_hash_that_was_shown(form: SignatureSheet, sheet: SigningSheet, qtbot: QtBot) -> None:
    complete(form, qtbot)
    with qtbot.waitSignal(form.signed) as given:
        qtbot.mouseClick(form.verb.button, Qt.MouseButton.LeftButton)
    assert given.args == [
        SignatureInput(employee_id="D-OPER", password=PASSWORD, meaning=Meaning.RESPONSIBILITY, shown_hash=sheet.record_hash)
    ]
    assert PASSWORD not in repr(given.args)


@pytest.mark.req("B01", "P11-22")
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_never_signs(form: SignatureSheet, qtbot: QtBot, key: Qt.Key) -> None:
    complete(form, qtbot)
    given: list[object] = []
    form.signed.connect(given.append)
    for widget in (form.employee_id.line, form.password.line, form.meanings.buttons()[0], form.verb.button, form):
        qtbot.keyClick(widget, key)
    assert given == []
    assert form.isVisible()


@pytest.mark.req("B01")
def test_escape_cancels_and_forgets(form: SignatureSheet, qtbot: QtBot) -> None:
    complete(form, qtbot)
    with qtbot.waitSignal(form.cancelled):
        qtbot.keyClick(form.password.line, Qt.Key.Key_Escape)
    assert form.password.text == ""
    assert not form.isVisible()


@pytest.mark.req("B06", "P11-31")
def test_a_refusal_names_code_and_tries_and_forgets_the_password(form: SignatureSheet, qtbot: QtBot) -> None:
    complete(form, qtbot)
    qtbot.mouseClick(form.verb.button, Qt.MouseButton.LeftButton)
    assert not form.verb.button.isEnabled()
    form.refuse(AuthenticationError("Employee id or password is wrong. 2 tries left."))
    assert form.error.isVisible()
    assert "JOPE-101" in form.error.text()
    assert "2 tries left" in form.error.text()
    assert form.password.text == ""
    assert form.isVisible()


@pytest.mark.req("B04", "P11-17")
def test_a_changed_record_asks_for_the_meaning_anew(form: SignatureSheet, sheet: SigningSheet, qtbot: QtBot) -> None:
    complete(form, qtbot)
    form.show_sheet(replace(sheet, record_hash="ab" * 32))
    assert form.meaning is None
    assert not form.verb.button.isEnabled()


@pytest.mark.req("B07", "PR-03")
def test_the_second_person_makes_a_full_pass_of_their_own(host: QWidget, theme: Theme, sheet: SigningSheet) -> None:
    form = SignatureSheet(host, theme, sheet, second_person=True)
    form.open()
    assert "Second person" in form.title.text()
    assert "Another person" in form.statement.text()
    assert form.employee_id.text == form.password.text == ""
    assert form.meaning is None


@pytest.mark.req("A09", "P11-31")
def test_locking_forgets_id_and_password(form: SignatureSheet, qtbot: QtBot) -> None:
    complete(form, qtbot)
    form.clear_secrets()
    assert form.employee_id.text == form.password.text == ""


@pytest.mark.req("P11-16")
def test_tab_stays_on_the_sheet_and_reaches_everything(form: SignatureSheet, qtbot: QtBot) -> None:
    complete(form, qtbot)
    stops = {form.employee_id.line, form.password.line, form.verb.button, form.cancel_button}
    seen = set()
    for _ in range(20):
        form.focusNextPrevChild(True)
        focused = form.window().focusWidget()
        assert focused is not None
        assert form.isAncestorOf(focused)
        seen.add(focused)
    assert stops <= seen

"""Every page on two panels: sizes, gaps, names, texts, colours (hmi rules U1, U5, U6, U8, U12, U13)."""

from __future__ import annotations

import pytest
from jope_ui.shell.window import Window
from jope_ui.theme.metrics import DENSE_MM, SIGN_MM
from jope_ui.views.registry import ASIDE, PAGES
from jope_ui.widgets.labels import Identifier, Text
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLineEdit, QWidget

from tests.ui.conftest import BATCH, PANELS, Client, OpenClient

pytestmark = [pytest.mark.parametrize("panel", list(PANELS))]


def visible(root: QWidget, kind: type[QWidget]) -> list[QWidget]:
    return [one for one in root.findChildren(kind) if one.isVisible()]


def on_every_page(open_client: OpenClient, panel: str) -> list[tuple[str, Client]]:
    """Yield the window with each page open, one after the other."""
    client = open_client(panel, "D-QA")
    return [(key, client) for key in (*PAGES, *ASIDE)]


@pytest.mark.req("A09", "P11-16")
def test_targets_fit_gloves_and_keep_their_distance(open_client: OpenClient, panel: str) -> None:
    for key, client in on_every_page(open_client, panel):
        client.open(key)
        theme = client.window.client.theme
        targets = [*visible(client.window, QAbstractButton), *visible(client.window, QLineEdit)]
        for target in targets:
            least = theme.px(SIGN_MM if target.property("touch") == "sign" else DENSE_MM)
            assert min(target.width(), target.height()) >= least, f"{key}: {target.objectName()}"
        _require_gaps(client.window, targets, theme.px(1.8), key)


def _require_gaps(window: Window, targets: list[QWidget], gap: int, key: str) -> None:
    boxes = [(one, QRect(one.mapTo(window, QPoint(0, 0)), one.size())) for one in targets if not one.visibleRegion().isEmpty()]
    for number, (first, box) in enumerate(boxes):
        wide = box.adjusted(-gap + 1, -gap + 1, gap - 1, gap - 1)
        for second, other in boxes[number + 1 :]:
            assert not wide.intersects(other), f"{key}: {first.objectName()} and {second.objectName()}"


@pytest.mark.req("P11-16", "B02")
def test_identifiers_and_texts_are_whole(open_client: OpenClient, panel: str) -> None:
    for key, client in on_every_page(open_client, panel):
        client.settle(key)
        for label in visible(client.window, Identifier):
            assert isinstance(label, Identifier)
            assert label.width() >= label.needed_width(), f"{key}: {label.text()}"
        for text in visible(client.window, Text):
            assert isinstance(text, Text)
            needed = text.heightForWidth(text.width()) if text.wordWrap() else text.fontMetrics().height()
            assert text.height() >= needed - 1, f"{key}: {text.text()}"


@pytest.mark.req("P11-16")
def test_nothing_lies_outside_its_frame(open_client: OpenClient, panel: str) -> None:
    for key, client in on_every_page(open_client, panel):
        client.settle(key)
        assert (client.window.width(), client.window.height()) == PANELS[panel][1:]
        for widget in visible(client.window, QWidget):
            parent = widget.parentWidget()
            if parent is None or isinstance(parent.parentWidget(), QAbstractScrollArea) or isinstance(parent, QAbstractScrollArea):
                continue
            assert parent.rect().contains(widget.geometry()), f"{key}: {type(widget).__name__} {widget.objectName()}"


@pytest.mark.req("P11-16")
def test_everything_that_takes_the_focus_has_a_name(open_client: OpenClient, panel: str) -> None:
    for key, client in on_every_page(open_client, panel):
        client.open(key)
        for widget in visible(client.window, QWidget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                face = QAccessible.queryAccessibleInterface(widget)
                assert face is not None, f"{key}: {widget.objectName()}"
                assert face.text(QAccessible.Text.Name), f"{key}: {type(widget).__name__} {widget.objectName()}"


@pytest.mark.req("P11-16")
def test_tab_reaches_every_control(open_client: OpenClient, panel: str) -> None:
    client = open_client(panel, "D-QA")
    for key in PAGES:
        client.open(key)
        due = {
            one
            for one in visible(client.window, QWidget)
            if one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus and isinstance(one, QAbstractButton | QLineEdit)
        }
        walker: QWidget | None = client.window.top.lock
        reached = set()
        for _ in range(2000):
            walker = walker.nextInFocusChain() if walker is not None else None
            if walker is not None:
                reached.add(walker)
        assert due <= reached, f"{key}: {[one.objectName() for one in due - reached]}"


@pytest.mark.req("K08", "A09")
def test_frame_with_alarms_and_lock_stands_on_every_page(open_client: OpenClient, panel: str) -> None:
    for key, client in on_every_page(open_client, panel):
        client.open(key)
        window = client.window
        for part in (window.top.lock, window.alarm_line, window.alarm_line.open_button, window.top.site_time, window.top.utc_time):
            assert part.isVisible()
        assert window.top.batch.text() == BATCH
        assert window.top.site_time.text().endswith("+01:00")
        assert window.top.utc_time.text().endswith("UTC")
        assert window.top.demo.isVisible()
    client.click("alarms-open")
    assert client.window.key == "alarms"


@pytest.mark.req("K08")
def test_the_normal_state_is_grey(open_client: OpenClient, panel: str) -> None:
    client = open_client(panel, "D-OPER")
    for key in ("overview", "batch", "dispensing"):
        client.open(key)
        image = client.window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        points = [image.pixelColor(x, y) for x in range(0, image.width(), 4) for y in range(0, image.height(), 4)]
        loud = sum(1 for colour in points if colour.hsvSaturationF() > 0.45 and colour.valueF() > 0.25)
        assert loud <= 0.005 * len(points), key


@pytest.mark.req("A03", "A02")
def test_a_role_that_may_not_is_told_who_may(open_client: OpenClient, panel: str) -> None:
    client = open_client(panel, "D-QA")
    client.open("dispensing")
    page = client.window.pages["dispensing"]
    action = page.next  # type: ignore[attr-defined]
    client.qtbot.waitUntil(lambda: bool(action.reason.text()))
    assert not action.button.isEnabled()
    assert action.reason.isVisible()
    assert action.button.toolTip() == action.reason.text()

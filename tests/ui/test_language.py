"""The language of the screen (hmi rule U14): German is whole and fits, longer texts fit both panels, right-to-left mirrors.

The translation is brought up to date with ``pyside6-lupdate -no-obsolete -locations none ui/jope_ui -ts resources/translations/jope_de.ts`` and compiled
with ``pyside6-lrelease``.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jope_ui.app import application
from jope_ui.theme.icons import resource
from jope_ui.translation import speak
from jope_ui.views.registry import PAGES
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.labels import Identifier, Name, Text
from PySide6.QtCore import QPoint, Qt, QTranslator
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QRadioButton, QTableView, QWidget

from tests.ui.conftest import PANELS, Client, OpenClient
from tests.ui.pseudo import LONGER, PseudoTranslator, pseudo

SOURCES = Path(__file__).parents[2] / "ui" / "jope_ui"
GERMAN = resource("translations/jope_de.ts")
LANGUAGES = [*(("pseudo", panel) for panel in PANELS), ("de", "wxga-12.1")]
"""German is shorter than the pseudo-language, so the panel with less room is enough for it."""
PLACE = re.compile(r"\{[^}]*\}")


@pytest.fixture
def language(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[str]:
    """A language for the windows that the test opens; English again after it."""
    name = str(request.param)
    made: list[QTranslator] = []
    if name == "pseudo":
        made.append(PseudoTranslator(qapp))
        assert qapp.installTranslator(made[0])
    else:
        before = set(qapp.findChildren(QTranslator))
        assert speak(qapp, name) == name
        made.extend(set(qapp.findChildren(QTranslator)) - before)
    yield name
    for translator in made:
        qapp.removeTranslator(translator)
        translator.deleteLater()


@pytest.fixture
def right_to_left(qapp: QApplication) -> Iterator[None]:
    """A layout from right to left."""
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


# --- what fits ---------------------------------------------------------------------------------------------------------


def visible(root: QWidget, kind: type[QWidget]) -> list[QWidget]:
    return [one for one in root.findChildren(kind) if one.isVisible() and not one.visibleRegion().isEmpty()]


def clipped(root: QWidget) -> list[str]:
    """Every text that its widget does not show whole, and every widget that its parent does not."""
    found = []
    for label in visible(root, Text):
        assert isinstance(label, Text)
        if not isinstance(label, Name) and not _label_fits(label):
            found.append(f"label: {label.text()}")
    for button in visible(root, QAbstractButton):
        assert isinstance(button, QAbstractButton)
        shown = button.shown_text if isinstance(button, Button) else button.text()
        lines = [button.fontMetrics().horizontalAdvance(line.replace("&&", "&")) for line in shown.splitlines()]
        needed = max(lines, default=0) + (button.height() if isinstance(button, QRadioButton) else 8)
        if len(lines) * button.fontMetrics().height() > button.height() - 4:
            found.append(f"button: {shown!r} is too high")
        if button.text() and button.width() < needed:
            found.append(f"button: {button.text()} {button.width()} < {needed}")
    for table in visible(root, QTableView):
        assert isinstance(table, QTableView)
        header = table.horizontalHeader()
        for section in range(header.count()):
            if not header.isSectionHidden(section) and header.sectionSize(section) < header.sectionSizeHint(section):
                found.append(f"column: {table.model().headerData(section, Qt.Orientation.Horizontal)}")
    for widget in visible(root, QWidget):
        parent = widget.parentWidget()
        if parent is None or isinstance(parent, QAbstractScrollArea) or isinstance(parent.parentWidget(), QAbstractScrollArea):
            continue
        if not parent.rect().adjusted(-1, -1, 1, 1).contains(widget.geometry()):
            text = widget.text() if isinstance(widget, Text) else ""
            found.append(f"outside: {type(widget).__name__} {widget.objectName()} {text!r} {widget.geometry()} {parent.rect()}")
    return found


def _label_fits(label: Text) -> bool:
    metrics, room = label.fontMetrics(), label.contentsRect()
    if isinstance(label, Identifier):
        return label.width() >= label.needed_width()
    if label.wordWrap():
        words = re.split(r"[ \n\u200b]+", label.text())
        return label.height() >= label.heightForWidth(label.width()) - 1 and max(map(metrics.horizontalAdvance, words)) <= room.width() + 1
    lines = label.text().splitlines() or [""]
    return max(map(metrics.horizontalAdvance, lines)) <= room.width() + 1 and room.height() >= metrics.height() - 1


@pytest.mark.req("P11-16", "B02")
@pytest.mark.parametrize(("language", "panel"), LANGUAGES, indirect=["language"])
def test_every_page_fits_with_longer_texts(language: str, open_client: OpenClient, panel: str) -> None:
    client = open_client(panel)
    client.qtbot.wait(50)
    assert "\n".join(clipped(client.window)) == "", "sign-in"
    client.sign_in("D-QA")
    for key in PAGES:
        client.settle(key)
        assert (client.window.width(), client.window.height()) == PANELS[panel][1:], key
        assert "\n".join(clipped(client.window)) == "", key
    for person, keys in (("D-QA", ("reviews", "registers", "access_review")), ("D-ADMIN", ("people", "roles", "registers"))):
        client.click("nav-sign-out")
        client.sign_in(person)
        for key in keys:
            client.window.go(key)
            client.qtbot.waitUntil(lambda key=key: client.window.pages[key].shown and not client.window.client.queries.busy)  # type: ignore[misc]
            client.qtbot.wait(50)
            assert "\n".join(clipped(client.window)) == "", (person, key)


@pytest.mark.req("B02", "B03", "P11-15", "A09")
@pytest.mark.parametrize(("language", "panel"), LANGUAGES, indirect=["language"])
def test_reason_signature_and_unlocking_fit_with_longer_texts(language: str, open_client: OpenClient, panel: str) -> None:
    client = open_client(panel, "D-OPER")
    window = client.window
    client.settle("batch")
    assert "\n".join(clipped(window)) == ""
    client.click("batch-hold")
    client.qtbot.wait(50)
    assert "\n".join(clipped(sheet(client, "reason-sheet"))) == ""
    client.type("reason-text", "spill at the booth")
    client.click("reason-give")
    client.type("signature-id", "D-OPER")
    _touch(client, "signature-password")
    assert "\n".join(clipped(sheet(client, "signature-sheet"))) == ""
    client.click("lock")
    client.click("lock-unlock")
    client.qtbot.waitUntil(window.cover.line.band.bar.isVisible)
    client.type("unlock-id", "D-OPER")
    client.type("unlock-password", "wrong")
    client.click("unlock-give")
    client.qtbot.waitUntil(lambda: "JOPE-101" in window.cover.credentials.message.text())
    client.qtbot.wait(50)
    assert "\n".join(clipped(window.cover)) == ""
    assert (window.width(), window.height()) == PANELS[panel][1:]


def sheet(client: Client, name: str) -> QWidget:
    """A sheet that is open."""
    found = client.seen(QWidget, name)
    assert found is not None
    return found


def _touch(client: Client, name: str) -> None:
    """Touch a field, which opens the keyboard."""
    field = client.seen(QWidget, name)
    assert field is not None
    client.qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    client.qtbot.wait(50)


@pytest.mark.req("P11-16")
def test_the_pseudo_language_is_as_much_longer_as_it_claims() -> None:
    for text in ("Sign", "Scan the lot label.", "{count} events match"):
        assert len(pseudo(text)) >= len(text) * LONGER
        assert PLACE.findall(pseudo(text)) == PLACE.findall(text)


# --- right to left -----------------------------------------------------------------------------------------------------


@pytest.mark.req("P11-16", "K08")
@pytest.mark.parametrize("panel", list(PANELS))
@pytest.mark.usefixtures("right_to_left")
def test_right_to_left_mirrors_the_frame_and_every_page(open_client: OpenClient, panel: str) -> None:
    client = open_client(panel, "D-QA")
    window = client.window
    assert window.layoutDirection() is Qt.LayoutDirection.RightToLeft
    for key in PAGES:
        client.settle(key)
        assert left(window.navigation, window) > left(window.stack, window)
        assert left(window.top.station, window) > left(window.top.person, window) > left(window.top.lock, window)
        assert left(window.alarm_line.open_button, window) < left(window.alarm_line.text, window)
        assert "\n".join(clipped(window)) == "", key


def left(widget: QWidget, window: QWidget) -> int:
    return widget.mapTo(window, QPoint(0, 0)).x()


# --- what is translated ------------------------------------------------------------------------------------------------


def written() -> Counter[tuple[str, str]]:
    """(class, text) of every ``self.tr`` in the program; anything but one literal fails."""
    found: Counter[tuple[str, str]] = Counter()
    for file in sorted(SOURCES.rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        for owner in ast.walk(tree):
            if isinstance(owner, ast.ClassDef):
                for call in _translations(owner):
                    assert len(call.args) == 1, f"{file.name}:{call.lineno}"
                    literal = call.args[0]
                    assert isinstance(literal, ast.Constant), f"{file.name}:{call.lineno}: self.tr takes one literal"
                    assert isinstance(literal.value, str), f"{file.name}:{call.lineno}"
                    found[owner.name, literal.value] += 1
        inside = sum(len(_translations(one)) for one in ast.walk(tree) if isinstance(one, ast.ClassDef))
        assert inside == len(_translations(tree)), f"{file.name}: a text is translated outside a class"
    return found


def _translations(tree: ast.AST) -> list[ast.Call]:
    calls = (one for one in ast.walk(tree) if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute))
    return [one for one in calls if isinstance(one.func, ast.Attribute) and one.func.attr in ("tr", "translate") and _of_qt(one)]


def _of_qt(call: ast.Call) -> bool:
    assert isinstance(call.func, ast.Attribute)
    return isinstance(call.func.value, ast.Name) and call.func.value.id in ("self", "QCoreApplication")


def german() -> dict[tuple[str, str], str]:
    """(class, text) to German, finished ones only."""
    tree = ElementTree.parse(GERMAN)
    found = {}
    for context in tree.getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            assert translation.get("type") is None, f"{context.findtext('name')}: {message.findtext('source')} is {translation.get('type')}"
            found[str(context.findtext("name")), str(message.findtext("source"))] = translation.text or ""
    return found


@pytest.mark.req("P11-16")
def test_no_german_text_is_missing_or_stale() -> None:
    texts = set(written())
    assert len(texts) > 200
    assert texts - set(german()) == set()
    assert set(german()) - texts == set()


@pytest.mark.req("P11-16")
def test_every_german_text_is_there_and_keeps_the_places_of_its_values() -> None:
    for (context, source), text in german().items():
        assert text.strip(), f"{context}: {source}"
        assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(source)), f"{context}: {source}"
        assert text.endswith(".") is source.endswith("."), f"{context}: {source}"


@pytest.mark.req("P11-16")
def test_the_compiled_translation_is_the_written_one(qapp: QApplication) -> None:
    compiled = QTranslator()
    assert compiled.load(str(GERMAN.with_suffix(".qm")))
    for (context, source), text in german().items():
        assert compiled.translate(context, source) == text


@pytest.mark.req("P11-16")
@pytest.mark.parametrize("asked", ["en", "xx", "en_GB"])
def test_a_language_without_a_translation_leaves_english(qapp: QApplication, asked: str) -> None:
    before = qapp.findChildren(QTranslator)
    assert speak(application(), asked) == "en"
    assert len(qapp.findChildren(QTranslator)) == len(before)


@pytest.mark.req("P11-16")
@pytest.mark.parametrize("language", ["de"], indirect=True)
def test_the_frame_speaks_german(language: str, open_client: OpenClient) -> None:
    window = open_client(person="D-OPER").window
    assert window.top.lock.text() == "Sperren"
    assert [window.navigation.buttons[key].text() for key in ("clearance", "dispensing", "audit")] == [
        "Linienfreigabe",
        "Einwaage",
        "Audit-Trail",
    ]


SHOWN_BY = {"Text": 0, "Button": 0, "BlockedAction": 0, "Field": 0, "Identifier": 0, "SignatureBlock": 1, "LiveTile": 1, "Column": 0}
SETTERS = frozenset(
    {"setText", "setAccessibleName", "setToolTip", "setPlaceholderText", "setWindowTitle", "say", "offer", "block", "confirm"}
)
WORD = re.compile(r"[A-Za-z]{3,}")


@pytest.mark.req("P11-16")
def test_no_text_reaches_the_screen_untranslated() -> None:
    found = []
    for file in sorted(SOURCES.rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call):
                found += [f"{file.name}:{call.lineno}: {text}" for text in _bare_words(call)]
    assert found == []


def _bare_words(call: ast.Call) -> list[str]:
    """Words in literals that are shown as they are written; the parts of an f-string count too."""
    name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name in SHOWN_BY:
        shown = call.args[SHOWN_BY[name] : SHOWN_BY[name] + 1]
    elif name in SETTERS:
        shown = call.args
    else:
        return []
    return [text for one in shown for text in _literals(one) if WORD.search(text)]


def _literals(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr | ast.BinOp | ast.IfExp | ast.BoolOp):
        return [text for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr) for text in _literals(child)]
    return []

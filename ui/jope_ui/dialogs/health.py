"""The station's health: each part with its shape, word, value and what to do; the support file and the test of the alarm channels (URS Q03, Q11, Q13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from jope.compliance.access.permissions import Permission
from jope.kernel.clock import site_text
from jope.kernel.errors import JopeError
from jope_ui.bridge.client import Client
from jope_ui.theme import Theme
from jope_ui.widgets.buttons import BlockedAction, Button
from jope_ui.widgets.cards import ScrollColumn
from jope_ui.widgets.labels import NO_BREAK, Identifier, Text
from jope_ui.widgets.notice import Notice
from jope_ui.widgets.shapes import AlarmShape, Icon
from jope_ui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from pathlib import Path

    from jope.services.health.channels.keeping import TriedChannel
    from jope.services.health.reading import Health, Line

SHAPES: Final = {"bad": 1, "attention": 3}
"""The shape of a state that is not well: those of the highest and of the lowest priority of alarms."""

RANKS: Final = {"bad": 2, "attention": 1}
"""What is not well comes first."""


class HealthWords(QObject):
    """The names of parts and states in the person's language."""

    def state(self, state: str) -> str:
        """A state in a word."""
        words = {
            "ok": self.tr("well"),
            "attention": self.tr("look at it"),
            "bad": self.tr("does not work"),
            "absent": self.tr("not set up"),
        }
        return words.get(state, state)

    def part(self, name: str) -> str:
        """A part of the station; an anchor or a channel keeps its own name."""
        words = {
            "station": self.tr("Station"),
            "ledger": self.tr("Audit trail"),
            "anchors": self.tr("Anchors"),
            "clock": self.tr("Clock"),
            "disk": self.tr("Disk"),
            "write-ahead log": self.tr("Write-ahead log"),
            "uptime": self.tr("Uptime"),
            "latency": self.tr("Latency of commands"),
            "error budget": self.tr("Error budget"),
            "alarm channels": self.tr("Alarm channels"),
            "security sink": self.tr("Security sink"),
            "errors": self.tr("Captured errors"),
            "backup": self.tr("Backup"),
            "historian": self.tr("Historian"),
        }
        kind, _, own = name.partition(" ")
        if name in words or not own:
            return words.get(name, name)
        given = {"anchor": self.tr("Anchor {name}"), "channel": self.tr("Alarm channel {name}")}
        return given[kind].format(name=own) if kind in given else name


class HealthRow(QFrame):
    """One part."""

    def __init__(self, theme: Theme, line: Line, zone: str, words: HealthWords) -> None:
        super().__init__()
        self.setProperty("role", "row")
        self.setObjectName(f"health-{line.name}")
        state = line.state.value
        shape: QWidget = AlarmShape(theme, SHAPES[state]) if state in SHAPES else Icon(theme, "check" if state == "ok" else "", size_mm=7.5)
        name = Text(words.part(line.name), "strong", wrap=True)
        self.word = Text(words.state(state), "strong" if state in SHAPES else "quiet", wrap=True)
        left = QVBoxLayout()
        theme.space(left, gap_mm=0.3)
        left.addWidget(name)
        left.addWidget(self.word)
        if line.since_us:
            left.addWidget(Identifier(site_text(line.since_us, zone)[:16].replace(" ", NO_BREAK), "quiet"))
        left.addStretch(1)
        right = QVBoxLayout()
        theme.space(right, gap_mm=0.3)
        right.addWidget(Text(line.value, "body", wrap=True))
        if line.todo:
            right.addWidget(Text(line.todo, "strong" if state in SHAPES else "quiet", wrap=True))
        right.addStretch(1)
        across = QHBoxLayout(self)
        theme.space(across, gap_mm=2.5, margin_mm=(0, 1, 0, 1))
        across.addWidget(shape, 0, Qt.AlignmentFlag.AlignTop)
        across.addLayout(left, 3)
        across.addLayout(right, 8)
        self.setAccessibleName(f"{name.text()}: {self.word.text()}. {line.value} {line.todo}".strip())


class HealthSheet(Sheet):
    """Reads when it opens and after each action."""

    def __init__(self, host: QWidget, client: Client) -> None:
        super().__init__(host, client.theme, name="health-sheet", margin_mm=2.0)
        self._client = client
        self._words = HealthWords(self)
        self.title = Text(self.tr("Health of the station"), "title", wrap=True)
        self.rows = ScrollColumn(client.theme, gap_mm=0.5, name="health-rows")
        self.notice = Notice(client.theme, name="health-notice")
        self.support = BlockedAction(
            self.tr("Support file"), client.theme, role="plain", size="routine", name="health-support", place="left"
        )
        self.test = BlockedAction(self.tr("Test channels"), client.theme, role="plain", size="routine", name="health-test", place="left")
        self.done = Button(self.tr("Close"), name="health-close")
        self.body.addWidget(self.title)
        self.body.addWidget(self.rows, 1)
        self.body.addWidget(self.notice)
        line = QHBoxLayout()
        client.theme.space(line, gap_mm=2.5)
        line.addWidget(self.support, 1)
        line.addWidget(self.test, 1)
        line.addWidget(self.done)
        self.body.addLayout(line)
        self.support.triggered.connect(self._on_support_triggered)
        self.test.triggered.connect(self._on_test_triggered)
        self.done.clicked.connect(self.close_sheet)
        self._offer()
        self.refresh()

    def refresh(self) -> None:
        """Read again."""
        station = self._client.station
        self._client.read(station.health, self._on_read, self.notice.refuse, key="health")

    @override
    def first_field(self) -> QWidget:
        return self.done

    def _offer(self) -> None:
        may = self._client.session.may(Permission.AUDIT_READ)
        why = "" if may else self.tr("Ask a person who may read the audit trail.")
        self.support.block(why)
        self.test.block(why)

    def _on_read(self, health: Health) -> None:
        self.rows.clear()
        for line in sorted(health.lines, key=lambda one: -RANKS.get(one.state.value, 0)):
            self.rows.add(HealthRow(self._client.theme, line, self._client.info.zone, self._words))

    def _on_support_triggered(self) -> None:
        station, token = self._client.station, self._client.session.token
        stamp = station.clock_texts()[1][:19].replace(":", "").replace(" ", "-")
        path = self._client.print_folder / f"jope-support-{self._client.info.station_id}-{stamp}.zip"
        self.support.block(self.tr("The support file is being made \u2026"))
        self._client.long.run(lambda: station.export_support(token, path), self._on_exported, self._on_failed)

    def _on_exported(self, path: Path) -> None:
        self._offer()
        self.notice.confirm(self.tr("The support file is written."), str(path))
        self.refresh()

    def _on_test_triggered(self) -> None:
        station, token = self._client.station, self._client.session.token
        self.test.block(self.tr("The channels are being tested \u2026"))
        self._client.long.run(lambda: station.test_channels(token), self._on_tested, self._on_failed)

    def _on_tested(self, tried: tuple[TriedChannel, ...]) -> None:
        self._offer()
        failed = [one for one in tried if one.code]
        if not tried:
            self.notice.confirm(self.tr("No alarm channel is set up."))
        elif not failed:
            self.notice.confirm(self.tr("{count} channels took the test.").format(count=len(tried)))
        else:
            self.notice.refuse(_as_error(failed[0]))
        self.refresh()

    def _on_failed(self, error: JopeError) -> None:
        self._offer()
        self.notice.refuse(error)


def _as_error(tried: TriedChannel) -> JopeError:
    """The result of a test as what the notice shows."""
    error = JopeError(tried.message, remedy="")
    vars(error)["code"] = tried.code
    return error

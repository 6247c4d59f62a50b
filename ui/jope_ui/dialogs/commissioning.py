"""The commissioning of a station on its screen: what it is, two founders who each choose a password, and their signatures (URS A17; P11-18 to P11-20).

Nothing is written before everything was entered. The founders' passwords are kept in memory until each of them has signed, and in no field of a sheet that
is covered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from jope.kernel.errors import JopeError
from jope_ui.bridge.runners import CommandRunner
from jope_ui.dialogs.entry import Entry, EntrySheet
from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.labels import Identifier, Text
from jope_ui.widgets.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Founder:
    """What a founder entered."""

    employee_id: str
    name: str
    identity: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Commission:
    """Everything that was entered."""

    station: Mapping[str, str]
    admin: Founder
    quality: Founder


Begins = Callable[[Commission], str]
"""Begins a station from what was entered and returns its genesis key, hex. Blocks; raises a ``JopeError`` where something is not in order."""


class Commissioning(QObject):
    """One sheet after the other over a host; ``begun`` carries what was entered and the genesis key."""

    begun = Signal(object, str)
    left = Signal()

    def __init__(self, host: QWidget, theme: Theme, begin: Begins, *, profiles: tuple[tuple[str, str], ...], directory: Path) -> None:
        super().__init__(host)
        self._host = host
        self._theme = theme
        self._begin = begin
        self._profiles = profiles
        self._directory = directory
        self._commands = CommandRunner()
        self._station: Mapping[str, str] = {}
        self._admin: Founder | None = None

    def start(self) -> None:
        """Ask what station it is."""
        entries = (
            Entry("station_id", self.tr("Station id, for example JOPE-L3")),
            Entry("site", self.tr("Site")),
            Entry("line", self.tr("Production line")),
            Entry("zone", self.tr("Time zone of the site"), "Europe/Vienna"),
            Entry("profile", self.tr("Password profile"), "", self._profiles),
            Entry("reason", self.tr("Why this profile; both founders sign it")),
            Entry("release_key", self.tr("Release key, empty for a demo station"), needed=False),
        )
        words = self.tr("{directory} holds no station yet. It begins with two people: an administrator and a person of quality assurance.")
        self._open(
            "station", self.tr("New station"), words.format(directory=self._directory), self.tr("Go on"), entries, self._on_station_given
        )

    def close(self) -> None:
        """End the thread."""
        self._commands.close()

    def _open(
        self,
        key: str,
        title: str,
        words: str,
        verb: str,
        entries: tuple[Entry, ...],
        given: Callable[[EntrySheet, Mapping[str, str]], None],
    ) -> None:
        sheet = EntrySheet(self._host, self._theme, name=f"found-{key}", title=title, words=words, verb=verb, entries=entries)
        sheet.given.connect(lambda values: given(sheet, values))
        sheet.cancel_button.clicked.connect(self.left)
        sheet.open()

    def _on_station_given(self, sheet: EntrySheet, values: Mapping[str, str]) -> None:
        self._station = dict(values)
        sheet.close_sheet()
        words = self.tr(
            "The administrator asks for users, settings and backups, and holds no GMP permission. Only this person types here now."
        )
        self._open("admin", self.tr("First founder"), words, self.tr("Go on"), self._person(), self._on_admin_given)

    def _person(self) -> tuple[Entry, ...]:
        return (
            Entry("employee_id", self.tr("Employee id")),
            Entry("name", self.tr("Name, as signatures print it")),
            Entry("identity", self.tr("By what the other founder checked who this is")),
            Entry("password", self.tr("Password, which only this person knows"), secret=True),
            Entry("again", self.tr("Password again"), secret=True),
        )

    def _founder(self, sheet: EntrySheet, values: Mapping[str, str]) -> Founder | None:
        if values["password"] != values["again"]:
            sheet.say(self.tr("The password was typed in two ways."))
            return None
        return Founder(values["employee_id"], values["name"], values["identity"], values["password"])

    def _on_admin_given(self, sheet: EntrySheet, values: Mapping[str, str]) -> None:
        self._admin = self._founder(sheet, values)
        if self._admin is None:
            return
        sheet.clear_secrets()
        sheet.close_sheet()
        words = self.tr("The person of quality assurance approves what the administrator asks for. Only this person types here now.")
        self._open("quality", self.tr("Second founder"), words, self.tr("Begin station"), self._person(), self._on_quality_given)

    def _on_quality_given(self, sheet: EntrySheet, values: Mapping[str, str]) -> None:
        quality = self._founder(sheet, values)
        if quality is None or self._admin is None:
            return
        commission = Commission(self._station, self._admin, quality)

        def done(key: str) -> None:
            sheet.clear_secrets()
            sheet.close_sheet()
            self._admin = None
            self.begun.emit(commission, key)

        def failed(error: JopeError) -> None:
            sheet.refuse(error)

        self._commands.run(lambda: self._begin(commission), done, failed)


class GenesisSheet(Sheet):
    """The genesis key, to be compared with the printed sheet of the installation qualification."""

    def __init__(self, host: QWidget, theme: Theme, *, key: str, path: Path) -> None:
        super().__init__(host, theme, name="genesis")
        self.close_button = Button(self.tr("Go on to the signatures"), role="primary", name="genesis-close")
        self.close_button.clicked.connect(self.close_sheet)
        self.body.addWidget(Text(self.tr("The station begins"), "title", wrap=True))
        words = self.tr("Its trail begins under this key. Print {path} and keep it with the installation qualification.").format(path=path)
        self.body.addWidget(Text(words, wrap=True))
        for at in range(0, len(key), 32):
            self.body.addWidget(Identifier(" ".join(key[at + n : at + n + 8] for n in range(0, 32, 8)), "heading"))
        sealed = self.tr(
            "Beside it lies a sealed code for each founder: print both, seal each in its person's envelope, and delete the files."
        )
        self.body.addWidget(Text(sealed, wrap=True))
        self.body.addWidget(Text(self.tr("Each founder now reads the accountability statement and signs the password profile."), wrap=True))
        self.body.addStretch(1)
        line = QHBoxLayout()
        theme.space(line, gap_mm=2.5)
        line.addStretch(1)
        line.addWidget(self.close_button)
        self.body.addLayout(line)

    @override
    def first_field(self) -> QWidget:
        return self.close_button

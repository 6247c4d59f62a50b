"""What every page is given: the station behind its runners, the session, the theme and the batch that is looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QStandardPaths, Signal

from jope.compliance.commands import Command, GuardVerdict, SignatureInput, SigningSheet
from jope.kernel.errors import JopeError
from jope.plant.devices.ports import ScaleAction
from jope_ui.bridge.changes import Changes
from jope_ui.bridge.live import LiveValues
from jope_ui.bridge.presence import Presence
from jope_ui.bridge.runners import CommandRunner, LongRunner, QueryRunner
from jope_ui.bridge.session import SessionState
from jope_ui.theme import Theme

if TYPE_CHECKING:
    from jope.bootstrap import Station

_T = TypeVar("_T")
Done = Callable[[Any], None]
Failed = Callable[[JopeError], None]


class Client(QObject):
    """The client's side of one station. All calls return at once; answers come back in the GUI thread."""

    batch_changed = Signal(str)

    def __init__(self, station: Station, *, pitch_mm: float | None = None) -> None:
        super().__init__()
        self.station = station
        self.info = station.info
        self.theme = Theme(pitch_mm if pitch_mm is not None else station.info.panel_pitch_mm)
        self.commands = CommandRunner()
        self.queries = QueryRunner()
        self.long = LongRunner()
        self.session = SessionState()
        self.changes = Changes()
        self.live = LiveValues(station.gateway)
        self.presence = Presence(station, self.session, self.queries)
        self.print_folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or ".")
        self._batch_no = ""
        self.changes.changed.connect(self.presence.on_changed)
        self.changes.listen(station.on_change)

    @property
    def batch_no(self) -> str:
        """The batch that the pages look at, empty before one is chosen."""
        return self._batch_no

    def choose_batch(self, batch_no: str) -> None:
        """Let all pages look at a batch."""
        if batch_no != self._batch_no:
            self._batch_no = batch_no
            self.batch_changed.emit(batch_no)

    def dispatch(self, command: Command, done: Done, failed: Failed, *, signature: SignatureInput | None = None) -> None:
        """Send a command as the person who is signed in."""
        token = self.session.token
        self.commands.run(lambda: self.station.dispatch(command, token, signature), done, failed)

    def read(self, work: Callable[[str | None], _T], done: Callable[[_T], None], failed: Failed, *, key: str = "") -> None:
        """Run several reads as one piece of work; ``work`` is given the token."""
        token = self.session.token
        self.queries.run(lambda: work(token), done, failed, key=key)

    def sheet(self, command: Command, done: Callable[[SigningSheet], None], failed: Failed) -> None:
        """Ask what a signature of this command would be put to."""
        token = self.session.token
        self.queries.run(lambda: self.station.sheet(command, token), done, failed)

    def act_on_scale(self, device_id: str, action: ScaleAction, batch_no: str, done: Done, failed: Failed) -> None:
        """Zero or tare a scale."""
        token = self.session.token
        self.commands.run(lambda: self.station.act_on_scale(device_id, action, token, batch_no), done, failed)

    def verdicts(self, commands: dict[str, Command], token: str | None) -> dict[str, GuardVerdict | None]:
        """Ask for each command whether it would pass now. Blocking: call it inside ``read``."""
        return {name: self.station.preflight(command, token) for name, command in commands.items()}

    def close(self) -> None:
        """End the threads and timers. The station itself belongs to whoever made it."""
        self.presence.stop()
        self.live.close()
        self.changes.close()
        self.commands.close()
        self.queries.close()
        self.long.close()

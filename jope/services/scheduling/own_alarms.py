"""The station's alarms about itself: raised when something is wrong, returned when it is right again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from jope.compliance.alarms.commands import RaiseAlarm, ReturnAlarm
from jope.compliance.commands import Command

_ACTIVE = "SELECT 1 FROM alarm WHERE source = ? AND kind = ? AND returned_us IS NULL"


class OwnAlarms:
    """One alarm of each kind at most is active."""

    def __init__(
        self, station_id: str, dispatch: Callable[[Command], object], ask: Callable[[str, tuple[Any, ...]], Iterable[Any]]
    ) -> None:
        self._station_id = station_id
        self._dispatch = dispatch
        self._ask = ask

    def settle(self, kind: str, text: str, *, priority: int = 1, once: bool = False) -> None:
        """Raise the alarm where there is something to say, return it where there is not.

        Args:
            kind: what it is about.
            text: what is wrong, for a person; empty where nothing is.
            priority: 1 (highest) to 4.
            once: an alarm that is active is not raised again.
        """
        active = any(True for _ in self._ask(_ACTIVE, (self._station_id, kind)))
        if text and not (once and active):
            self._dispatch(RaiseAlarm(priority=priority, source=self._station_id, kind=kind, text=text))
        elif active and not text:
            self._dispatch(ReturnAlarm(source=self._station_id, kind=kind))

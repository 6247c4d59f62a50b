"""Process alarms: a tag's value beyond its alarm limits (ISA-18.2; URS K08)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from jope.compliance.alarms.commands import RaiseAlarm, ReturnAlarm
from jope.compliance.commands import Command
from jope.plant.devices.tags import TagValue

LOW: Final = "low"
HIGH: Final = "high"
_NOT_GOOD: Final = 0x40000000


@dataclass(frozen=True, slots=True)
class TagLimits:
    """Between which values a tag does not alarm. ``hysteresis`` is how far inside it must come back before the alarm returns."""

    device_id: str
    tag_id: str
    unit: str
    low: Decimal | None
    high: Decimal | None
    hysteresis: Decimal
    priority: int


class LimitWatch:
    """Compares good values with the limits of their tags. A value that is not good proves nothing: neither raises nor returns an alarm.

    Belongs to the gateway's thread; ``tell`` must not wait.
    """

    def __init__(self, tell: Callable[[Command], None]) -> None:
        self._tell = tell
        self._limits: dict[str, TagLimits] = {}
        self._active: set[tuple[str, str]] = set()

    def describe(self, limits: Iterable[TagLimits], active: Iterable[tuple[str, str]] = ()) -> None:
        """The limits from here on, and which alarms (``(device, "high:tag")``) are active already."""
        self._limits = {one.tag_id: one for one in limits if one.low is not None or one.high is not None}
        self._active = set(active)

    def look(self, values: Iterable[TagValue]) -> None:
        """Compare what just arrived."""
        if not self._limits:
            return
        for value in values:
            limits = self._limits.get(value.tag_id)
            if limits is None or value.status >= _NOT_GOOD or isinstance(value.value, str | bool) or value.value is None:
                continue
            found = value.value if isinstance(value.value, Decimal) else Decimal(str(value.value))
            if limits.low is not None:
                self._settle(limits, LOW, found, found < limits.low, found >= limits.low + limits.hysteresis, limits.low)
            if limits.high is not None:
                self._settle(limits, HIGH, found, found > limits.high, found <= limits.high - limits.hysteresis, limits.high)

    def _settle(self, limits: TagLimits, side: str, found: Decimal, beyond: bool, back: bool, limit: Decimal) -> None:
        key = (limits.device_id, f"{side}:{limits.tag_id}")
        if beyond and key not in self._active:
            self._active.add(key)
            unit = f" {limits.unit}" if limits.unit else ""
            word = "below" if side == LOW else "above"
            text = f"{limits.tag_id} is {found:f}{unit}, {word} its limit of {limit:f}{unit}."
            self._tell(RaiseAlarm(priority=limits.priority, source=key[0], kind=key[1], text=text))
        elif back and key in self._active:
            self._active.discard(key)
            self._tell(ReturnAlarm(source=key[0], kind=key[1]))

"""All settings there are, with what each may be. What stands in no row has its default; what stands in a row and may not be is not followed.

Nothing here loosens what the program itself holds: the idle lock is at most 120 s, failures that lock are at most three (URS A08, A09; A11d-14).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jope.compliance.settings.profiles import DEFAULT_PROFILE, PROFILES

_IN_FORCE: Final = "SELECT key, value FROM setting s WHERE number = (SELECT max(number) FROM setting WHERE key = s.key)"


@dataclass(frozen=True, slots=True)
class SettingKind:
    """A setting: what it is called, its value where nothing is stored, what is wrong with a value (empty for nothing), and a word of explanation.

    ``emergency`` says whether it may be changed at once, with the approval after it.
    """

    key: str
    title: str
    default: str
    fault: Callable[[str], str]
    unit: str = ""
    emergency: bool = False


def _among(*allowed: str) -> Callable[[str], str]:
    return lambda value: "" if value in allowed else f"must be one of {', '.join(allowed)}"


def _whole(low: int, high: int) -> Callable[[str], str]:
    def fault(value: str) -> str:
        right = value.isascii() and value.isdigit() and str(int(value)) == value and low <= int(value) <= high
        return "" if right else f"must be a whole number from {low} to {high}"

    return fault


PROFILE: Final = "password.profile"
IDLE_LOCK: Final = "session.idle_lock"
DORMANT: Final = "access.dormant_days"
REVIEW_DAYS: Final = "access.review_days"
NOTICE_DAYS: Final = "devices.notice_days"
HORN: Final = "alarm.horn"
SETTINGS: Final = {
    s.key: s
    for s in (
        SettingKind(PROFILE, "Password profile", DEFAULT_PROFILE, _among(*PROFILES)),
        SettingKind(IDLE_LOCK, "Idle lock", "120", _whole(30, 120), "s"),
        SettingKind(DORMANT, "An account is dormant after", "90", _whole(14, 365), "days"),
        SettingKind(REVIEW_DAYS, "Access is reviewed every", "92", _whole(28, 366), "days"),
        SettingKind(NOTICE_DAYS, "A calibration that becomes due is told before", "14", _whole(1, 90), "days"),
        SettingKind(HORN, "Horn for alarms of priority 1 and 2", "on", _among("on", "off"), emergency=True),
    )
}


class Settings:
    """The settings in force, read again after each commit that changes one. Thread-safe: the mapping is replaced, never changed."""

    def __init__(self) -> None:
        self._values: Mapping[str, str] = {key: kind.default for key, kind in SETTINGS.items()}

    def load(self, cursor: Any) -> None:
        """Read what is in force."""
        stored = {key: value for key, value in cursor.execute(_IN_FORCE).fetchall() if key in SETTINGS and not SETTINGS[key].fault(value)}
        self._values = {key: stored.get(key, kind.default) for key, kind in SETTINGS.items()}

    def text(self, key: str) -> str:
        """The value of a setting."""
        return self._values[key]

    def number(self, key: str) -> int:
        """The value of a setting that is a whole number."""
        return int(self._values[key])

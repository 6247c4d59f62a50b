"""Read settings."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.access.reader import Reader
from jope.compliance.settings.catalog import SETTINGS


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting in force. ``number`` is its version; 0, and no ``since_us``, where the default stands."""

    key: str
    title: str
    value: str
    default: str
    unit: str
    number: int
    since_us: int | None
    emergency: bool


def settings(reader: Reader) -> tuple[SettingRow, ...]:
    """All settings, in the order of the catalog."""
    stored = {
        key: (number, value, since)
        for key, number, value, since in reader.execute(
            "SELECT key, number, value, since_us FROM setting s WHERE number = (SELECT max(number) FROM setting WHERE key = s.key)"
        )
    }
    rows = []
    for kind in SETTINGS.values():
        number, value, since = stored.get(kind.key, (0, kind.default, None))
        rows.append(SettingRow(kind.key, kind.title, value, kind.default, kind.unit, number, since, kind.emergency))
    return tuple(rows)

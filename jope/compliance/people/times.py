"""Dates of access in the site's zone, as the instants where they begin and end."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from jope.kernel.errors import RefusedError

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def day_begins_us(text: str, zone: str) -> int | None:
    """The first instant of a day in UTC microseconds, None for an empty text.

    Raises:
        RefusedError: it is no date.
    """
    return None if not text else _instant_us(_day(text), zone)


def day_ends_us(text: str, zone: str) -> int | None:
    """The first instant after a day in UTC microseconds, None for an empty text.

    Raises:
        RefusedError: it is no date.
    """
    return None if not text else _instant_us(_day(text) + timedelta(days=1), zone)


def _day(text: str) -> date:
    wrong = RefusedError(f"'{text[:20]}' is no date.", remedy="Write it as YYYY-MM-DD.")
    if not _DATE.fullmatch(text):
        raise wrong
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise wrong from error


def _instant_us(day: date, zone: str) -> int:
    return (datetime.combine(day, time(), ZoneInfo(zone)) - _EPOCH) // timedelta(microseconds=1)

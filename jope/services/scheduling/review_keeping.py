"""The periodic review of access: alarmed when it is overdue, back to normal when one was closed (URS A11; 21 CFR 11.300(b); A11d-17)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from jope.compliance.access.reader import Reader
from jope.compliance.authority.queries import last_review_us
from jope.compliance.settings.catalog import REVIEW_DAYS, Settings
from jope.kernel.clock import site_date
from jope.services.scheduling.own_alarms import OwnAlarms

KIND = "access_review"
_DAY_US = 86_400_000_000


class ReviewKeeper:
    """Looks whether the review of access is overdue."""

    def __init__(
        self, settings: Settings, reading: Callable[[], AbstractContextManager[Reader]], alarms: OwnAlarms, read_only: Callable[[], str]
    ) -> None:
        self._settings = settings
        self._reading = reading
        self._alarms = alarms
        self._read_only = read_only

    def tick(self) -> None:
        """Raise the alarm once, or return it."""
        if self._read_only():
            return
        days = self._settings.number(REVIEW_DAYS)
        with self._reading() as reader:
            last_us = last_review_us(reader)
            overdue = reader.judged_us >= last_us + days * _DAY_US
            since = site_date(last_us + days * _DAY_US, reader.zone)
        text = f"The review of access is due every {days} days and overdue since {since}: quality assurance opens one and signs each line."
        self._alarms.settle(KIND, text if overdue else "", priority=3, once=True)

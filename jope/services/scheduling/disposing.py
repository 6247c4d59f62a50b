"""Erasing what an approved disposal names, and emptying the write-ahead log behind it: looked at every few seconds, and so after each start too."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import structlog

from jope.kernel.store.command_thread import CommandThread
from jope.kernel.store.disposing import empty_journal, erase_payloads, is_due
from jope.kernel.store.engine import StoreLocation

log = structlog.get_logger("jope.disposal")


class DisposalKeeper:
    """One erasure at a time. What a long reader keeps in the log is emptied at a later tick; erased is said only then."""

    def __init__(
        self,
        location: StoreLocation,
        commands: CommandThread,
        cursor: Callable[[], AbstractContextManager[Any]],
        is_read_only: Callable[[], object],
    ) -> None:
        self._location = location
        self._commands = commands
        self._cursor = cursor
        self._is_read_only = is_read_only
        self._erased = 0
        """Payloads that are gone from the store and may still stand in the log."""

    def tick(self) -> None:
        """Erase what is due. Blocks for as long as the erasure takes; a reader that is in the way is not waited for."""
        with self._cursor() as cursor:
            due = not self._is_read_only() and is_due(cursor)
        if due:
            self._erased += self._commands.run(lambda: erase_payloads(self._location))
        if self._erased and self._commands.run(lambda: empty_journal(self._location)):
            log.info("payloads erased after their disposal", count=self._erased)
            self._erased = 0

"""The health of a station from its directory, beside a running client or without one. Reads only."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from jope.compliance.access.reader import ALL_LINES, Reader
from jope.kernel.clock import SystemClock
from jope.kernel.crypto.keys import StationKeys
from jope.kernel.errors import HealthUnreadableError
from jope.kernel.settings.files import StationFolder
from jope.kernel.settings.key_files import key_files_of
from jope.kernel.store.engine import DATABASE_ERRORS, StoreLocation, connect
from jope.kernel.store.lock import is_held
from jope.services.health.gathering import gather
from jope.services.health.metrics import newest_snapshot
from jope.services.health.reading import Health, health


def read_health(data: Path) -> Health:
    """The health of a station; a running process tells its part through its newest metrics.

    Raises:
        HealthUnreadableError, SettingsError, StoreKeyError: it cannot be read.
    """
    folder = StationFolder(data)
    settings, policy = folder.settings(), folder.policy()
    keys = StationKeys.load(folder.keys, key_files_of(folder).wrapping_key)
    if not folder.store.exists():
        raise HealthUnreadableError("The store of the station is not there.")
    now_us = SystemClock().now().utc_us
    snapshot = newest_snapshot(folder.logs, now_us) if is_held(folder.lock) else None
    try:
        with closing(connect(StoreLocation(folder.store, keys.store if settings.encrypted else None))) as connection:
            connection.execute("PRAGMA query_only = ON")
            reader = Reader(connection.cursor(), line=ALL_LINES, zone=settings.zone, now_us=now_us, records={}, scopes={})
            return health(gather(reader, folder, policy, snapshot))
    except (*DATABASE_ERRORS, OSError) as error:
        raise HealthUnreadableError(f"The state of the station cannot be read ({type(error).__name__}).") from error

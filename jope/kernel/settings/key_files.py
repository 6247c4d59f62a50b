"""The key files of a station directory, opened with what its ``station.toml`` names as their protector."""

from __future__ import annotations

from jope.kernel.crypto.keys import KeyFiles
from jope.kernel.crypto.protectors import protector_of
from jope.kernel.settings.files import StationFolder


def key_files_of(folder: StationFolder) -> KeyFiles:
    """The key files of a station, with the wrapping key that its protector holds.

    Raises:
        SettingsError: the station's file cannot be understood.
        ProtectorError: the protector is not there, or holds no key of this station.
    """
    settings = folder.settings()
    protector = protector_of(settings.keys.protector, station=settings.station_id, folder=folder.keys)
    return KeyFiles(folder.keys, protector.load())

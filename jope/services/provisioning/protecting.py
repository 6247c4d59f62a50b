"""Bringing a station's key files under a protector: a wrapping key goes to the protector, then each file is wrapped with it (ADR 0011).

The station is stopped meanwhile. The order lets it be finished after a crash at any point: the wrapping key first, then one file after the other (whole, by
renaming), and ``station.toml`` last. Until then the station does not open with half of its files, and the same command goes on where it was cut short.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from jope.kernel.crypto.keys import KeyFiles, read_key
from jope.kernel.crypto.protectors import WRAPPING_KEY_BYTES, KeyProtector, protector_of
from jope.kernel.crypto.wrapping import PREFIX
from jope.kernel.errors import ProtectorError, WrappingKeyMissingError
from jope.kernel.settings.files import KeySettings, StationFolder
from jope.kernel.store.lock import StationLock

_NAMES: Final = ("store", "ledger", "image", "blob", "anchor", "channels")


def protect_station(root: Path, protector: str) -> None:
    """Wrap the key files of a stopped station.

    Raises:
        StationHeldError: a client holds the station.
        ProtectorError: it is protected already, or the protector is not there or refuses.
    """
    folder = StationFolder(root)
    settings = folder.settings()
    if settings.keys.protector != "file":
        raise ProtectorError(f"The station is protected already, by '{settings.keys.protector}'.", remedy="Nothing is left to do.")
    chosen = KeySettings.model_validate({"protector": protector})
    lock = StationLock(folder.lock)
    try:
        wrapping_key = _wrapping_key(protector_of(protector, station=settings.station_id, folder=folder.keys))
        plain = KeyFiles(folder.keys)
        for name in _NAMES:
            if plain.path(name).exists():
                _wrap(plain.path(name), KeyFiles(folder.keys, wrapping_key), name)
        following = folder.keys / "ledger.next"
        if following.exists():
            _wrap(following, KeyFiles(folder.keys, wrapping_key), "ledger")
        folder.write_settings(settings.model_copy(update={"keys": chosen}))
    finally:
        lock.release()


def _wrapping_key(protector: KeyProtector) -> bytes:
    """The key that the protector holds from an attempt that was cut short, else a new one."""
    try:
        held = protector.load()
    except WrappingKeyMissingError:
        held = None
    if held is not None:
        return held
    key = secrets.token_bytes(WRAPPING_KEY_BYTES)
    protector.store(key)
    return key


def _wrap(path: Path, files: KeyFiles, name: str) -> None:
    """Replace one file by its wrapped form, and write over what it held."""
    if path.read_text("ascii").startswith(PREFIX):
        files.read(name, path)  # wrapped by an attempt that was cut short, under this key
        return
    key = read_key(path)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    files.write(name, key, part)
    with path.open("r+b") as old:
        part.replace(path)
        old.write(b"0" * os.fstat(old.fileno()).st_size)
        old.flush()
        os.fsync(old.fileno())

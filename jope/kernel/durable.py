"""Files that are on the disk, whole, before anybody relies on them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_aside(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write a file whole or not at all: aside, synced, renamed into place, the folder synced.

    Raises:
        OSError: it could not be written; what stood there stands.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    make_durable(path.parent)


def make_durable(folder: Path) -> None:
    """Make the names in a folder durable, where the system lets a folder be synced; elsewhere renaming is durable by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

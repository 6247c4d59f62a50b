"""The zip of a bundle, in the one form that verifiers take, and its way onto the disk.

Rules:

1. Entries lie without gaps in the order they were added, each deflated (RFC 1951), dated 1980-01-01, without extra fields, flags or comments; then the
   directory, then the end record. Every byte of the file has its place, so that nothing can hide between entries, and the same content gives the
   same bytes.
2. The file is written beside its place, made durable and renamed: at its place there is the whole bundle or what was there before.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from jope.kernel.errors import BundleTooLargeError, UnwritableFileError

_LOCAL: Final = "<4s5H3I2H"
_CENTRAL: Final = "<4s6H3I5H2I"
_END: Final = "<4s4H2IH"
_LEVEL: Final = 4
"""Of deflate: half the time of the usual one for a twentieth more bytes."""
LARGEST: Final = 0xFFFF_FFFF
"""Bytes of a bundle; beyond that the zip would need another form."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A file of the bundle: its size in bytes and its SHA-256 in hex."""

    bytes: int
    sha256: str


class BundleWriter:
    """Adds files to a bundle that is being made."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._directory: list[bytes] = []
        self.files: dict[str, Packed] = {}

    def add(self, name: str, content: Iterable[bytes]) -> None:
        """Add a file from its pieces.

        Raises:
            BundleTooLargeError: the bundle grows beyond what a zip of this form holds.
        """
        start = self._file.tell()
        self._file.write(b"\0" * (struct.calcsize(_LOCAL) + len(name)))
        deflate, sha, crc, size = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15), hashlib.sha256(), 0, 0
        for piece in content:
            sha.update(piece)
            crc, size = zlib.crc32(piece, crc), size + len(piece)
            self._file.write(deflate.compress(piece))
        self._file.write(deflate.flush())
        end = self._file.tell()
        if max(end, size) > LARGEST:
            raise BundleTooLargeError("The bundle is larger than 4 GiB.")
        packed = end - start - struct.calcsize(_LOCAL) - len(name)
        label = name.encode("ascii")
        self._file.seek(start)
        self._file.write(struct.pack(_LOCAL, b"PK\3\4", 20, 0, 8, 0, 0x21, crc, packed, size, len(label), 0) + label)
        self._file.seek(end)
        head = (b"PK\1\2", 0x0314, 20, 0, 8, 0, 0x21, crc, packed, size, len(label), 0, 0, 0, 0, 0x8180_0000, start)
        self._directory.append(struct.pack(_CENTRAL, *head) + label)
        self.files[name] = Packed(size, sha.hexdigest())

    def close(self) -> None:
        """Write the directory and the end record."""
        start = self._file.tell()
        directory = b"".join(self._directory)
        count = len(self._directory)
        self._file.write(directory + struct.pack(_END, b"PK\5\6", 0, 0, count, count, len(directory), start, 0))


@contextmanager
def new_bundle(path: Path) -> Iterator[BundleWriter]:
    """A bundle that stands at its place when the block ends, and leaves no trace where it raises.

    Raises:
        UnwritableFileError: the file cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w+b") as file:
            writer = BundleWriter(file)
            yield writer
            writer.close()
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise UnwritableFileError(f"The bundle cannot be written to {path}: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)


def require_writable(path: Path) -> None:
    """Look, before the export is an event, whether a file can be made there; makes its folder.

    Raises:
        UnwritableFileError: it cannot.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        part.touch()
        part.unlink()
    except OSError as error:
        raise UnwritableFileError(f"The bundle cannot be written to {path}: {error.strerror}.") from error


def _sync_folder(folder: Path) -> None:
    """Make the rename durable, where the system lets a folder be synced."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Files that a person names, read in a worker."""

from __future__ import annotations

from pathlib import Path

from jope.kernel.errors import RefusedError


def content_of(path: Path) -> bytes:
    """A file's bytes.

    Raises:
        RefusedError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise RefusedError(f"{path.name} cannot be read: {error.strerror}.", remedy="Write the whole path of the file.") from error

"""Checkpoints that somebody brings along to a verification."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jope.compliance.audit.notes import Checkpoint, read_note
from jope.kernel.errors import CheckpointError

SUFFIX = ".checkpoint"


def read_anchors(given: Iterable[str]) -> tuple[Checkpoint, ...]:
    """Read each as the text of a QR code, as a file, or as a folder of ``*.checkpoint`` files.

    Raises:
        CheckpointError: one cannot be read, or a folder holds none.
    """
    found: list[Checkpoint] = []
    for one in given:
        if "\n" in one:
            found.append(read_note(one if one.endswith("\n") else one + "\n"))
            continue
        path = Path(one)
        files = sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]
        if not files:
            raise CheckpointError(f"The folder {one} holds no checkpoint.", remedy=f"Name a folder with files *{SUFFIX}.")
        found += [_of_file(file) for file in files]
    return tuple(found)


def _of_file(path: Path) -> Checkpoint:
    try:
        return read_note(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointError(
            f"The checkpoint {path.name} cannot be read.", remedy="Give the text of the QR code, or a file that holds it."
        ) from error

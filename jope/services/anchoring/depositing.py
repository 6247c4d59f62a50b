"""The child process that touches a folder which may hang: writes one checkpoint, or reads all of them. Standard library only.

A network folder whose server is gone blocks its caller inside the kernel, for ever and beyond any signal. So the station never touches one itself; this
process does, and is left behind when it does not come back in time (``folder.py``; reliability.md rule 9).

``deposit FOLDER PREFIX SIZE`` takes the note from standard input. ``read FOLDER PREFIX`` gives the notes back. Each answers with one line of JSON.

Rules:

1. A file appears whole under its name or not at all: written aside, synced, then linked, which never overwrites. Where a medium knows no links it is
   renamed after a look that the name is free; the station is the only writer of its names.
2. A file that is there already is compared. Another content is a conflict, and stays as it is.
3. A file of a larger size than the one to be written is told: the station is behind what it deposited itself.
4. What was written is read back.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

SUFFIX = ".checkpoint"
MAX_NOTE_BYTES = 4096


def deposit(folder: Path, prefix: str, size: int, note: bytes) -> dict[str, object]:
    """Put a note into a folder as ``<prefix>.<size>.checkpoint``."""
    if not folder.is_dir():
        return {"outcome": "failed", "detail": "the folder is not there"}
    newest = max((found for found, _ in _files(folder, prefix)), default=0)
    if newest > size:
        return {"outcome": "newer", "detail": str(newest)}
    target = folder / f"{prefix}.{size}{SUFFIX}"
    part = folder / f".{target.name}.{os.getpid()}.part"
    try:
        if not target.exists():
            _write(part, note)
            _place(part, target)
            _sync(folder)
    finally:
        part.unlink(missing_ok=True)
    if _content(target) != note:
        return {"outcome": "conflict", "detail": target.name}
    return {"outcome": "kept", "detail": target.name}


def read(folder: Path, prefix: str) -> dict[str, object]:
    """The notes of a folder, smallest first."""
    if not folder.is_dir():
        return {"outcome": "failed", "detail": "the folder is not there"}
    notes = [_content(path).decode("utf-8", "replace") for _, path in sorted(_files(folder, prefix))]
    return {"outcome": "read", "notes": notes}


def _files(folder: Path, prefix: str) -> list[tuple[int, Path]]:
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            middle = entry.name.removeprefix(f"{prefix}.").removesuffix(SUFFIX)
            if entry.name == f"{prefix}.{middle}{SUFFIX}" and middle.isascii() and middle.isdigit():
                found.append((int(middle), folder / entry.name))
    return found


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _place(part: Path, target: Path) -> None:
    try:
        os.link(part, target)
    except FileExistsError:
        return  # somebody was faster; what stands there is compared
    except (OSError, NotImplementedError):
        if not target.exists():
            part.rename(target)


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_NOTE_BYTES)


def _sync(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # some network file systems sync no folders; the file itself is synced
    finally:
        os.close(descriptor)


def main(arguments: list[str]) -> int:
    """Run one order; the answer is a line of JSON."""
    order, folder, prefix, *rest = arguments
    try:
        given = Path(folder)
        answer = deposit(given, prefix, int(rest[0]), sys.stdin.buffer.read()) if order == "deposit" else read(given, prefix)
    except OSError as error:
        answer = {"outcome": "failed", "detail": error.strerror or type(error).__name__}
    print(json.dumps(answer), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

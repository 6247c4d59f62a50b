"""The simulated device's end of the line: a pseudo-terminal, the record of what was sent, and damage on purpose."""

from __future__ import annotations

import hashlib
import json
import os
import random
from pathlib import Path
from typing import Final, TextIO

from jope.kernel.clock import Clock

GARBLE_KINDS: Final = frozenset({"bytes", "partial", "late", "wrong_unit"})


class PseudoTerminal:
    """The device's end of the line. Unplugged, the client's end reports a hang-up."""

    def __init__(self, link: Path, *, baudrate: int = 0) -> None:
        """``baudrate`` is the only speed that is understood; 0 understands all. A pseudo-terminal knows no parity."""
        self._link = link
        self._baudrate = baudrate
        self._device_end = -1
        self._client_end = -1

    @property
    def plugged(self) -> bool:
        """True while the line is there."""
        return self._device_end >= 0

    @property
    def device_end(self) -> int:
        """The file descriptor to read and write; -1 while unplugged."""
        return self._device_end

    def plug(self) -> None:
        """Open the line and put the link in place."""
        if self.plugged:
            return
        import tty  # POSIX only, so it is not asked for before the platform was checked

        self._device_end, self._client_end = os.openpty()
        tty.setraw(self._client_end)
        os.set_blocking(self._device_end, False)
        self._link.parent.mkdir(parents=True, exist_ok=True)
        # Put in place by rename: a client never sees a link that points to nothing.
        fresh = self._link.with_name(self._link.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._client_end))
        fresh.replace(self._link)

    def unplug(self) -> None:
        """Take the link away and close both ends."""
        if not self.plugged:
            return
        self._link.unlink(missing_ok=True)
        os.close(self._device_end)
        os.close(self._client_end)
        self._device_end = self._client_end = -1

    def read(self) -> bytes:
        """What the client sent, empty when there is nothing."""
        try:
            data = os.read(self._device_end, 4096)
        except BlockingIOError:
            return b""
        # At another speed nothing arrives that could be told from noise.
        return data if self._baudrate in (0, self._speed()) else b""

    def _speed(self) -> int:
        """The speed to which the client has set its end."""
        import termios  # POSIX only

        code = termios.tcgetattr(self._client_end)[5]
        return next((int(name[1:]) for name, value in vars(termios).items() if name[:1] == "B" and name[1:].isdigit() and value == code), 0)

    def write(self, data: bytes) -> None:
        """Send as much as the line takes. Nobody reading, or no cable, means that the rest is lost."""
        if not self.plugged:
            return
        try:
            os.write(self._device_end, data)
        except BlockingIOError:
            return


class FrameLog:
    """The record of every frame sent."""

    def __init__(self, file: TextIO, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self._count = 0

    def sent(self, line: bytes, garble: str) -> None:
        """Record one frame as it goes out."""
        self._count += 1
        now = self._clock.now()
        body = line.removesuffix(b"\r\n")
        entry: dict[str, str | int] = {"n": self._count, "utc_us": now.utc_us, "mono_us": now.mono_us, "frame": body.decode("latin-1")}
        entry["sha256"] = hashlib.sha256(body).hexdigest()
        if garble:
            entry["garble"] = garble
        self._file.write(json.dumps(entry) + "\n")
        self._file.flush()


class Garbler:
    """Damages the next weight frames on purpose."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._left = 0
        self.kind = ""

    def order(self, frames: int, kind: str) -> None:
        """Damage the next ``frames`` weight frames in one of the four ways."""
        if kind not in GARBLE_KINDS:
            raise ValueError(f"kind must be one of {sorted(GARBLE_KINDS)}")
        self._left, self.kind = frames, kind

    def next(self) -> str:
        """The damage for the frame that is about to go, empty for none."""
        if self._left <= 0:
            return ""
        self._left -= 1
        return self.kind

    def damaged(self, line: bytes, kind: str) -> bytes:
        """The frame as the line would deliver it. A late frame is whole."""
        if kind == "partial":
            return line[: self._random.randrange(1, len(line) - 2)]
        if kind == "bytes":
            damaged = bytearray(line)
            for _ in range(self._random.randrange(1, 4)):
                # Bytes with the high bit set: what a disturbed line or a wrong speed makes of text.
                damaged[self._random.randrange(len(line) - 2)] = self._random.randrange(0x80, 0x100)
            return bytes(damaged)
        return line

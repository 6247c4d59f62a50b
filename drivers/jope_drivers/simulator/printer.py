"""A simulated label printer: what it knows, answers and prints. No I/O but the pictures that it prints; time is given from outside (URS F16).

It reads ZPL by itself and shares no code with what makes labels: what it prints is a second opinion on the bytes.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jope.plant.devices.ports import DeviceIdentity

STATUS_FAULTS: Final = ("paper_out", "ribbon_out", "head_open", "paused", "buffer_full", "too_hot", "too_cold")
ANSWER_FAULTS: Final = ("black_hole", "garbled", "partial", "endless", "late", "unasked")
LABEL_FAULTS: Final = ("lost_after_send", "lost_before_print", "swallowed", "paper_out_while_printing", "counts_twice")
WHO_FAULTS: Final = ("wrong_serial", "wrong_model", "no_odometer")
FAULTS: Final = (*STATUS_FAULTS, *ANSWER_FAULTS, *LABEL_FAULTS, *WHO_FAULTS)
LATE_US: Final = 2_200_000
DEFAULT_IDENTITY: Final = DeviceIdentity("ZD421-203dpi", "D2J204700123", "V93.21.26Z")
_LABEL: Final = re.compile(rb"\^XA.*?\^XZ", re.DOTALL)
_QUESTION: Final = re.compile(rb'~HS|~HI|~HQSN|! U1 getvar "([^"]{1,60})"\r\n')
_COMMAND: Final = re.compile(rb"[\^~][A-Z0-9@]{2}")
_GRAPHIC: Final = re.compile(rb"\^GFA,(\d+),(\d+),(\d+),:Z64:([A-Za-z0-9+/=]+):([0-9A-Fa-f]{4})\^FS")
_LONGEST: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes that go out, not before an instant; ``hang_up`` ends the connection instead."""

    data: bytes
    due_us: int
    hang_up: bool = False


@dataclass(slots=True)
class PrinterModel:
    """One printer. ``take`` is given what came, ``advance`` the time; ``note`` is told what happened, for the printer's own record."""

    folder: Path
    note: Callable[..., None]
    identity: DeviceIdentity = DEFAULT_IDENTITY
    dots_per_mm: int = 8
    print_us: int = 300_000
    odometer: int = 4711
    fault: str = ""
    printed: int = 0
    _buffer: bytearray = field(default_factory=bytearray)
    _waiting: deque[bytes] = field(default_factory=deque)
    _ready_us: int = 0

    def set_fault(self, kind: str) -> None:
        """Turn one fault on, all others off.

        Raises:
            ValueError: there is no such fault.
        """
        if kind and kind not in FAULTS:
            raise ValueError(f"there is no fault {kind}")
        self.fault = kind

    def take(self, data: bytes, now_us: int) -> list[Answer]:
        """What is answered to what came."""
        self._buffer += data
        answers: list[Answer] = []
        while self._buffer:
            label, question = _LABEL.match(self._buffer), _QUESTION.match(self._buffer)
            if label is not None:
                answers += self._receive(label.group(), now_us)
            elif question is not None:
                answers += self._answered(question, now_us)
            elif self._may_go_on():
                break
            found = label or question
            if found is None:
                self.note("not_understood", byte=self._buffer[0])
            del self._buffer[: found.end() if found is not None else 1]
        return answers

    def forget(self) -> None:
        """The connection ended: half a command is none."""
        self._buffer.clear()

    def advance(self, now_us: int) -> None:
        """Print what waits, when nothing stands against it."""
        if self._waiting and now_us >= self._ready_us and self.fault not in (*STATUS_FAULTS, "paper_out_while_printing"):
            self._print(self._waiting.popleft())
            self._ready_us = now_us + self.print_us

    # --- inside ------------------------------------------------------------------------------------------------------

    def _may_go_on(self) -> bool:
        """Whether what came may be the beginning of a label or a question."""
        head = bytes(self._buffer[:80])
        if head.startswith(b"^XA") and len(self._buffer) < _LONGEST:
            return True
        beginnings = (b"^XA", b"~HS", b"~HI", b"~HQSN", b'! U1 getvar "')
        return any(whole.startswith(head) for whole in beginnings) or (head.startswith(b'! U1 getvar "') and len(head) < 80)

    def _receive(self, label: bytes, now_us: int) -> list[Answer]:
        self.note("received", bytes=len(label), commands=[found.decode("ascii") for found in _COMMAND.findall(label)])
        if self.fault == "black_hole":
            return []
        if self.fault not in ("swallowed", "lost_before_print"):
            self._waiting.append(label)
            self._ready_us = max(self._ready_us, now_us + self.print_us)
        return [Answer(b"", now_us, hang_up=True)] if self.fault.startswith("lost_") else []

    def _print(self, label: bytes) -> None:
        self.printed += 1
        self.odometer += 2 if self.fault == "counts_twice" else 1
        path = self.folder / f"label-{self.printed:03}.png"
        (self.folder / f"label-{self.printed:03}.zpl").write_bytes(label)
        picture = picture_of(label)
        if picture is not None:
            picture.save(path)
        self.note("printed", n=self.printed, file=path.name, understood=picture is not None)

    def _answered(self, question: re.Match[bytes], now_us: int) -> list[Answer]:
        said = self._said(question)
        self.note("asked", question=question.group().decode("ascii").strip(), answer=said.decode("latin-1"), fault=self.fault)
        match self.fault:
            case "black_hole":
                return []
            case "garbled":
                return [Answer(said.replace(b",", b";").replace(b"0", b"\xb0"), now_us)]
            case "partial":
                return [Answer(said[: len(said) // 2], now_us)]
            case "endless":
                return [Answer(said.replace(b"\x03", b"") * 400, now_us)]
            case "late":
                return [Answer(said, now_us + LATE_US)]
            case "unasked":
                return [Answer(said, now_us), Answer(b"!" + said, now_us)]
        return [Answer(said, now_us)]

    def _said(self, question: re.Match[bytes]) -> bytes:
        match question.group()[:5]:
            case b"~HS":
                return self._status()
            case b"~HI":
                model = "ZT411-203dpi" if self.fault == "wrong_model" else self.identity.model
                return f"\x02{model},{self.identity.firmware},{self.dots_per_mm},8192KB\x03\r\n".encode("ascii")
            case b"~HQSN":
                serial = "D2J999999999" if self.fault == "wrong_serial" else self.identity.serial_number
                return f"\x02\r\n  SERIAL NUMBER\r\n  {serial}\r\n\r\n\x03\r\n".encode("ascii")
        if question.group(1) == b"odometer.total_label_count" and self.fault != "no_odometer":
            return f'"{self.odometer}"'.encode("ascii")
        return b'"?"'

    def _status(self) -> bytes:
        on = {fault: int(self.fault == fault) for fault in STATUS_FAULTS}
        paper = int(self.fault == "paper_out" or (self.fault == "paper_out_while_printing" and bool(self._waiting)))
        waiting = len(self._waiting)
        first = f"030,{paper},{on['paused']},0640,{waiting:03},{on['buffer_full']},0,0,000,0,{on['too_cold']},{on['too_hot']}"
        second = f"000,0,{on['head_open']},{on['ribbon_out']},1,2,4,0,{waiting:08},1,000"
        return "".join(f"\x02{text}\x03\r\n" for text in (first, second, "1234,0")).encode("ascii")


def picture_of(label: bytes) -> Any:
    """The picture in a label, None where it holds none that is whole: its check sum and its size are right."""
    from PIL import Image

    found = _GRAPHIC.search(label)
    if found is None:
        return None
    total, count, per_row = (int(found.group(n)) for n in (1, 2, 3))
    try:
        data = zlib.decompress(base64.b64decode(found.group(4), validate=True))
    except (ValueError, zlib.error):
        return None
    right = binascii.crc_hqx(found.group(4), 0) == int(found.group(5), 16)
    if not right or total != count or len(data) != total or not per_row or total % per_row:
        return None
    return Image.frombytes("1", (per_row * 8, total // per_row), bytes(byte ^ 0xFF for byte in data))

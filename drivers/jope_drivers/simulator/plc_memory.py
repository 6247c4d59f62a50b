"""The simulated PLC's memory, its process values, and its answers to requests, one PDU in and one out."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from jope_drivers.simulator.plc_map import FIRST_PATTERN, FIRST_PATTERN_COIL, PATTERN_COUNT

SECOND_US: Final = 1_000_000
OBJECTS_PER_ANSWER: Final = 3
"""So few identification objects fit into one answer of this PLC; more follow in the next."""

SpyLog = Callable[[str, int, list[int], bytes], None]
"""(table, first address, values, the request) of each write that was carried out."""


class RefusedError(Exception):
    """The PLC answers with an exception of this code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exception {code}")
        self.code = code


@dataclass(slots=True)
class PlcData:
    """What the PLC says of itself, and by which functions: ``answer``, ``refuse`` or ``silent``."""

    serial_number: str = "MX-2041-0077"
    firmware: str = "2.4.1"
    objects: dict[int, str] = field(
        default_factory=lambda: {
            0: "Jope Simulation",
            1: "MX-PLC",
            3: "https://plc.example",
            4: "Mixing vessel",
            5: "MX 2041",
            6: "Vessel 3",
        }
    )
    identification: str = "answer"
    server_id: str = "answer"


class PlcMemory:
    """Four tables. An address that is not in its table does not exist."""

    def __init__(self, data: PlcData, *, seed: int, spy: SpyLog) -> None:
        self.data = data
        self.frozen = False
        """Process values stand still."""
        self.acknowledges = True
        """Whether the PLC copies the request counter to the acknowledge counter."""
        self.failing: dict[int, int] = {}
        """Holding or input address -> the exception with which every read of it is answered."""
        self.deaf: set[int] = set()
        """Holding registers that take a write with success and keep what they have."""
        self._random = random.Random(seed)
        self._spy = spy
        self._now_us = 0
        self._acknowledge_us = 0
        pattern = {address: address for address in range(FIRST_PATTERN, FIRST_PATTERN + PATTERN_COUNT)}
        self.coils: dict[int, int] = dict.fromkeys(range(16), 0) | {
            address: address & 1 for address in range(FIRST_PATTERN_COIL, FIRST_PATTERN_COIL + PATTERN_COUNT)
        }
        self.discrete: dict[int, int] = dict.fromkeys(range(8), 1)
        self.input: dict[int, int] = dict.fromkeys(range(17), 0) | dict(pattern)
        self.holding: dict[int, int] = dict.fromkeys((*range(3), *range(10, 18), 30, 31, *range(100, 108)), 0) | dict(pattern)
        self._temperature, self._speed, self._energy = 21.0, 0.0, 1_204_551.0
        self._put(self.holding, 0, struct.pack(">Hf", 1200, 37.5))
        self._put(self.holding, 10, b"CREAM BASE 12".ljust(16, b"\0"))
        self.coils[0] = 1
        self._answers: Mapping[int, Callable[[bytes], bytes | None]] = {
            1: lambda pdu: self._read_bits(pdu, self.coils),
            2: lambda pdu: self._read_bits(pdu, self.discrete),
            3: lambda pdu: self._read_registers(pdu, self.holding),
            4: lambda pdu: self._read_registers(pdu, self.input),
            5: self._write_coil,
            6: self._write_register,
            15: self._write_coils,
            16: self._write_registers,
            17: self._server_id,
            43: self._identification,
        }
        self.advance(0)

    def answer(self, pdu: bytes) -> bytes | None:
        """The answer to a request, None where the PLC stays silent."""
        answer = self._answers.get(pdu[0])
        try:
            if answer is None:
                raise RefusedError(1)
            return answer(pdu)
        except RefusedError as refused:
            return bytes((pdu[0] | 0x80, refused.code))
        except (struct.error, IndexError):
            return bytes((pdu[0] | 0x80, 3))

    # --- the process -------------------------------------------------------------------------------------------------

    def advance(self, now_us: int) -> None:
        """Let time pass: the mixer follows its setpoint, the vessel warms, counters count."""
        seconds = (now_us - self._now_us) / SECOND_US if self._now_us else 0.0
        self._now_us = now_us
        if self._acknowledge_us and now_us >= self._acknowledge_us:
            self.holding[31] = self.holding[30]
            self._acknowledge_us = 0
        self._put(self.holding, 100, self.data.serial_number.encode("ascii").ljust(16, b"\0")[:16])
        if self.frozen:
            return
        wanted_speed = self.holding[0] / 10 if self.coils[0] else 0.0
        (wanted_temperature,) = struct.unpack(">f", struct.pack(">HH", self.holding[1], self.holding[2]))
        self._speed += (wanted_speed - self._speed) * min(1.0, seconds / 2)
        self._temperature += (wanted_temperature - self._temperature) * min(1.0, seconds / 60)
        torque = 4 + self._speed * 0.06 + self._random.gauss(0, 0.05)
        self._energy += torque * self._speed * 0.1047 * seconds / 3600
        speed = max(0.0, self._speed + self._random.gauss(0, 0.3))
        pressure = 2.013 + self._random.gauss(0, 0.002)
        flow = self._speed * 1.5 + self._random.gauss(0, 0.1)
        running = int(self._speed > 1) | self.discrete[0] << 1
        cycles = now_us // (60 * SECOND_US)
        self._put(self.input, 0, struct.pack(">Hh", round(speed * 10), round(torque * 100)))
        self._put(self.input, 2, struct.pack(">f", self._temperature + self._random.gauss(0, 0.02)))
        self._put(self.input, 4, struct.pack(">iIHQ", round(pressure * 1000), cycles & 0xFFFFFFFF, running, int(self._energy)))
        words = struct.unpack(">4H", struct.pack(">d", flow))
        self.input |= {13 + at: word for at, word in enumerate(reversed(words))}

    def _put(self, table: dict[int, int], address: int, data: bytes) -> None:
        for at in range(0, len(data), 2):
            table[address + at // 2] = int.from_bytes(data[at : at + 2])

    # --- functions ---------------------------------------------------------------------------------------------------

    def _span(self, pdu: bytes, table: Mapping[int, int], most: int) -> range:
        address, count = struct.unpack_from(">HH", pdu, 1)
        if not 1 <= count <= most:
            raise RefusedError(3)
        span = range(address, address + count)
        if any(at not in table for at in span):
            raise RefusedError(2)
        return span

    def _read_bits(self, pdu: bytes, table: Mapping[int, int]) -> bytes:
        bits = [table[at] for at in self._span(pdu, table, 2000)]
        packed = bytes(sum(bit << place for place, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits), 8))
        return bytes((pdu[0], len(packed))) + packed

    def _read_registers(self, pdu: bytes, table: Mapping[int, int]) -> bytes:
        span = self._span(pdu, table, 125)
        for at in span:
            if at in self.failing:
                raise RefusedError(self.failing[at])
        return struct.pack(f">BB{len(span)}H", pdu[0], len(span) * 2, *(table[at] for at in span))

    def _write_coil(self, pdu: bytes) -> bytes:
        address, value = struct.unpack(">HH", pdu[1:])
        if value not in (0, 0xFF00):
            raise RefusedError(3)
        self._write(self.coils, "coil", address, [int(value != 0)], pdu)
        return pdu

    def _write_register(self, pdu: bytes) -> bytes:
        address, value = struct.unpack(">HH", pdu[1:])
        self._write(self.holding, "holding", address, [value], pdu)
        return pdu

    def _write_coils(self, pdu: bytes) -> bytes:
        span = self._span(pdu, self.coils, 1968)
        data = pdu[6:]
        if pdu[5] != (len(span) + 7) // 8 or len(data) != pdu[5]:
            raise RefusedError(3)
        self._write(self.coils, "coil", span.start, [data[at >> 3] >> (at & 7) & 1 for at in range(len(span))], pdu)
        return pdu[:5]

    def _write_registers(self, pdu: bytes) -> bytes:
        span = self._span(pdu, self.holding, 123)
        if pdu[5] != len(span) * 2:
            raise RefusedError(3)
        self._write(self.holding, "holding", span.start, list(struct.unpack(f">{len(span)}H", pdu[6:])), pdu)
        return pdu[:5]

    def _write(self, table: dict[int, int], name: str, address: int, values: list[int], pdu: bytes) -> None:
        if any(at not in table for at in range(address, address + len(values))):
            raise RefusedError(2)
        table |= {address + at: value for at, value in enumerate(values) if address + at not in self.deaf}
        self._spy(name, address, values, pdu)
        if table is self.holding and address <= 30 < address + len(values) and self.acknowledges:
            self._acknowledge_us = self._now_us + SECOND_US // 10

    def _server_id(self, pdu: bytes) -> bytes | None:
        if not self._allowed(self.data.server_id):
            return None
        running = 0xFF if self.coils[0] else 0
        said = bytes((0x4D, running)) + f"MX-PLC {self.data.firmware}".encode("ascii")
        return bytes((pdu[0], len(said))) + said

    def _identification(self, pdu: bytes) -> bytes | None:
        if not self._allowed(self.data.identification):
            return None
        kind, category, first = pdu[1:4]
        if kind != 14 or category not in (1, 2, 4):
            raise RefusedError(3)
        objects = {**self.data.objects, 2: self.data.firmware}
        numbers = sorted(number for number in objects if first <= number <= {1: 2, 2: 6, 4: first}[category])
        if not numbers:
            raise RefusedError(2)
        here, rest = numbers[:OBJECTS_PER_ANSWER], numbers[OBJECTS_PER_ANSWER:]
        more = (0xFF, rest[0]) if rest else (0, 0)
        texts = [(number, objects[number].encode("ascii")) for number in here]
        return bytes((43, 14, category, 0x82, *more, len(here))) + b"".join(bytes((n, len(text))) + text for n, text in texts)

    def _allowed(self, way: str) -> bool:
        if way == "refuse":
            raise RefusedError(1)
        return way == "answer"

"""What the simulated PLC can be told to do wrong: seven network faults and nine ways to lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NETWORK_FAULTS: Final = frozenset({"", "refused", "black_hole", "half_open", "slow", "reset", "garbage"})
"""``half_open``: the other side has gone without a word; what is sent is taken by the network and read by nobody."""

LIES: Final = frozenset(
    {
        *("short_data", "wrong_function", "wrong_unit", "wrong_transaction", "wrong_byte_count", "empty_success"),
        *("late", "duplicate", "bad_crc"),
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as it leaves: perhaps another PDU, unit, transaction and checksum, perhaps later, perhaps twice."""

    pdu: bytes
    unit_shift: int = 0
    transaction_shift: int = 0
    copies: int = 1
    delay_seconds: float = 0.0
    spoil_crc: bool = False


class Liar:
    """Turns some of the next answers into lies."""

    def __init__(self) -> None:
        self.in_order = True
        """Whether a late answer holds up the answers behind it, as a device that works off its requests one by one does."""
        self.told = 0
        """How many lies went out."""
        self._kind = ""
        self._left = 0
        self._every = 1
        self._delays: tuple[float, ...] = ()
        self._count = 0

    def order(self, kind: str, *, answers: int, every: int, delays: tuple[float, ...], in_order: bool) -> None:
        """Make each ``every``-th of the next answers a lie, ``answers`` in all; -1 for no end. ``kind`` may be empty: no more lies."""
        if kind and kind not in LIES:
            raise ValueError(f"kind must be one of {sorted(LIES)}")
        self._kind, self._left, self._every, self._delays, self.in_order = kind, answers, every, delays, in_order
        self._count = self.told = 0

    def tell(self, pdu: bytes) -> Told:
        """The answer as it goes out."""
        if not self._kind or self._left == 0:
            return Told(pdu)
        self._count += 1
        if self._count % self._every:
            return Told(pdu)
        self._left -= 1
        self.told += 1
        return self._lie(pdu)

    def _lie(self, pdu: bytes) -> Told:
        told = {
            # Consistent in itself: fewer registers than asked for, with the byte count to match.
            "short_data": Told(bytes((pdu[0], max(pdu[1] - 2, 0))) + pdu[2:-2]),
            "wrong_function": Told(bytes((pdu[0] ^ 7,)) + pdu[1:]),
            "wrong_byte_count": Told(bytes((pdu[0], (pdu[1] + 2) & 0xFF)) + pdu[2:]),
            "empty_success": Told(bytes((pdu[0], 0))),
            "wrong_unit": Told(pdu, unit_shift=1),
            "wrong_transaction": Told(pdu, transaction_shift=-300),
            "late": Told(pdu, delay_seconds=self._delays[self.told % len(self._delays)] if self._delays else 1.5),
            "duplicate": Told(pdu, copies=2),
            "bad_crc": Told(pdu, spoil_crc=True),
        }
        return told[self._kind]

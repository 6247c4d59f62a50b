"""Whose events lie where in the trail: a bit for each event of each complete tile, and the events themselves after the last tile.

Who did it is asked by people who read, not by the program that writes. An index on it cost each commit a page, and the pages of a commit are most of its
time; the bits are written 256 events at a time, say how many events somebody has without reading one, and are read at 256 events a row (docs/adr/0033).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from jope.compliance.audit.merkle import TILE_WIDTH

_WORDS: Final = 4
_WORD_BITS: Final = 64
_MASK: Final = 2**_WORD_BITS - 1


def _word(number: int) -> str:
    return f"sum(CASE (seq - 1) / {_WORD_BITS} % {_WORDS} WHEN {number} THEN 1 << ((seq - 1) % {_WORD_BITS}) ELSE 0 END)"


BITS: Final = ", ".join(_word(number) for number in range(_WORDS))
"""The four words of the events of one tile and actor, as an aggregate over ``audit``."""
DUE_TILES: Final = (
    f"SELECT json_extract(body, '$.actor'), (seq - 1) / {TILE_WIDTH} + 1, {BITS} FROM audit"
    f" WHERE json_valid(body) AND seq <= (SELECT count(*) FROM audit) / {TILE_WIDTH} * {TILE_WIDTH} GROUP BY 1, 2"
)
"""What the bodies of a trail say that ``audit_actor_tile`` must hold."""
STORED_TILES: Final = "SELECT actor, n, w0, w1, w2, w3 FROM audit_actor_tile"
_OF_ACTOR: Final = "SELECT n, w0, w1, w2, w3 FROM audit_actor_tile WHERE actor = ? ORDER BY n DESC"
_AFTER: Final = (
    f"SELECT seq FROM audit WHERE seq > (SELECT coalesce(max(n), 0) FROM audit_span) * {TILE_WIDTH} AND actor = ? ORDER BY seq DESC"
)

Execute = Callable[[str, Sequence[Any]], Iterable[Sequence[Any]]]


class EventsOfActor:
    """The numbers of the events that somebody did, as bits.

    Args:
        execute: runs a SELECT. What a reader may not see stays in the bits; whoever is bound to a line looks each number up in their own view.
        actor: the employee id, or the station's.
    """

    def __init__(self, execute: Execute, actor: str) -> None:
        self._after = [int(seq) for (seq,) in execute(_AFTER, (actor,))]
        self._newest = frozenset(self._after)
        self._tiles = {int(n): _joined(words) for n, *words in execute(_OF_ACTOR, (actor,))}

    def __len__(self) -> int:
        return len(self._after) + sum(bits.bit_count() for bits in self._tiles.values())

    def __contains__(self, seq: int) -> bool:
        tile, bit = divmod(seq - 1, TILE_WIDTH)
        return seq in self._newest or bool(self._tiles.get(tile + 1, 0) >> bit & 1)

    def newest_first(self, first: int, last: int) -> Iterator[int]:
        """Their numbers between two numbers, both included."""
        yield from (seq for seq in self._after if first <= seq <= last)
        for n, bits in self._tiles.items():
            before = (n - 1) * TILE_WIDTH
            if before >= last or before + TILE_WIDTH < first:
                continue
            left = bits
            while left:
                bit = left.bit_length()
                left ^= 1 << (bit - 1)
                if first <= before + bit <= last:
                    yield before + bit


def _joined(words: Iterable[int]) -> int:
    """256 bits of four signed words, the lowest first."""
    return sum((int(word) & _MASK) << (_WORD_BITS * place) for place, word in enumerate(words))

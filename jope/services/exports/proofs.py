"""Inclusion proofs for many events of one tree (RFC 6962, section 2.1.1).

The leaves of a tile are read once and its inner nodes made once, whatever the number of proofs that pass through it; the nodes above come from the
stored roots of tiles, each made once. A proof in a tree of a million events is 20 nodes.
"""

from __future__ import annotations

from typing import Any, Final

from jope.compliance.audit.merkle import TILE_WIDTH, inclusion_proof, node_of, split_of
from jope.compliance.audit.tree import TreeReader

_LEAVES: Final = "SELECT leaf FROM audit WHERE seq > ? AND seq <= ? ORDER BY seq"


class ManyProofs:
    """Proofs in the tree over the first ``size`` events. Asked in the order of the trail, each tile is read once."""

    def __init__(self, cursor: Any, size: int) -> None:
        self.size = size
        self._cursor = cursor
        self._above = TreeReader(cursor, size)
        self._levels: list[list[bytes]] = []
        """The complete nodes inside the open tile: leaves first, then each level above them."""
        self._tile = -1
        self._others: dict[tuple[int, int], bytes] = {}
        """The nodes outside it that were asked for."""

    def of(self, seq: int) -> list[bytes]:
        """The audit path of event ``seq`` (from 1), lowest node first.

        Raises:
            ValueError: there is no such event.
        """
        tile = (seq - 1) // TILE_WIDTH
        if tile != self._tile:
            self._open(tile)
        return inclusion_proof(seq - 1, self.size, self._subtree)

    def root(self) -> bytes:
        """The root of the tree."""
        return self._above.root()

    def _subtree(self, start: int, end: int) -> bytes:
        if start // TILE_WIDTH == (end - 1) // TILE_WIDTH == self._tile:
            return self._node(start, end)
        found = self._others.get((start, end))
        if found is None:
            found = self._others[start, end] = self._above.subtree(start, end)
        return found

    def _open(self, tile: int) -> None:
        start = tile * TILE_WIDTH
        level = [bytes(leaf) for (leaf,) in self._cursor.execute(_LEAVES, (start, min(start + TILE_WIDTH, self.size))).fetchall()]
        self._levels = [level]
        while len(level) > 1:
            level = [
                node_of(left, right) for left, right in zip(level[::2], level[1::2], strict=False)
            ]  # an odd last one waits for its sibling
            self._levels.append(level)
        self._tile = tile

    def _node(self, start: int, end: int) -> bytes:
        """A node inside the open tile: a complete one from its level, one at the right edge of the tree from two."""
        width = end - start
        if not width & (width - 1):
            height = width.bit_length() - 1
            return self._levels[height][(start - self._tile * TILE_WIDTH) >> height]
        middle = start + split_of(width)
        return node_of(self._node(start, middle), self._node(middle, end))

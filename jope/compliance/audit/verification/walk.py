"""The tree built anew from the leaves of a stored trail, with its root at each tile and at each size that somebody signed."""

from __future__ import annotations

from collections.abc import Iterable

from jope.compliance.audit.merkle import TILE_WIDTH, Frontier, node_of
from jope.compliance.audit.verification.evidence import Evidence


class TreeWalk:
    """Takes leaves in order. Whoever feeds it appends to ``pending`` and calls ``close`` each time ``stop`` leaves were fed since the beginning.

    A tile without a wanted size inside is built level by level, which takes a third of the time of leaf by leaf.
    """

    def __init__(self, sizes: Iterable[int], frontier: Frontier | None = None) -> None:
        self.pending: list[bytes] = []
        self.tiles: list[bytes] = []
        """The root of each complete tile, in order."""
        self.roots: dict[int, bytes] = {}
        """The root of the tree at each wanted size that it reached."""
        self.tree = frontier if frontier is not None else Frontier()
        self._tile: list[bytes] = []
        self._sizes = sorted((size for size in set(sizes) if size > self.tree.size), reverse=True)
        self.stop = self._next()

    def close(self) -> int:
        """Put the pending leaves into the tree. Returns the next stop."""
        whole = self.tree.size % TILE_WIDTH == 0 and len(self.pending) == TILE_WIDTH
        if whole:
            tile: bytes | None = by_levels(self.pending)
            assert tile is not None
            self.tree.append_tile(tile)
        else:
            tile = None
            for leaf in self.pending:
                tile = self.tree.append(leaf) or tile
        self.pending.clear()
        if tile is not None:
            self.tiles.append(tile)
        if self._sizes and self._sizes[-1] == self.tree.size:
            self.roots[self._sizes.pop()] = self.tree.root()
        self.stop = self._next()
        return self.stop

    def finish(self) -> bytes:
        """Put in what is still pending. Returns the root over all leaves."""
        for leaf in self.pending:
            self.tree.append(leaf)
        self.pending.clear()
        return self.tree.root()

    def _next(self) -> int:
        end = (self.tree.size // TILE_WIDTH + 1) * TILE_WIDTH
        return min(end, self._sizes[-1]) if self._sizes else end


def by_levels(leaves: list[bytes]) -> bytes:
    """The root over a power of two of leaves, level by level."""
    while len(leaves) > 1:
        leaves = [node_of(left, right) for left, right in zip(leaves[::2], leaves[1::2], strict=True)]
    return leaves[0]


def noted_sizes(evidence: Evidence) -> set[int]:
    """The sizes that the store's checkpoints and the given anchors name."""
    stored = {int(size) for (size,) in evidence.rows("SELECT size FROM checkpoint WHERE typeof(size) = 'integer'")}
    return {size for size in stored | {anchor.size for anchor in evidence.anchors} if size > 0}


def walked(evidence: Evidence) -> TreeWalk:
    """The tree of this evidence, as the chain layer left it or walked now."""
    walk = evidence.memory.get("roots")
    if isinstance(walk, TreeWalk):
        return walk
    walk = TreeWalk(noted_sizes(evidence))
    stop = walk.stop
    for count, (leaf,) in enumerate(evidence.rows("SELECT leaf FROM audit ORDER BY seq"), start=1):
        walk.pending.append(leaf)
        if count == stop:
            stop = walk.close()
    evidence.memory["roots"] = walk
    return walk

"""The tree over the stored trail: carried on with each commit, read back for roots and proofs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jope.compliance.audit.actors import BITS
from jope.compliance.audit.merkle import TILE_WIDTH, Frontier, consistency_proof, inclusion_proof, node_of, root_of, split_of

_INSERT = "INSERT INTO audit_tile (n, root) VALUES (?, ?)"
_INSERT_SPAN = (
    "INSERT INTO audit_span (n, first_utc, last_utc) SELECT ?1, min(json_extract(body, '$.utc')), max(json_extract(body, '$.utc')) FROM audit"
    f" WHERE seq > (?1 - 1) * {TILE_WIDTH} AND seq <= ?1 * {TILE_WIDTH}"
)
_INSERT_ACTORS = (
    f"INSERT INTO audit_actor_tile (actor, n, w0, w1, w2, w3) SELECT actor, ?1, {BITS} FROM audit"
    f" WHERE seq > (?1 - 1) * {TILE_WIDTH} AND seq <= ?1 * {TILE_WIDTH} GROUP BY actor"
)
_TILES = "SELECT root FROM audit_tile ORDER BY n"
_LEAVES = "SELECT leaf FROM audit WHERE seq > ? AND seq <= ? ORDER BY seq"


@dataclass(slots=True)
class GrowingTree:
    """The tree as one unit of work carries it on. A copy goes into each, and takes the original's place when the commit stands."""

    frontier: Frontier = field(default_factory=Frontier)
    stored: int = 0
    """How many tiles the store holds."""
    due: list[bytes] = field(default_factory=list)
    """Roots of complete tiles that the store does not hold yet."""

    @classmethod
    def load(cls, cursor: Any, size: int) -> GrowingTree:
        """The tree over the first ``size`` events, from the tiles and the leaves after them."""
        tree = cls()
        for (root,) in cursor.execute(_TILES).fetchall():
            if (tree.stored + 1) * TILE_WIDTH <= size:
                tree.frontier.append_tile(root)
                tree.stored += 1
        for (leaf,) in cursor.execute(_LEAVES, (tree.frontier.size, size)).fetchall():
            tree.append(leaf)
        return tree

    def append(self, leaf: bytes) -> None:
        """Add a leaf."""
        tile = self.frontier.append(leaf)
        if tile is not None:
            self.due.append(tile)

    def store(self, cursor: Any) -> int:
        """Store the tiles that are due, each with the times it lies between and whose events are in it. Returns how many rows that took."""
        due, self.due, rows = self.due, [], 0
        for root in due:
            self.stored += 1
            cursor.execute(_INSERT, (self.stored, root))
            rows += cursor.execute(_INSERT_ACTORS, (self.stored,)).rowcount
            cursor.execute(_INSERT_SPAN, (self.stored,))
        return 2 * len(due) + rows

    def copy(self) -> GrowingTree:
        """An independent tree over the same leaves."""
        return GrowingTree(self.frontier.copy(), self.stored, list(self.due))


class TreeReader:
    """Roots and proofs over the first ``size`` events of a stored trail. Reads the tile roots once, and the leaves of a tile when it is asked about.

    It trusts tiles and leaves as they stand: what it gives out is checked by whoever checks the proof.
    """

    def __init__(self, cursor: Any, size: int) -> None:
        self.size = size
        self._cursor = cursor
        self._tiles = [bytes(root) for (root,) in cursor.execute(_TILES).fetchall()][: size // TILE_WIDTH]
        self._above: dict[tuple[int, int], bytes] = {}

    def root(self, size: int | None = None) -> bytes:
        """The root over the first events; all of ``size`` by default."""
        end = self.size if size is None else size
        return self.subtree(0, end) if end else root_of([])

    def inclusion(self, seq: int) -> list[bytes]:
        """The audit path of event ``seq`` (from 1).

        Raises:
            ValueError: there is no such event.
        """
        return inclusion_proof(seq - 1, self.size, self.subtree)

    def consistency(self, old: int) -> list[bytes]:
        """The proof that the first ``old`` events are the beginning of these.

        Raises:
            ValueError: there are not that many.
        """
        return consistency_proof(old, self.size, self.subtree)

    def subtree(self, start: int, end: int) -> bytes:
        """The root over leaves ``start`` to ``end`` (from 0, exclusive)."""
        width = end - start
        if width < TILE_WIDTH or start % TILE_WIDTH:
            return root_of([bytes(leaf) for (leaf,) in self._cursor.execute(_LEAVES, (start, end)).fetchall()])
        if width == TILE_WIDTH and start // TILE_WIDTH < len(self._tiles):
            return self._tiles[start // TILE_WIDTH]
        if width == TILE_WIDTH:
            return root_of([bytes(leaf) for (leaf,) in self._cursor.execute(_LEAVES, (start, end)).fetchall()])
        found = self._above.get((start, end))
        if found is None:
            middle = start + split_of(width)
            found = self._above[start, end] = node_of(self.subtree(start, middle), self.subtree(middle, end))
        return found

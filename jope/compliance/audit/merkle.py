"""The Merkle tree over the leaves of the trail (RFC 6962, section 2.1). No I/O.

Rules:

1. The leaves are those of ``ledger.leaf_of``: ``SHA256(0x00 || body)``, the leaf hash of RFC 6962. A node is ``SHA256(0x01 || left || right)``.
2. Every 256 leaves make a tile. The root of a complete tile is kept (table ``audit_tile``); the tree above it is built from tile roots, the part below from
   the leaves themselves, so that a proof reads one tile and the roots.
3. An inclusion proof shows that a leaf is under a root, a consistency proof that one tree is the beginning of another (sections 2.1.1 and 2.1.2). Both are
   checked here by the algorithms of RFC 9162, sections 2.1.3.2 and 2.1.4.2, which share no code with those that make them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def node_of(left: bytes, right: bytes) -> bytes:
    """The node over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Frontier:
    """The right edge of a growing tree: the roots of its complete subtrees, largest first. 32 bytes for each 1 in the binary size."""

    size: int = 0
    roots: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> bytes | None:
        """Add a leaf. Returns the root of the tile that it completes, else None."""
        node, height, tile, size = leaf, 0, None, self.size
        while size & 1:
            node = node_of(self.roots.pop(), node)
            height, size = height + 1, size >> 1
            if height == TILE_HEIGHT:
                tile = node
        self.roots.append(node)
        self.size += 1
        return tile

    def append_tile(self, root: bytes) -> None:
        """Add a complete tile by its root; the size must be a whole number of tiles.

        Raises:
            ValueError: it is not.
        """
        if self.size % TILE_WIDTH:
            raise ValueError("a tile goes onto a whole number of tiles")
        node, size = root, self.size >> TILE_HEIGHT
        while size & 1:
            node, size = node_of(self.roots.pop(), node), size >> 1
        self.roots.append(node)
        self.size += TILE_WIDTH

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        if not self.roots:
            return EMPTY_ROOT
        node = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            node = node_of(left, node)
        return node

    def copy(self) -> Frontier:
        """An independent frontier of the same tree."""
        return Frontier(self.size, list(self.roots))


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over some leaves."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


Subtree = Callable[[int, int], bytes]
"""The root over leaves ``start`` to ``end`` (exclusive, from 0)."""


def split_of(width: int) -> int:
    """The largest power of two below a width of at least 2."""
    return 1 << (width - 1).bit_length() - 1


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The audit path of a leaf (from 0) in a tree of ``size`` leaves, lowest node first.

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path, start, end = list[bytes](), 0, size
    while end - start > 1:
        middle = start + split_of(end - start)
        if index < middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start = middle
    return path[::-1]


def consistency_proof(old: int, size: int, subtree: Subtree) -> list[bytes]:
    """The proof that the tree of ``old`` leaves is the beginning of that of ``size`` leaves.

    Raises:
        ValueError: the old tree is empty or larger.
    """
    if not 0 < old <= size:
        raise ValueError(f"a tree of {old} leaves is not the beginning of one of {size}")
    path, start, end, whole = list[bytes](), 0, size, True
    while old != end:
        middle = start + split_of(end - start)
        if old <= middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start, whole = middle, False
    if not whole:
        path.append(subtree(start, end))
    return path[::-1]


def includes(root: bytes, size: int, index: int, leaf: bytes, path: Sequence[bytes]) -> bool:
    """Whether a path proves that ``leaf`` is the leaf ``index`` under ``root`` (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = node_of(sibling, node)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            node = node_of(node, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and node == root


def extends(old_root: bytes, old: int, root: bytes, size: int, path: Sequence[bytes]) -> bool:
    """Whether a path proves that the tree of ``old`` leaves is the beginning of that of ``size`` (RFC 9162, section 2.1.4.2)."""
    if old == size:
        return not path and old_root == root
    if not 0 < old < size:
        return False
    nodes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not nodes:
        return False
    position, last = old - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            first, second = node_of(node, first), node_of(node, second)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            second = node_of(second, node)
        position, last = position >> 1, last >> 1
    return last == 0 and first == old_root and second == root

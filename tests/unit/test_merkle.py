"""The tree equals RFC 6962's own recursive definition, and its proofs hold exactly where they must."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

import pytest

from jope.compliance.audit.merkle import (
    EMPTY_ROOT,
    TILE_WIDTH,
    Frontier,
    consistency_proof,
    extends,
    includes,
    inclusion_proof,
    root_of,
)


def _leaves(count: int) -> list[bytes]:
    return [hashlib.sha256(b"\x00" + str(n).encode()).digest() for n in range(count)]


def _by_definition(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, as it is written there."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + _by_definition(leaves[:split]) + _by_definition(leaves[split:])).digest()


@pytest.mark.req("C02", "A11d-20")
def test_roots_are_those_of_the_rfc() -> None:
    leaves = _leaves(600)
    frontier, tiles = Frontier(), Frontier()
    assert frontier.root() == EMPTY_ROOT == _by_definition([])
    for size, leaf in enumerate(leaves, start=1):
        tile = frontier.append(leaf)
        assert (tile is not None) == (size % TILE_WIDTH == 0)
        if tile is not None:
            assert tile == _by_definition(leaves[size - TILE_WIDTH : size])
            tiles.append_tile(tile)
            assert tiles.root() == frontier.root()
        if size < 70 or size % 37 == 0:
            assert frontier.root() == _by_definition(leaves[:size]) == root_of(leaves[:size])
    with pytest.raises(ValueError, match="whole number"):
        frontier.append_tile(leaves[0])


@pytest.mark.req("C02", "B01")
def test_the_known_answer_of_certificate_transparency() -> None:
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [hashlib.sha256(b"\x00" + bytes.fromhex(text)).digest() for text in inputs]
    assert root_of(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.req("C02", "A11d-20")
def test_inclusion_proofs_hold_for_their_leaf_and_for_nothing_else() -> None:
    random_ = random.Random(6962)
    leaves = _leaves(70)
    for size in range(1, 70):
        root = root_of(leaves[:size])
        for index in range(size):
            path = inclusion_proof(index, size, lambda a, b: root_of(leaves[a:b]))
            assert includes(root, size, index, leaves[index], path)
            other = random_.randrange(70)
            if other != index:
                assert not includes(root, size, index, leaves[other], path)
                assert not includes(root, size, other, leaves[index], path)
            assert not includes(root, size, index, leaves[index], [*path, leaves[0]])
            assert not includes(leaves[0] if size > 1 else leaves[1], size, index, leaves[index], path)
            for position in range(len(path)):
                broken = list(path)
                broken[position] = hashlib.sha256(b"not a node").digest()
                assert not includes(root, size, index, leaves[index], broken)
                assert not includes(root, size, index, leaves[index], path[:position])
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(3, 3, lambda a, b: b"")


@pytest.mark.req("C02", "A11d-20")
def test_consistency_proofs_hold_for_a_beginning_and_for_no_fork() -> None:
    leaves = _leaves(70)
    fork = [*leaves[:30], hashlib.sha256(b"fork").digest(), *leaves[31:]]
    for size in range(1, 70):
        root = root_of(leaves[:size])
        for old in range(1, size + 1):
            old_root = root_of(leaves[:old])
            path = consistency_proof(old, size, lambda a, b: root_of(leaves[a:b]))
            assert extends(old_root, old, root, size, path)
            if old < size:
                assert not extends(old_root, old, root, size, path[:-1])
                assert not extends(old_root, old, leaves[0], size, path)
            if old > 30:
                assert not extends(root_of(fork[:old]), old, root, size, path)
    for old, size in ((0, 3), (4, 3)):
        with pytest.raises(ValueError, match="not the beginning"):
            consistency_proof(old, size, lambda a, b: b"")
        assert not extends(leaves[0], old, leaves[0], size, [])

"""The head mark keeps one whole slot whatever happens to the other."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from jope.compliance.audit.head_mark import HeadMark, Mark

ORIGIN = "jope/L/1"


def _marked(path: Path, upto: int) -> list[Mark]:
    marks = [Mark(seq, bytes([seq % 256]) * 32) for seq in range(1, upto + 1)]
    head = HeadMark(path, ORIGIN)
    for mark in marks:
        head.write(mark)
    head.close()
    return marks


@pytest.mark.req("C02", "C03")
def test_the_newest_mark_is_read_and_written_on_from(tmp_path: Path) -> None:
    path = tmp_path / "head.mark"
    assert HeadMark(path, ORIGIN).read() is None
    for length in (1, 2, 3, 7):
        path.unlink(missing_ok=True)
        marks = _marked(path, length)
        again = HeadMark(path, ORIGIN)
        assert again.read() == marks[-1]
        again.write(Mark(99, b"z" * 32))
        again.close()
        assert HeadMark(path, ORIGIN).read() == Mark(99, b"z" * 32)
    assert HeadMark(path, "jope/OTHER/1").read() is None
    assert path.stat().st_mode & 0o077 == 0 or path.stat().st_mode == 0o100666


@pytest.mark.req("C02", "C03")
def test_a_write_that_was_cut_short_leaves_the_mark_before(tmp_path: Path) -> None:
    path = tmp_path / "head.mark"
    marks = _marked(path, 6)
    whole = path.read_bytes()
    newest_slot = 6 % 2
    size = len(whole) // 2
    for cut in range(size):
        torn = bytearray(whole)
        torn[newest_slot * size + cut :][: size - cut] = b"\x00" * (size - cut)
        torn[newest_slot * size + cut : (newest_slot + 1) * size] = b"\x00" * (size - cut)
        path.write_bytes(bytes(torn))
        assert HeadMark(path, ORIGIN).read() == marks[-2]


@pytest.mark.req("C02", "P04")
def test_no_flipped_bit_gives_a_mark_that_was_never_written(tmp_path: Path) -> None:
    path = tmp_path / "head.mark"
    marks = _marked(path, 9)
    whole = path.read_bytes()
    random_ = random.Random(3)
    for _ in range(3000):
        at = random_.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << random_.randrange(8))]) + whole[at + 1 :])
        assert HeadMark(path, ORIGIN).read() in marks[-2:]
    path.write_bytes(b"")
    assert HeadMark(path, ORIGIN).read() is None

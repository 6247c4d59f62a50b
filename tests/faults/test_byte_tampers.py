"""One byte of the store's file changed, anywhere: verification finds it, and never falls over it."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from jope.bootstrap import SIGNED_RECORDS
from jope.compliance.audit.verification.report import VerifyReport
from jope.kernel.settings.files import StationFolder
from jope.kernel.store.engine import PAGE_SIZE
from jope.kernel.store.schema import sealed_columns
from jope.services.qualification.verifying import verify_station

SHARDS = 4
ALL_LAYERS_OF = 1 if os.environ.get("JOPE_NIGHTLY") else 50
"""Of so many changed bytes one is changed alone and looked at by all layers; of the others the layer of the pages names each."""
AT_ONCE = 40
TAMPERS = 100_000 if os.environ.get("JOPE_NIGHTLY") else 10_000
Verify = Callable[[Path], VerifyReport]


def _verify(root: Path) -> VerifyReport:
    return verify_station(root, SIGNED_RECORDS, sealed_columns())


def _pages(root: Path) -> VerifyReport:
    """The layer that looks at pages alone."""
    return verify_station(root, SIGNED_RECORDS, sealed_columns(), layers=("integrity",))


@contextmanager
def tampered(root: Path, offsets: Sequence[int], random_: random.Random) -> Iterator[None]:
    """One bit of each of these bytes is changed for the length of a block."""
    with StationFolder(root).store.open("r+b", buffering=0) as file:
        before: list[bytes] = []
        for offset in offsets:
            file.seek(offset)
            before.append(file.read(1))
            file.seek(offset)
            file.write(bytes([before[-1][0] ^ (1 << random_.randrange(8))]))
        yield
        for offset, byte in zip(offsets, before, strict=True):
            file.seek(offset)
            file.write(byte)


def unnoticed(root: Path, offsets: Iterable[int], random_: random.Random, verify: Verify) -> list[int]:
    """The offsets whose changed byte was not found, each changed alone."""
    missed = []
    for offset in offsets:
        with tampered(root, [offset], random_):
            if verify(root).ok:
                missed.append(offset)
    return missed


def not_named(root: Path, offsets: list[int], random_: random.Random, verify: Verify = _pages) -> list[int]:
    """The offsets whose page no finding names. Up to ``AT_ONCE`` pages are changed at once, one byte in each: every page answers for itself."""
    left, missed = sorted(offsets), []
    while left:
        pages: dict[int, int] = {}
        for offset in left:
            if len(pages) < AT_ONCE:
                pages.setdefault(offset // PAGE_SIZE, offset)
        for offset in pages.values():
            left.remove(offset)
        with tampered(root, list(pages.values()), random_):
            told = " ".join(finding.message for finding in verify(root).findings)
        missed += [offset for page, offset in pages.items() if f"for page {page + 1}." not in told]
    return missed


@pytest.fixture(scope="session")
def sampled(released_batch: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy whose bytes are changed in place and put back."""
    root = tmp_path_factory.mktemp("tampered") / "station"
    shutil.copytree(released_batch, root)
    return root


@pytest.mark.req("P11-02", "C02")
@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_changed_byte_anywhere_is_found(sampled: Path, shard: int) -> None:
    """Every page is visited, its first and last bytes among them; the rest is drawn at random."""
    random_ = random.Random(50_000 + shard)
    size = StationFolder(sampled).store.stat().st_size
    page = PAGE_SIZE
    corners = [at for start in range(0, size, page) for at in (start, start + 15, start + 16, start + page - 1)]
    offsets = corners[shard::SHARDS]
    offsets += [random_.randrange(size) for _ in range(TAMPERS // SHARDS - len(offsets))]
    random_.shuffle(offsets)
    all_layers = len(offsets) // ALL_LAYERS_OF
    assert unnoticed(sampled, offsets[:all_layers], random_, _verify) == []
    opens = _pages_that_open(sampled, random_)
    by_page = [offset for offset in offsets[all_layers:] if offset // PAGE_SIZE in opens]
    alone = [offset for offset in offsets[all_layers:] if offset // PAGE_SIZE not in opens]
    assert len(by_page) >= len(alone)
    assert not_named(sampled, by_page, random_) == []
    assert unnoticed(sampled, alone, random_, _pages) == []
    assert _verify(sampled).ok


def _pages_that_open(root: Path, random_: random.Random) -> set[int]:
    """The pages without which the store opens all the same; the others hold its schema, and where one is damaged nothing else is looked at."""
    found = set()
    for page in range(StationFolder(root).store.stat().st_size // PAGE_SIZE):
        with tampered(root, [page * PAGE_SIZE + random_.randrange(PAGE_SIZE)], random_):
            report = _pages(root)
        assert not report.ok, f"a change in page {page + 1} went unnoticed"
        if f"for page {page + 1}." in report.findings[0].message:
            found.add(page)
    return found


@pytest.mark.req("P11-02")
def test_verification_changes_no_byte_of_the_copy(station_copy: Path) -> None:
    (station_copy / "station.lock").write_text("process 1 of somebody on another machine\n")
    for path in station_copy.rglob("*"):
        path.chmod(0o500 if path.is_dir() else 0o400)
    before = {path: path.read_bytes() for path in sorted(station_copy.rglob("*")) if path.is_file()}
    assert _verify(station_copy).ok
    after = {path: path.read_bytes() for path in sorted(station_copy.rglob("*")) if path.is_file()}
    for path in (station_copy, *station_copy.rglob("*")):
        path.chmod(0o700)
    assert after == before


@pytest.mark.req("P11-02")
def test_the_harness_goes_red_on_a_verifier_that_does_not_look(sampled: Path) -> None:
    honest, random_ = _verify(sampled), random.Random(1)
    assert unnoticed(sampled, [5000, 50_000], random_, lambda _root: honest) == [5000, 50_000]
    last = StationFolder(sampled).store.stat().st_size - 1
    assert not_named(sampled, [last], random_, lambda _root: honest) == [last]
    assert not_named(sampled, [last, last - 5], random_) == []
    with tampered(sampled, [last], random_):
        one_page = _pages(sampled)
    assert not_named(sampled, [last - PAGE_SIZE, last], random_, lambda _root: one_page) == [last - PAGE_SIZE]

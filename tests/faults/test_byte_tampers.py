"""One byte of the store's file changed, anywhere: verification finds it, and never falls over it."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
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
"""Of so many changed bytes one is looked at by all layers, the others by the layers of the pages first."""
TAMPERS = 100_000 if os.environ.get("JOPE_NIGHTLY") else 10_000
Verify = Callable[[Path], VerifyReport]


def _verify(root: Path) -> VerifyReport:
    return verify_station(root, SIGNED_RECORDS, sealed_columns())


def _verify_until_found(root: Path) -> VerifyReport:
    """The layer of pages first: what it finds needs no other layer."""
    pages = verify_station(root, SIGNED_RECORDS, sealed_columns(), layers=("integrity",))
    return _verify(root) if pages.ok else pages


def unnoticed(root: Path, offsets: list[int], random_: random.Random, verify: Verify) -> list[int]:
    """The offsets whose changed byte was not found; each byte is put back."""
    store = StationFolder(root).store
    missed = []
    with store.open("r+b", buffering=0) as file:
        for offset in offsets:
            file.seek(offset)
            byte = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([byte ^ (1 << random_.randrange(8))]))
            if verify(root).ok:
                missed.append(offset)
            file.seek(offset)
            file.write(bytes([byte]))
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
    all_layers = len(offsets) // ALL_LAYERS_OF
    random_.shuffle(offsets)
    assert unnoticed(sampled, offsets[:all_layers], random_, _verify) == []
    assert unnoticed(sampled, offsets[all_layers:], random_, _verify_until_found) == []
    assert _verify(sampled).ok


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
    honest = _verify(sampled)
    assert unnoticed(sampled, [5000, 50_000], random.Random(1), lambda _root: honest) == [5000, 50_000]

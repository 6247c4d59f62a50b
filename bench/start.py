"""A start on a long trail: the whole self-attestation (asked: 150 ms at 1,000,000 events), and 1,000 new rows since the last verification (5 ms)."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.grow import grown_station
from bench.measure import Report
from jope.bootstrap import HANDLER_MODULES
from jope.compliance.audit.tree import GrowingTree
from jope.compliance.audit.verification.evidence import Evidence
from jope.compliance.audit.verification.since import Verified, since_layer
from jope.compliance.commands import declarations_of
from jope.compliance.signatures.matrix import SignatureMatrix
from jope.compliance.signatures.rules import floors_of
from jope.kernel.clock import ClockQuality
from jope.kernel.crypto.keys import StationKeys
from jope.kernel.store.engine import EXPECTED_PRAGMAS, StoreLocation, connect
from jope.kernel.store.migrations import expected_schema
from jope.services.qualification.attestation.start import check_start

NEW_ROWS = 1000
ROUNDS = 9
_ROWS = "SELECT seq, body, leaf, prev, hash, sig FROM audit WHERE seq > ? ORDER BY seq"


def measure(ground: Path, *, events: int) -> Report:
    """Verify the newest rows, and attest, again and again on one connection."""
    folder = grown_station(ground / f"station-{events}", events)
    keys = StationKeys.load(folder.keys)
    connection = connect(StoreLocation(folder.store, keys.store))
    report = Report(f"start: a trail of {events} events", {})
    try:
        newest = connection.execute("SELECT max(seq) FROM audit").fetchone()[0]
        last = _verified(connection, newest - NEW_ROWS)
        evidence = Evidence(connection, folder.policy(), expected_schema(), frozenset(), None)
        bare = _timed(lambda: sum(1 for _ in evidence.rows(_ROWS, (last.seq,))))
        tree = _timed(lambda: GrowingTree.load(connection.cursor(), last.seq))
        new = _timed(lambda: _nothing_found(evidence, last))
        report.samples.update({"bare SELECT of 1,000 rows": bare, "1,000 new rows": new, "tree read from its tiles": tree})
        report.limit("1,000 new rows, beyond the reading of the tree", (statistics.median(new) - statistics.median(tree)) / 1e6, 5.0, "ms")
        connection.execute("BEGIN")  # taken back at the end: the other benchmarks verify this trail
        _remember(connection, _verified(connection, newest))
        whole = _timed(lambda: _attested(connection, folder))
        report.samples["self-attestation of a start"] = whole
        report.limit("self-attestation of a start", statistics.median(whole) / 1e6, 150.0, "ms")
        report.notes["tree read from its tiles, ms"] = round(statistics.median(tree) / 1e6, 2)
        report.notes["bare SELECT of 1,000 rows, ms"] = round(statistics.median(bare) / 1e6, 2)
        connection.execute("ROLLBACK")
    finally:
        connection.close()
    return report


def _verified(connection: Any, seq: int) -> Verified:
    hash_ = connection.execute("SELECT hash FROM audit WHERE seq = ?", (seq,)).fetchone()[0]
    return Verified(seq, bytes(hash_), GrowingTree.load(connection.cursor(), seq).frontier.root())


def _remember(connection: Any, verified: Verified) -> None:
    connection.execute(
        "INSERT INTO verification_run VALUES ('bench-' || random(), 0, 'start', 1, 2, 'ok', 0, ?, ?, ?, '{}', 1)",
        (verified.seq, verified.hash.hex(), verified.root.hex()),
    )


def _nothing_found(evidence: Evidence, last: Verified) -> None:
    evidence.memory.clear()
    for finding in since_layer(evidence, last):
        raise RuntimeError(f"the honest trail has a finding: {finding}")


def _attested(connection: Any, folder: Any) -> None:
    matrix = SignatureMatrix(floors_of(declarations_of(*HANDLER_MODULES)))
    matrix.load(connection.cursor())
    report = check_start(
        connection,
        pragmas=EXPECTED_PRAGMAS,
        not_refused=(),
        policy=folder.policy(),
        quality=ClockQuality.SYNCHRONISED,
        demo=True,
        matrix=matrix,
    )
    if not report.attestation.ok:
        raise RuntimeError(report.attestation.reason)


def _timed(work: Callable[[], Any]) -> list[int]:
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter_ns()
        work()
        taken.append(time.perf_counter_ns() - started)
    return taken

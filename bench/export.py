"""A record's export against a plain read of the same rows (asked: 2,000 events within 1.5 s, a proof of at most 1.2 KB), and its verification beside it."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.grow import grown_station
from bench.measure import Asked, Report
from jope.bootstrap import Station, open_station
from jope.compliance.identity.commands import SignIn
from jope.kernel.clock import Instant, SystemClock
from jope.kernel.crypto.keys import StationKeys
from jope.kernel.store.engine import StoreLocation, connect
from jope.services.exports.commands import ExportData, Scope
from jope.services.exports.verifier import verify
from jope.services.provisioning.demo_data import DEMO_PASSWORD

READ, EXPORT, VERIFY = "bare SELECT of the same rows", "export of a record's events", "verify.py over that bundle"
EVENTS = 2000
NEIGHBOURS = 4
"""Of how many events of its time one is the record's, as of a batch among others."""
AFTER_US = 200_000_000_000_000
"""How far the station's clock is put on: a grown trail lies in the future."""
SECONDS = 1.5
PROOF_BYTES = 1200
ROUNDS = 5
_ROWS = (
    "SELECT a.seq, a.body, p.salt, p.payload, a.prev, a.sig FROM audit_subject s JOIN audit a USING (seq) JOIN audit_payload p USING (seq) "
    "WHERE s.kind = 'material' AND s.id = ?"
)


def measure(ground: Path, *, events: int) -> Report:
    """Export a record of 2,000 events and read its rows bare in turn: one among 8,000 events of its time, and one spread over the whole trail.

    The second is the worst there is: every tile of the tree is read for it, which is a read of the whole trail.

    Args:
        ground: where the stations and the bundles go.
        events: of the long trail, a multiple of 2,000.

    Raises:
        RuntimeError: the verifier found something in a bundle; the figures would say nothing.
    """
    report = Report(f"export: {EVENTS} events of one record, among {EVENTS * NEIGHBOURS} and spread over {events}", {})
    _measure(report, ground, "", EVENTS * NEIGHBOURS)
    widest = _measure(report, ground, ", spread", events)
    for spread in ("", ", spread"):
        report.compare(Asked(EXPORT + spread, READ + spread), Asked(VERIFY + spread, READ + spread))
        report.notes[f"seconds of an export{spread}"] = round(report.p50(EXPORT + spread) / 1e9, 3)
        report.notes[f"seconds of its verification{spread}"] = round(report.p50(VERIFY + spread) / 1e9, 3)
    report.notes["bytes of the longest proof"] = widest
    _ask(report, "seconds of an export", report.p50(EXPORT) / 1e9, SECONDS)
    _ask(report, "bytes of the longest proof", widest, PROOF_BYTES)
    return report


def _measure(report: Report, ground: Path, spread: str, events: int) -> int:
    """Measure one layout. Returns the bytes of the longest proof."""
    folder = grown_station(ground / f"station-{events}", events, events // EVENTS)
    station = open_station(folder.root, clock=_LaterClock())
    connection = connect(StoreLocation(folder.store, StationKeys.load(folder.keys).store), mode="ro")
    path = ground / "bundle.zip"
    try:
        token = station.dispatch(SignIn(employee_id="D-QA", password=DEMO_PASSWORD)).token
        for _ in range(ROUNDS):
            _timed(report, READ + spread, lambda: connection.execute(_ROWS, ("BM-0001",)).fetchall())
            _timed(report, EXPORT + spread, lambda: _export(station, token, "BM-0001", path))
            _timed(report, VERIFY + spread, lambda: _verify(path))
    finally:
        connection.close()
        station.close()
    return _longest_proof(path)


def _ask(report: Report, what: str, found: float, asked: float) -> None:
    ratio = round(found / asked, 2)
    report.ratios.append({"what": what, "floor": f"{asked}", "p50_ratio": ratio, "p95_ratio": ratio, "asked": 1.0, "holds": found <= asked})


class _LaterClock(SystemClock):
    """The system's clock, put on beyond the end of the grown trail."""

    def now(self) -> Instant:
        """A later instant."""
        now = super().now()
        return Instant(now.utc_us + AFTER_US, now.mono_us, now.boot_id, now.quality)


def _timed(report: Report, name: str, work: Callable[[], Any]) -> None:
    started = time.perf_counter_ns()
    work()
    report.samples.setdefault(name, []).append(time.perf_counter_ns() - started)


def _export(station: Station, token: str, code: str, path: Path) -> None:
    station.export_data(ExportData(scope=Scope.SUBJECT, kind="material", id=code), token, path)


def _verify(path: Path) -> None:
    found = verify.verify(str(path)).findings
    if found:
        raise RuntimeError(f"the verifier found {found[0].subject}: {found[0].message}")


def _longest_proof(path: Path) -> int:
    """Bytes of the longest proof as it stands in a line."""
    with zipfile.ZipFile(path) as archive:
        lines = archive.read("events.jsonl").splitlines()
    return max(len(json.dumps(json.loads(line)["proof"], separators=(",", ":"))) for line in lines)

"""Verification of a long trail: the chain layer against a bare SELECT of the same rows (asked: at most 2x), all layers beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.grow import grown_station
from bench.measure import Asked, Report
from jope.bootstrap import SIGNED_RECORDS
from jope.compliance.audit.verification.evidence import Evidence
from jope.kernel.crypto.keys import StationKeys
from jope.kernel.crypto.sealing import FieldSealer
from jope.kernel.store.engine import StoreLocation, connect
from jope.kernel.store.migrations import expected_schema
from jope.kernel.store.schema import sealed_columns
from jope.services.qualification.verifying import all_layers

SELECT = "bare SELECT of the same rows"
WHOLE = "bare SELECT with payloads"
CHAIN = "layer chain"
PROOF = "layers chain and checkpoints"
ALL = "all layers"
LIMIT = 2.0
_ROWS = "SELECT seq, body, leaf, prev, hash, sig FROM audit ORDER BY seq"
_ROWS_WITH_PAYLOADS = "SELECT a.seq, a.body, p.salt, p.payload FROM audit a LEFT JOIN audit_payload p USING (seq) ORDER BY a.seq"


def measure(ground: Path, *, events: int) -> Report:
    """Read the rows bare and through the chain layer in turn, three times each, then every layer once.

    Raises:
        RuntimeError: a layer finds something in the honest trail; the figures would say nothing.
    """
    folder = grown_station(ground / f"station-{events}", events)
    keys = StationKeys.load(folder.keys)
    connection = connect(StoreLocation(folder.store, keys.store), mode="ro")
    evidence = Evidence(connection, folder.policy(), expected_schema(), sealed_columns(), FieldSealer(keys.image))
    layers = {name: layer for name, layer in all_layers(SIGNED_RECORDS).items() if name not in ("head_mark", "anchors")}
    report = Report(f"verify: a trail of {events} events on SQLCipher", {})
    try:
        for _ in range(3):
            _timed(report, SELECT, partial(_read, evidence, _ROWS))
            _timed(report, CHAIN, partial(_without_findings, "chain", layers["chain"], evidence))
            _timed(report, WHOLE, partial(_read, evidence, _ROWS_WITH_PAYLOADS))
        for name, layer in layers.items():
            if name != "chain":
                _timed(report, f"layer {name}", partial(_without_findings, name, layer, evidence))
    finally:
        connection.close()
    report.samples[PROOF] = [int(report.p50(CHAIN) + report.p50("layer checkpoints"))]
    report.samples[ALL] = [int(sum(report.p50(f"layer {name}") for name in layers))]
    report.compare(
        Asked(CHAIN, SELECT, LIMIT),
        Asked(PROOF, SELECT, LIMIT),
        *(Asked(f"layer {name}", WHOLE) for name in layers if name != "chain"),
        Asked(ALL, WHOLE),
    )
    report.notes["events"] = events
    report.notes["rows per second, bare SELECT with payloads"] = round(events / (report.p50(WHOLE) / 1e9))
    return report


def _timed(report: Report, name: str, work: Callable[[], Any]) -> None:
    started = time.perf_counter_ns()
    work()
    report.samples.setdefault(name, []).append(time.perf_counter_ns() - started)


def _read(evidence: Evidence, sql: str) -> int:
    return sum(1 for _ in evidence.rows(sql))


def _without_findings(name: str, layer: Any, evidence: Evidence) -> None:
    found = next(iter(layer(evidence)), None)
    if found is not None:
        raise RuntimeError(f"the {name} layer found {found.subject}: {found.message}")

"""Running the layers over a station's store or a copy of it, without changing a byte of it."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2

from jope.compliance.audit.verification import layers, proofs
from jope.compliance.audit.verification.evidence import Evidence, Layer, LayerAbsentError
from jope.compliance.audit.verification.report import Finding, LayerVerdict, VerifyReport
from jope.compliance.audit.verification.walk import TreeWalk
from jope.kernel.errors import JopeError
from jope.kernel.store.engine import StoreLocation, connect, journal_of
from jope.kernel.store.lock import is_held

LEDGER_LAYERS: dict[str, Layer] = {
    "schema": layers.schema_layer,
    "integrity": layers.integrity_layer,
    "chain": layers.chain_layer,
    "payloads": layers.payloads_layer,
    "signatures": layers.signatures_layer,
    "projections": layers.projections_layer,
    "replay": layers.replay_layer,
    "checkpoints": proofs.checkpoints_layer,
    "head_mark": proofs.head_mark_layer,
    "anchors": proofs.anchors_layer,
    "time": proofs.time_layer,
}
"""The ledger's own layers; other rooms add theirs (``services/qualification/verifying.py``)."""
MAX_FINDINGS = 1000
_UNREADABLE = (
    sqlite3.Error,
    sqlcipher3.dbapi2.Error,
    ValueError,
    KeyError,
    TypeError,
    JopeError,
    AttributeError,
    IndexError,
    RecursionError,
)
"""What damaged rows can make a layer run into. Each becomes a finding of that layer; a fault of the program shows in the tests of honest stores."""


def verify_evidence(evidence: Evidence, layers_to_run: Mapping[str, Layer]) -> VerifyReport:
    """Run the layers over open evidence."""
    started = time.perf_counter()
    evidence = replace(evidence, memory={})
    verdicts: dict[str, str] = {}
    findings: list[Finding] = []
    for done, (name, layer) in enumerate(layers_to_run.items()):
        evidence.progress(name, done / len(layers_to_run))
        try:
            found = _findings_of(name, layer, evidence)
        except LayerAbsentError:
            verdicts[name] = LayerVerdict.ABSENT
            continue
        findings += found
        verdicts[name] = LayerVerdict.FINDINGS if found else LayerVerdict.OK
    if evidence.sealer is None and verdicts.get("replay") == LayerVerdict.OK:
        verdicts["replay"] = LayerVerdict.ABSENT
    if evidence.sealer is None and evidence.beside_keys:
        message = "The image key is missing beside the station's other keys; sealed names and passwords cannot be compared."
        findings.append(Finding("replay", None, "keys/image.key", message))
        verdicts["replay"] = LayerVerdict.FINDINGS
    events, head = _head(evidence.connection)
    generation = int(evidence.policy.origin.rsplit("/", 1)[-1]) if evidence.policy.origin.rsplit("/", 1)[-1].isdigit() else 0
    walk = evidence.memory.get("roots")
    root = walk.finish().hex() if isinstance(walk, TreeWalk) else ""
    seconds = time.perf_counter() - started
    disposed = evidence.memory.get("disposed", 0)
    return VerifyReport(not findings, events, head, generation, seconds, verdicts, tuple(findings[:MAX_FINDINGS]), root, disposed)


def _findings_of(name: str, layer: Layer, evidence: Evidence) -> list[Finding]:
    found: list[Finding] = []
    try:
        for finding in layer(evidence):
            found.append(finding)
            if len(found) >= MAX_FINDINGS:
                break
    except _UNREADABLE as error:
        found.append(
            Finding(
                name,
                None,
                "store",
                f"The {name} layer cannot read the store ({type(error).__name__}: {error}); it is damaged or was changed.",
            )
        )
    return found


def _head(connection: Any) -> tuple[int, str]:
    try:
        row = connection.execute("SELECT seq, lower(hex(hash)) FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    except _UNREADABLE:
        return 0, ""
    return (0, "") if row is None else (int(row[0]), str(row[1]))


def verify_store(location: StoreLocation, template: Evidence, layers_to_run: Mapping[str, Layer], lock: Path) -> VerifyReport:
    """Verify the store at a place; a store that does not open is a finding, not an exception.

    Args:
        location: the store.
        template: the evidence but for its connection.
        layers_to_run: the layers by name, in order.
        lock: the station's lock file. While a process holds it, the live store is read beside it; else a private copy is verified.
    """
    started = time.perf_counter()
    try:
        with _readable(location, lock) as connection:
            report = verify_evidence(replace(template, connection=connection), layers_to_run)
        if journal_of(location.path).exists():
            report = _with_journal(report, location.path)
    except JopeError as error:
        finding = Finding("integrity", None, location.path.name, f"{error.message} The store is damaged, or the key is not its own.")
        verdicts = dict.fromkeys(layers_to_run, LayerVerdict.ABSENT.value) | {"integrity": LayerVerdict.FINDINGS.value}
        return VerifyReport(False, 0, "", 0, time.perf_counter() - started, verdicts, (finding,))
    return replace(report, seconds=time.perf_counter() - started)


def _with_journal(report: VerifyReport, path: Path) -> VerifyReport:
    message = "A rollback journal lies beside the store; the program makes none. Opened by others, it would be played into the store."
    finding = Finding("integrity", None, journal_of(path).name, message)
    layers = dict(report.layers) | {"integrity": LayerVerdict.FINDINGS.value}
    return replace(report, ok=False, layers=layers, findings=(finding, *report.findings))


def _tolerant(connection: Any) -> Any:
    """Let a text that is not UTF-8 come out as another text, so that a layer names the row instead of stopping at it."""
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return connection


@contextmanager
def _readable(location: StoreLocation, lock: Path) -> Iterator[Any]:
    """A reading connection: on the live store while a client holds it, otherwise on a private copy of the file and its -wal."""
    if is_held(lock):
        connection = _tolerant(connect(location, mode="ro"))
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()
        return
    with tempfile.TemporaryDirectory(prefix="jope-verify-") as folder:
        copy = Path(folder) / "store.db"
        for suffix in ("", "-wal"):
            source = location.path.with_name(location.path.name + suffix)
            if source.exists():
                shutil.copyfile(source, copy.with_name(copy.name + suffix))
        connection = _tolerant(connect(StoreLocation(copy, location.key)))
        try:
            yield connection
        finally:
            connection.close()

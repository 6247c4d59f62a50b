"""Verification of a station or of a copy of one, here and in a process of its own (so that the client stays responsive)."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from jope.compliance.audit.head_mark import HeadMark
from jope.compliance.audit.notes import Checkpoint
from jope.compliance.audit.verification.evidence import Evidence, Layer
from jope.compliance.audit.verification.report import VerifyReport
from jope.compliance.audit.verification.run import LEDGER_LAYERS, verify_store
from jope.compliance.signatures.records import SignedRecords
from jope.compliance.signatures.verification import esignatures_layer
from jope.kernel.crypto.keys import KeyFiles, read_key
from jope.kernel.crypto.sealing import FieldSealer
from jope.kernel.errors import ProtectorError, SettingsError, StoreUnavailableError, VerificationCancelledError
from jope.kernel.settings.files import StationFolder, read_policy
from jope.kernel.settings.key_files import key_files_of
from jope.kernel.store.engine import StoreLocation
from jope.kernel.store.migrations import expected_schema

Progress = Callable[[str, float], None]
GROUPS: Final = (
    ("chain", "checkpoints", "head_mark", "anchors", "payloads", "signatures", "time"),
    ("schema", "integrity", "projections", "replay", "esignatures"),
)
"""Which layers share a process: the first walks the trail, the second what stands beside it. About half of the work each."""
_ORDER: Final = (*LEDGER_LAYERS, "esignatures")
_POLL_SECONDS: Final = 0.1


def nobody(_layer: str, _share: float) -> None:
    """Listens to no progress."""


def all_layers(records: SignedRecords) -> dict[str, Layer]:
    """Every layer there is, in the order they run."""
    return LEDGER_LAYERS | {"esignatures": esignatures_layer(records)}


def verify_station(
    root: Path,
    records: SignedRecords,
    sealed: frozenset[tuple[str, str]],
    *,
    key_file: Path | None = None,
    policy_file: Path | None = None,
    anchors: tuple[Checkpoint, ...] = (),
    layers: Sequence[str] = (),
    progress: Progress = nobody,
) -> VerifyReport:
    """Verify the station directory ``root``, or a copy of it; reads only.

    Args:
        root: the directory that holds ``store.db``.
        records: what signatures may cover.
        sealed: which columns stand in images only sealed.
        key_file: the store's key, where the directory has none.
        policy_file: the pinned policy, where the directory has none or another is to be believed.
        anchors: checkpoints of this trail that were kept elsewhere.
        layers: the names of the layers to run; all where none is named.
        progress: told the layer that begins and the share of all layers that is done.

    Raises:
        SettingsError, StoreKeyError: the policy or the store's key cannot be read. Anything wrong with the store itself is a finding.
    """
    folder = StationFolder(root)
    policy = read_policy(policy_file or root / "policy.json")
    encrypted = key_file is not None or folder.settings().encrypted
    files = _files_of(folder, required=key_file is None and encrypted)
    key = read_key(key_file) if key_file is not None else files.read("store") if files is not None and encrypted else None
    location = StoreLocation(folder.store, key)
    sealer = FieldSealer(files.read("image")) if files is not None and files.path("image").exists() else None
    # The mark is read before the store: what is committed in between is beyond it, which is fine.
    beside_keys = files is not None and files.path("ledger").exists()
    mark = HeadMark(folder.head_mark, policy.origin).read() if beside_keys else None
    evidence = Evidence(None, policy, expected_schema(), sealed, sealer, mark, beside_keys, anchors, progress=progress)
    return verify_store(location, evidence, _chosen(all_layers(records), layers), folder.lock)


def _files_of(folder: StationFolder, *, required: bool) -> KeyFiles | None:
    """The station's key files. None on a copy whose keys are wrapped for another machine, which is like a copy without keys.

    Raises:
        SettingsError, ProtectorError: the store's key is required from them, and they do not open.
    """
    if not required and not (folder.root / "station.toml").exists():
        return KeyFiles(folder.keys)
    try:
        return key_files_of(folder)
    except ProtectorError:
        if required:
            raise
        return None


def _chosen(known: dict[str, Layer], names: Sequence[str]) -> dict[str, Layer]:
    unknown = set(names) - known.keys()
    if unknown:
        raise SettingsError(f"There is no layer '{sorted(unknown)[0]}'.", remedy=f"Name one of {', '.join(known)}.")
    return {name: layer for name, layer in known.items() if not names or name in names}


def verify_in_processes(
    root: Path, arguments: Sequence[str] = (), *, progress: Progress = nobody, cancelled: threading.Event | None = None
) -> VerifyReport:
    """Verify a station in two processes of their own, each with half of the layers, and join their reports.

    Args:
        root: the station directory.
        arguments: further arguments of ``jope audit verify``.
        progress: told the layer that begins and the share of all layers that is done.
        cancelled: ends the processes when it is set.

    Raises:
        VerificationCancelledError: it was cancelled.
        StoreUnavailableError: a process ended without a report.
    """
    shares = [0.0] * len(GROUPS)
    lock = threading.Lock()

    def tell(group: int) -> Progress:
        def told(layer: str, share: float) -> None:
            with lock:
                shares[group] = share
                progress(layer, sum(shares) / len(GROUPS))

        return told

    runs = [_Run(root, group, arguments, tell(number)) for number, group in enumerate(GROUPS)]
    try:
        while not all(run.ended() for run in runs):
            if cancelled is not None and cancelled.wait(_POLL_SECONDS):
                raise VerificationCancelledError("The verification was cancelled.")
            if cancelled is None:
                threading.Event().wait(_POLL_SECONDS)
        return _joined([run.report() for run in runs])
    finally:
        for run in runs:
            run.end()


class _Run:
    """One process that verifies some layers; its report comes on standard output, its progress line by line on the other."""

    def __init__(self, root: Path, layers: Sequence[str], arguments: Sequence[str], progress: Progress) -> None:
        command = [sys.executable, "-m", "jope.cli.app", "audit", "verify", "--data", str(root), "--json", "--progress"]
        command += ["--layers", ",".join(layers), *arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
        self._progress = progress
        self._output = ""
        self._errors: list[str] = []
        self._threads = [threading.Thread(target=self._read, daemon=True), threading.Thread(target=self._hear, daemon=True)]
        for thread in self._threads:
            thread.start()

    def ended(self) -> bool:
        """Whether the process is over and all it said was read."""
        return self._process.poll() is not None and not any(thread.is_alive() for thread in self._threads)

    def report(self) -> VerifyReport:
        """What it found.

        Raises:
            StoreUnavailableError: it said nothing that is a report.
        """
        try:
            return VerifyReport.from_json(json.loads(self._output))
        except (ValueError, KeyError) as error:
            why = self._errors[-1] if self._errors else "no reason given"
            message = f"The verification ended without a report (exit {self._process.returncode}): {why}"
            raise StoreUnavailableError(message) from error

    def end(self) -> None:
        """Kill the process where it still runs, and wait for its threads."""
        if self._process.poll() is None:
            self._process.kill()
        for thread in self._threads:
            thread.join()
        self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        self._output = self._process.stdout.read()

    def _hear(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            layer, _, share = line.strip().partition("\t")
            try:
                self._progress(layer, float(share))
            except ValueError:
                self._errors.append(line.strip())


def _joined(reports: Sequence[VerifyReport]) -> VerifyReport:
    """One report of several over the same trail. The head is the chain layer's: later events were not verified by all."""
    first = reports[0]
    verdicts = {name: verdict for report in reports for name, verdict in report.layers.items()}
    return replace(
        first,
        ok=all(report.ok for report in reports),
        seconds=max(report.seconds for report in reports),
        layers={name: verdicts[name] for name in _ORDER if name in verdicts},
        findings=tuple(finding for report in reports for finding in report.findings),
    )

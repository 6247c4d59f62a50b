"""Verification of a station or of a copy of one, here and in a process of its own (so that the client stays responsive)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from jope.compliance.audit.head_mark import HeadMark
from jope.compliance.audit.notes import Checkpoint
from jope.compliance.audit.verification.evidence import Evidence, Layer
from jope.compliance.audit.verification.report import VerifyReport
from jope.compliance.audit.verification.run import LEDGER_LAYERS, verify_store
from jope.compliance.signatures.records import SignedRecords
from jope.compliance.signatures.verification import esignatures_layer
from jope.kernel.crypto.keys import KeyFiles, read_key
from jope.kernel.crypto.sealing import FieldSealer
from jope.kernel.errors import ProtectorError, StoreUnavailableError
from jope.kernel.settings.files import StationFolder, read_policy
from jope.kernel.settings.key_files import key_files_of
from jope.kernel.store.engine import StoreLocation
from jope.kernel.store.migrations import expected_schema

DEADLINE_SECONDS = 3600


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
) -> VerifyReport:
    """Verify the station directory ``root``, or a copy of it; reads only.

    Args:
        root: the directory that holds ``store.db``.
        records: what signatures may cover.
        sealed: which columns stand in images only sealed.
        key_file: the store's key, where the directory has none.
        policy_file: the pinned policy, where the directory has none or another is to be believed.
        anchors: checkpoints of this trail that were kept elsewhere.

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
    evidence = Evidence(None, policy, expected_schema(), sealed, sealer, mark, beside_keys, anchors)
    return verify_store(location, evidence, all_layers(records), folder.lock)


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


def verify_in_process_of_its_own(root: Path) -> VerifyReport:
    """Run ``jope audit verify --json`` on a station and read its report.

    Raises:
        StoreUnavailableError: the process ended without a report.
    """
    command = [sys.executable, "-m", "jope.cli.app", "audit", "verify", "--data", str(root), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_SECONDS, check=False)
    try:
        return VerifyReport.from_json(json.loads(done.stdout))
    except (ValueError, KeyError) as error:
        raise StoreUnavailableError(f"The verification ended without a report (exit {done.returncode}).") from error

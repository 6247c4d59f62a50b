"""A demo station whose policy names anchors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jope.bootstrap import Station, open_station, provision_demo_station
from jope.kernel.clock import Clock
from jope.kernel.settings.files import FolderAnchor, PolicyFile, StationFolder, WitnessAnchor
from jope.kernel.settings.key_files import key_files_of
from jope.services.anchoring.settingup import enrol, register
from tests.support.demo import wait_until
from tests.support.witnesses import WitnessProcess


def name_anchors(root: Path, *anchors: WitnessAnchor | FolderAnchor, release_needs_anchor: bool = False) -> PolicyFile:
    """Put anchors into a station's policy."""
    path = root / "policy.json"
    policy = StationFolder(root).policy().model_copy(update={"anchors": anchors, "release_needs_anchor": release_needs_anchor})
    path.write_text(json.dumps(policy.model_dump(mode="json")))
    return StationFolder(root).policy()


def enrol_at(root: Path, witness: WitnessProcess) -> None:
    """Make the station's client certificate and register it."""
    folder = StationFolder(root)
    facts = enrol(key_files_of(folder), folder.policy())
    register(witness.root, facts.origin, facts.genesis, (folder.keys / "anchor.crt").read_bytes())


@contextmanager
def anchored_station(root: Path, witness: WitnessProcess, clock: Clock | None = None, **policy: Any) -> Iterator[Station]:
    """A demo station that is registered at a witness, open for the length of a block."""
    if not (root / "policy.json").exists():
        provision_demo_station(root)
        enrol_at(root, witness)
    name_anchors(root, witness.anchor(), **policy)
    station = open_station(root, clock=clock)
    try:
        yield station
    finally:
        station.close()


def rows(station: Station, sql: str, *values: Any) -> list[Any]:
    """Rows of the store, read on the command thread."""
    return station._commands.run(lambda: station._store.cursor.execute(sql, values).fetchall())


def events(station: Station, action: str) -> list[dict[str, Any]]:
    """The details of all events of an action, oldest first."""
    sql = "SELECT p.payload FROM audit a JOIN audit_payload p USING (seq) WHERE a.action = ? ORDER BY a.seq"
    return [json.loads(payload)["details"] for (payload,) in rows(station, sql, action)]


def newest_checkpoint(station: Station) -> int:
    """The size of the newest checkpoint."""
    return int(rows(station, "SELECT coalesce(max(size), 0) FROM checkpoint")[0][0])


def wait_for_cosignature(station: Station, size: int) -> None:
    """Wait until a witness signed so much."""
    wait_until(lambda: rows(station, "SELECT coalesce(max(size), 0) FROM cosignature")[0][0] >= size, seconds=20)

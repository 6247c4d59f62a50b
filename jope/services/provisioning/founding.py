"""A station begins as a whole or not at all (URS A17; P11-18 to P11-20; 21 CFR 11.10(d)).

1. It is built in a place of its own inside its directory. ``station.toml`` comes out of there last: without it nothing opens the directory as a station.
2. What a killed process left behind is thrown away by the next attempt, and only while that place is there; no other station is ever touched.
   An attempt holds a lock until it ends, so that two at one time do not build one station.
3. Until both founders have signed the password profile, people come, go, accept the statement and sign the profile. Every other command is refused.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from jope.compliance.audit.actions import Action
from jope.compliance.commands import Command, Declaration, GuardContext, GuardVerdict
from jope.compliance.signatures.commands import AcceptAccountability
from jope.kernel.errors import RefusedError
from jope.kernel.store.lock import StationLock
from jope.services.provisioning.commands import AdoptPolicy

_PLACE: Final = ".founding"
_LAST: Final = "station.toml"
_LOCK: Final = ".founding.lock"
_BUILT: Final = ("keys", "*.db*", "policy.json", "blobs", "logs", "reserve.bin", "station.lock", "*.pdf", "*.part")
_GENESIS: Final = "SELECT p.payload FROM audit a JOIN audit_payload p USING (seq) WHERE a.action = ? ORDER BY a.seq"
_SIGNED: Final = "SELECT adopted_signer FROM adopted_policy"


def is_unbegun(root: Path) -> bool:
    """Whether a directory is empty, or holds nothing but what an interrupted attempt left behind."""
    found = {entry.name for entry in root.iterdir()} - {_LOCK} if root.exists() else set()
    return not found or (_PLACE in found and _LAST not in found)


@contextmanager
def founding(root: Path) -> Iterator[Path]:
    """The place where a station is built; at the end it is the station of ``root`` as a whole.

    Raises:
        RefusedError: the directory is not empty.
        StationHeldError: another attempt is at work here.
    """
    _require_unbegun(root)
    root.mkdir(parents=True, exist_ok=True)
    lock = StationLock(root / _LOCK)
    try:
        with _building(root) as place:
            yield place
    finally:
        lock.release()
    (root / _LOCK).unlink(missing_ok=True)  # from here on the directory is refused without it


def _require_unbegun(root: Path) -> None:
    if not is_unbegun(root):
        raise RefusedError(f"{root} is not empty.", remedy="Give an empty directory.")


@contextmanager
def _building(root: Path) -> Iterator[Path]:
    """Under the lock: the place, empty; what was built there comes out at the end."""
    _require_unbegun(root)  # another attempt may have ended meanwhile
    place = root / _PLACE
    if place.exists():
        for found in [found for pattern in _BUILT for found in root.glob(pattern)] + [place]:
            shutil.rmtree(found) if found.is_dir() else found.unlink()
    place.mkdir()
    try:
        yield place
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    for built in sorted(place.iterdir(), key=lambda entry: entry.name == _LAST):
        if built.name != "logs":  # its files may still be open; the station begins new ones
            built.rename(root / built.name)
    shutil.rmtree(place, ignore_errors=True)


class Founding:
    """Which founders have not signed the profile yet; read at start and after each signature under it."""

    def __init__(self) -> None:
        self.due: tuple[str, ...] = ()

    def load(self, cursor: Any) -> None:
        """Read who is due. A station that was provisioned as a demo has no founders."""
        row = cursor.execute(_GENESIS, (Action.STATION_PROVISIONED.value,)).fetchone()
        founders = [] if row is None else json.loads(row[0])["details"].get("founders", [])
        signed = {signer for (signer,) in cursor.execute(_SIGNED).fetchall()}
        self.due = tuple(sorted({founder["employee_id"] for founder in founders} - signed))

    def station_is_founded(self, command: Command, context: GuardContext) -> GuardVerdict | None:
        """Both founders have signed the password profile that the station begins with."""
        if not self.due:
            return None
        words = f"The station is not founded yet: {' and '.join(self.due)} did not sign its password profile."
        return GuardVerdict("station_is_founded", words, "Finish the commissioning with 'jope init'.", "11.10(d)")

    def guard(self, declarations: Mapping[type[Command], Declaration]) -> Mapping[type[Command], Declaration]:
        """The declarations, each work of people behind this guard, but for the founders' own signatures."""
        return {
            command: replace(declared, guards=(self.station_is_founded, *declared.guards))
            if declared.of_people and command not in (AdoptPolicy, AcceptAccountability)
            else declared
            for command, declared in declarations.items()
        }

"""The support file: everything that somebody who helps from elsewhere needs, and no secret (URS Q11).

It holds captured errors, the logs and metrics of two weeks, health, versions and settings: no key, no password, no row of the store. That somebody takes it
is an event in the trail before the file exists.
"""

from __future__ import annotations

import json
import platform
import sqlite3
import sys
import zipfile
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, Final

from jope import __version__
from jope.kernel.errors import UnwritableFileError
from jope.kernel.logs import day_of, files_of
from jope.kernel.settings.files import PolicyFile, StationFile, StationFolder
from jope.services.health.capturing import captured_errors
from jope.services.health.metrics import STEM
from jope.services.health.reading import Health

DAYS: Final = 14
_MOST_OF_A_LOG: Final = 20 * 1024 * 1024
"""Bytes of one day's file; of a longer one the end counts."""
_README: Final = """Support file of the station {station_id}, {site}, made by Jope {version}.

health.json     how the station was
errors/         errors that nobody handled: type, places in the program, how often; no values
logs/           logs and metrics of {days} days
versions.json   the program, its libraries, the system
settings.json   station.toml and policy.json; passwords and keys are in neither

No key, no password and no row of the station's records is in this file.
"""


def require_place(path: Path) -> None:
    """Look whether a file can be made, before the trail says that it was.

    Raises:
        UnwritableFileError: it cannot.
    """
    if not path.parent.is_dir():
        raise UnwritableFileError(f"The folder {path.parent} is not there.")
    if path.is_dir():
        raise UnwritableFileError(f"{path} is a folder.")


def write_support(path: Path, folder: StationFolder, settings: StationFile, policy: PolicyFile, health: Health) -> int:
    """Write the file beside its place and rename it when it is whole; returns its bytes.

    Raises:
        UnwritableFileError: it cannot be written; what stood there stands.
    """
    part = path.with_name(f".{path.name}.part")
    at = datetime.fromtimestamp(health.at_us // 1_000_000, UTC).timetuple()[:6]
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name, content in _contents(folder, settings, policy, health):
                entry = zipfile.ZipInfo(name, at)
                entry.compress_type = zipfile.ZIP_DEFLATED
                bundle.writestr(entry, content)
        part.replace(path)
        return path.stat().st_size
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UnwritableFileError(f"The support file cannot be written to {path}: {error.strerror}.") from error


def _contents(folder: StationFolder, settings: StationFile, policy: PolicyFile, health: Health) -> list[tuple[str, bytes]]:
    readme = _README.format(station_id=settings.station_id, site=settings.site, version=__version__, days=DAYS)
    found = [("README.txt", readme.encode()), ("health.json", _json(health_json(health))), ("versions.json", _json(_versions()))]
    found.append(("settings.json", _json({"station": settings.model_dump(mode="json"), "policy": policy.model_dump(mode="json")})))
    found += [(f"errors/{error.fingerprint}.json", _json(asdict(error))) for error in captured_errors(folder.logs / "errors")]
    oldest = day_of(health.at_us - timedelta(days=DAYS) // timedelta(microseconds=1))
    for stem in ("jope", STEM):
        found += [(f"logs/{file.name}", _end_of(file)) for day, file in files_of(folder.logs, stem) if day >= oldest]
    return found


def health_json(health: Health) -> dict[str, Any]:
    """Health for machines: ``{"at_utc_us", "worst", "lines": [{"name", "state", "value", "since_utc_us", "todo"}]}``."""
    lines = [{"name": o.name, "state": o.state.value, "value": o.value, "since_utc_us": o.since_us, "todo": o.todo} for o in health.lines]
    return {"at_utc_us": health.at_us, "worst": health.worst.value, "lines": lines}


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=1, sort_keys=True) + "\n").encode()


def _end_of(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _MOST_OF_A_LOG))
        return file.read()


def _versions() -> dict[str, Any]:
    libraries = {str(d.metadata["Name"]): d.version for d in distributions()}
    system = {"system": platform.platform(), "machine": platform.machine(), "python": sys.version, "sqlite": sqlite3.sqlite_version}
    return {"jope": __version__, "system": system, "libraries": libraries}

"""The demo: a station marked as demo, a simulated scale as a process of its own, and the real client, by hand or driven offscreen."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jope.bootstrap import Station, furnish_demo, open_station
from jope.cli.demo_people import bring_in_demo_people, commission_demo_station
from jope.cli.found import find_client, find_plant, find_simulators
from jope.compliance.access.reader import Reader
from jope.compliance.changes.queries import changes
from jope.compliance.identity.commands import SignIn, SignOut
from jope.compliance.people.queries import accounts
from jope.kernel.errors import RefusedError
from jope.plant.batches.queries import batch_detail, batch_list
from jope.services.exports.commands import ExportData, Scope
from jope.services.exports.verifier.verify import verify as verify_bundle
from jope.services.provisioning import demo_data
from jope.services.provisioning.preparation import prepare_demo_station


@dataclass(frozen=True, slots=True)
class SimulatedPlant:
    """The simulated devices that a demo drives."""

    scale: Any


_MADE_BY_A_DEMO = ".jope-demo"
_FOLDERS = ("station", "out", "plant")


def run_demo(out: Path, *, headless: bool) -> dict[str, Any] | None:
    """Provision, simulate, open the client. Returns the report of a headless run, None when a person used the window.

    Raises:
        RefusedError: ``out`` holds something that is not a demo station.
    """
    started = time.perf_counter()
    no_display = sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    headless = headless or no_display
    if headless:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")  # the offscreen plugin complains of every window it shows
    _clear(out)
    simulators = find_simulators()
    with simulators["mt-sics"](out / "plant", name="sc1", identity=demo_data.DEMO_SCALE_IDENTITY) as scale:
        commission_demo_station(out / "station")
        people = _people(out / "station", str(scale.link))
        station = open_station(out / "station", find_plant())
        try:
            prepare_demo_station(station)
            if not headless:
                find_client("run")(station, plant=SimulatedPlant(scale))
                return None
            steps = find_client("demo")(station, SimulatedPlant(scale), out=out / "out", headless=True)
            report = _report(station, out / "out", steps) | {"people": people}
        finally:
            station.close()
    report["seconds"] = round(time.perf_counter() - started, 1)
    (out / "out" / "report.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    return report


def _people(root: Path, scale_address: str) -> list[dict[str, str]]:
    """Furnish the station and bring its people in; what the report says of each."""
    station = open_station(root)
    try:
        furnish_demo(station, scale_address)
        bring_in_demo_people(station)
        token: str = station.dispatch(SignIn(employee_id="D-QA", password=demo_data.DEMO_PASSWORD)).token
        found = station.read(accounts, token)
        requests = {row.subject_id: row.request_id for row in station.read(changes, token) if row.command == "CreateUser"}
        station.dispatch(SignOut(), token)
    finally:
        station.close()
    return [
        {"employee_id": a.employee_id, "name": a.name, "role": a.role, "standing": a.standing, "by": requests.get(a.employee_id, "founder")}
        for a in found
    ]


def _clear(out: Path) -> None:
    """Remove an earlier demo from a directory that a demo made; nothing else is ever removed.

    Raises:
        RefusedError: the directory holds something that no demo made.
    """
    mark = out / _MADE_BY_A_DEMO
    if not mark.exists() and any((out / name).exists() for name in _FOLDERS):
        raise RefusedError(f"{out} holds folders that no demo made.", remedy="Give another directory with --out.")
    out.mkdir(parents=True, exist_ok=True)
    mark.touch()
    for name in _FOLDERS:
        shutil.rmtree(out / name, ignore_errors=True)
    (out / "out").mkdir()


def _report(station: Station, out: Path, steps: Any) -> dict[str, Any]:
    token: str = station.dispatch(SignIn(employee_id="D-QA", password=demo_data.DEMO_PASSWORD)).token
    newest = station.read(batch_list, token)[0]
    if not (out / "batch-record.pdf").exists():
        station.print_batch_record(newest.batch_no, token, out / "batch-record.pdf")
    batch = station.read(batch_detail, token, batch_no=newest.batch_no)
    bundle = _bundle(station, token, newest.batch_no, out / "bundle.zip")
    counts = station.read(_counts, token, batch_no=newest.batch_no)
    verified = station.verify(token)
    station.dispatch(SignOut(), token)
    return {
        "batch": batch.batch_no,
        "recipe": f"{batch.recipe_id}:{batch.recipe_version}",
        "released": batch.record_state == "Released" and batch.available_quantity == batch.produced_quantity != "0",
        **counts,
        "steps": [{"name": s.name, "who": s.who, "seconds": round(s.seconds, 3)} for s in steps],
        "verify": verified.as_json(),
        "bundle": bundle,
    }


def _bundle(station: Station, token: str, batch_no: str, path: Path) -> dict[str, Any]:
    """Export the batch for an inspector, and what the verifier that travels in the bundle says of it."""
    made = station.export_data(ExportData(scope=Scope.SUBJECT, kind="batch", id=batch_no), token, path)
    verdict = verify_bundle(str(path), genesis=station.policy.genesis_public_key)
    return {"ok": verdict.ok, "events": made.events}


def _counts(reader: Reader, *, batch_no: str) -> dict[str, int]:
    weighings = reader.execute("SELECT count(*) FROM weighing WHERE batch_no = ? AND accepted = 1", (batch_no,))
    refusals = reader.execute("SELECT count(*) FROM audit WHERE outcome <> 'done'")
    signatures = reader.execute("SELECT count(*) FROM signature")
    events = reader.execute("SELECT count(*) FROM audit")
    return {
        "weighings": weighings[0][0],
        "refusals": refusals[0][0],
        "signatures": signatures[0][0],
        "audit_events": events[0][0],
    }

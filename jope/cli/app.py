"""The command line.

Exit 0 done, 1 a finding or refusal, 2 bad usage or unreadable input; every command has ``--json`` where a machine may read it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from jope.cli.access_review import access_review
from jope.cli.attesting import attest, manifest
from jope.cli.badges import badges
from jope.cli.changes import changes
from jope.cli.clock import clock
from jope.cli.deputies import deputies
from jope.cli.deviations import deviations
from jope.cli.devices import devices
from jope.cli.equipment import equipment
from jope.cli.exporting import check_bundle, export
from jope.cli.health import health
from jope.cli.init import found_on_screen, init
from jope.cli.keys import keys
from jope.cli.letters import letters
from jope.cli.lots import lots
from jope.cli.options import AsJson, DataDir
from jope.cli.people import users
from jope.cli.reviews import reviews
from jope.cli.roles import roles
from jope.cli.settings import settings
from jope.cli.signatures import signatures
from jope.cli.training import training
from jope.cli.witness import witness
from jope.kernel.errors import DeniedError, JopeError, RefusedError, StationHeldError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Jope: every GMP action attributable, signed, provable.",
)
audit = typer.Typer(no_args_is_help=True, help="The audit trail.")
gates = typer.Typer(no_args_is_help=True, help="Compliance gates over the program itself.")
batches = typer.Typer(no_args_is_help=True, help="Batches, read-only.")
app.add_typer(audit, name="audit")
app.add_typer(gates, name="gates")
app.add_typer(batches, name="batches")
app.add_typer(devices, name="devices")
app.add_typer(equipment, name="equipment")
app.add_typer(lots, name="lot")
app.add_typer(witness, name="witness")
app.add_typer(keys, name="keys")
app.add_typer(clock, name="clock")
app.add_typer(health, name="health")
app.add_typer(signatures, name="signatures")
app.add_typer(training, name="training")
app.add_typer(deviations, name="deviations")
app.add_typer(users, name="users")
app.add_typer(roles, name="roles")
app.add_typer(access_review, name="access-review")
app.add_typer(reviews, name="reviews")
app.add_typer(deputies, name="deputies")
app.add_typer(badges, name="badges")
app.add_typer(letters, name="letters")
app.add_typer(changes, name="changes")
app.add_typer(settings, name="settings")

app.command("init")(init)
app.command("attest")(attest)
app.command("manifest")(manifest)


@app.command()
def run(data: DataDir) -> None:
    """Open the client on a station; an empty directory is commissioned first, on the screen, by its two founders.

    Example: jope run --data /var/lib/jope
    """
    from jope.services.provisioning.founding import is_unbegun

    if is_unbegun(data):
        raise typer.Exit(found_on_screen(data))
    from jope.cli.found import find_client
    from jope.cli.opening import OpeningStation

    station = OpeningStation(data)
    try:
        code = find_client("run")(station, after_paint=station.begin)
    finally:
        station.close()
    raise typer.Exit(code or 0)


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="Where the demo station and its results go.")] = Path("var/demo"),
    headless: Annotated[bool, typer.Option("--headless", help="Drive the same client offscreen through one batch.")] = False,
    as_json: AsJson = False,
) -> None:
    """One batch on a simulated scale, from sign-in to two-person release.

    Example: jope demo --headless --out /tmp/demo
    """
    from jope.cli.demo import run_demo

    report = run_demo(out, headless=headless)
    if report is None:
        return
    if as_json:
        print(json.dumps(report, indent=2))
    else:
        verdict = "verified" if report["verify"]["ok"] else "NOT VERIFIED"
        print(
            f"Batch {report['batch']}: released {report['released']}, {report['weighings']} weighings, {report['refusals']} refusals, "
            f"{report['signatures']} signatures, {report['audit_events']} events {verdict}, {report['seconds']} s. See {out / 'out'}."
        )
    raise typer.Exit(0 if report["released"] and report["verify"]["ok"] else 1)


@app.command()
def sim(
    list_only: Annotated[bool, typer.Option("--list", help="Only list the simulated devices.")] = False,
    out: Annotated[Path, typer.Option("--out", help="Where the links and records go.")] = Path("var/sim"),
    fault: Annotated[list[str] | None, typer.Option("--fault", help="Begin with a fault, as modbus:black_hole. May be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run the simulated plant, each device a process of its own; loads and faults are typed as lines.

    Example: jope sim --fault modbus:black_hole
    """
    from jope.cli.found import find_simulated_plant
    from jope.cli.simulated import run_simulated
    from jope.kernel.clock import SystemClock

    found = find_simulated_plant()(out, SystemClock())
    if list_only:
        print(json.dumps(sorted(found)) if as_json else "\n".join(sorted(found)))
        return
    run_simulated(found, fault or ())


@audit.command()
def verify(
    data: DataDir,
    as_json: AsJson = False,
    key_file: Annotated[Path | None, typer.Option("--key-file", help="The store's key, when the copy has none.", exists=True)] = None,
    policy: Annotated[Path | None, typer.Option("--policy", help="The pinned policy file, when the copy has none.", exists=True)] = None,
    anchor: Annotated[
        list[str] | None,
        typer.Option("--anchor", help="A checkpoint kept elsewhere: the text of a QR code, a file, or a folder of them. May be repeated."),
    ] = None,
    layers: Annotated[str, typer.Option("--layers", help="Only these layers, separated by commas.")] = "",
    progress: Annotated[bool, typer.Option("--progress", help="Tell each layer on standard error as it begins.")] = False,
    online: Annotated[bool, typer.Option("--online", help="Also ask the anchors that the policy names what they remember.")] = False,
) -> None:
    """Verify a station's audit trail, or a copy of it; reads only.

    Example: jope audit verify --data /mnt/copy --json --anchor /mnt/nas/anchors
    """
    from jope.bootstrap import SIGNED_RECORDS
    from jope.cli.anchors import ask_online, read_anchors
    from jope.kernel.store.schema import sealed_columns
    from jope.services.qualification.verifying import nobody, verify_station

    asked = ask_online(data, policy) if online else None
    anchors = read_anchors(anchor or []) + (asked.checkpoints if asked is not None else ())
    report = verify_station(
        data, SIGNED_RECORDS, sealed_columns(), key_file=key_file, policy_file=policy, anchors=anchors,
        layers=tuple(filter(None, layers.split(","))), progress=_tell_progress if progress or sys.stderr.isatty() else nobody,
    )  # fmt: skip
    if asked is not None:
        report = asked.added_to(report)
    if as_json:
        print(json.dumps(report.as_json(), indent=2))
    else:
        for finding in report.findings:
            print(f"{finding.layer:12} {finding.seq if finding.seq is not None else '-':>8} {finding.subject}: {finding.message}")
        layers = ", ".join(f"{name} {verdict}" for name, verdict in report.layers.items())
        if report.disposed:
            print(f"{report.disposed} payloads were disposed of after their retention, each named by a disposal that two people signed.")
        print(f"{'OK' if report.ok else 'FINDINGS'}: {report.events} events, head {report.head[:16]}, {report.seconds:.2f} s ({layers})")
    raise typer.Exit(0 if report.ok else 1)


def _tell_progress(layer: str, share: float) -> None:
    print(f"{layer}\t{share:.3f}", file=sys.stderr, flush=True)


audit.command("export")(export)
audit.command("check-bundle")(check_bundle)


@gates.command("run")
def run_gates_command(
    root: Annotated[Path | None, typer.Option("--root", help="The source tree; the program's own by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check the program against its own compliance rules.

    Example: jope gates run --json
    """
    from jope.services.qualification.gates.run import run_gates

    verdicts = run_gates(root if root is not None else Path(__file__).resolve().parents[2])
    if as_json:
        rows = [{"id": v.id, "title": v.title, "ok": v.ok, "findings": list(v.findings), "seal": v.seal} for v in verdicts]
        print(json.dumps({"gates": rows}, indent=2))
    else:
        for v in verdicts:
            print(f"{'ok ' if v.ok else 'RED'} {v.id:28} {v.title}")
            for finding in v.findings:
                print(f"      {finding}")
    raise typer.Exit(0 if all(v.ok for v in verdicts) else 1)


AsPerson = Annotated[str, typer.Option("--as", help="Your employee id.")]
PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


@batches.command("list")
def list_batches(data: DataDir, person: AsPerson, password_stdin: PasswordStdin = False, as_json: AsJson = False) -> None:
    """The batches in your scope.

    Example: jope batches list --data DIR --as D-QA --json
    """
    from jope.plant.batches.queries import batch_list

    _print_rows(data, person, password_stdin, as_json, batch_list)


def _print_rows(data: Path, person: str, password_stdin: bool, as_json: bool, query: Any) -> None:
    from dataclasses import asdict

    from jope.bootstrap import open_station
    from jope.compliance.identity.commands import SignIn, SignOut

    password = sys.stdin.readline().rstrip("\n") if password_stdin else typer.prompt("Password", hide_input=True)
    station = open_station(data)
    try:
        token = station.dispatch(SignIn(employee_id=person, password=password)).token
        rows = station.read(query, token)
        station.dispatch(SignOut(), token)
    finally:
        station.close()
    print(
        json.dumps([asdict(row) for row in rows], indent=2) if as_json else "\n".join("  ".join(map(str, asdict(r).values())) for r in rows)
    )


def main() -> None:
    """The entry of ``jope``: errors that the program understands end in one sentence and an exit code."""
    try:
        app()
    except (DeniedError, RefusedError, StationHeldError) as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except JopeError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()

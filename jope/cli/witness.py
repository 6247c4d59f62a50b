"""``jope witness``: the small process that remembers checkpoints of stations, and what an administrator tells both sides."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from jope.cli.options import AsJson

witness = typer.Typer(no_args_is_help=True, help="Remember and cosign checkpoints of stations.")
Dir = Annotated[Path, typer.Option("--dir", help="The witness's directory.", file_okay=False)]
ORIGIN_PATTERN = r"[!-~]{1,120}"


@witness.command("init")
def init(
    folder: Dir,
    name: Annotated[str, typer.Option("--name", help="The name under which it cosigns, for example qa-witness.")] = "witness",
    as_json: AsJson = False,
) -> None:
    """Make a witness: a cosigning key and a certificate, whose fingerprints go into the stations' policies.

    Example: jope witness init --dir /var/lib/jope-witness --name qa-witness
    """
    from jope.services.anchoring.settingup import make_witness

    _require(name, r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", "--name takes letters, digits, dots, dashes and underscores, at most 40.")
    _say(asdict(make_witness(folder, name)), as_json)


@witness.command("add")
def add(
    folder: Dir,
    origin: Annotated[str, typer.Option("--origin", help="The station's trail, for example jope/LINE-3/1.")],
    genesis: Annotated[str, typer.Option("--genesis", help="The genesis key from the station's policy, 64 hex digits.")],
    client: Annotated[Path, typer.Option("--client", help="The station's client certificate ('jope witness enrol').", exists=True)],
    renew: Annotated[bool, typer.Option("--renew", help="Replace the certificate of a registered trail.")] = False,
    as_json: AsJson = False,
) -> None:
    """Register the trail of a station; a running witness knows it at once.

    Example: jope witness add --dir /var/lib/jope-witness --origin jope/LINE-3/1 --genesis 3f...9a --client line-3.crt
    """
    from jope.services.anchoring.settingup import register

    _require(origin, ORIGIN_PATTERN, "--origin takes up to 120 visible characters.")
    _require(genesis, r"[0-9a-f]{64}", "--genesis takes 64 hex digits.")
    registration = register(folder, origin, genesis, client.read_bytes(), renew=renew)
    _say({"origin": registration.origin, "genesis": registration.genesis.hex(), "client_pin": registration.client_pin.hex()}, as_json)


@witness.command("enrol")
def enrol_station(
    data: Annotated[Path, typer.Option("--data", help="The station directory.", exists=True, file_okay=False)],
    out: Annotated[Path | None, typer.Option("--out", help="Where a copy of the client certificate goes.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a station's client certificate, and say what the witness must be told.

    Example: jope witness enrol --data /var/lib/jope --out line-3.crt
    """
    from jope.kernel.settings.files import StationFolder
    from jope.kernel.settings.key_files import key_files_of
    from jope.services.anchoring.settingup import enrol

    station = StationFolder(data)
    facts = enrol(key_files_of(station), station.policy())
    if out is not None:
        out.write_bytes((station.keys / "anchor.crt").read_bytes())
    _say(asdict(facts), as_json)


@witness.command("show")
def show(folder: Dir, as_json: AsJson = False) -> None:
    """What the witness remembers: its own fingerprints, and the newest size and root of each trail.

    Example: jope witness show --dir /var/lib/jope-witness --json
    """
    from jope.services.anchoring.memory import WitnessFolder
    from jope.services.anchoring.settingup import witness_facts

    trails = []
    for one in WitnessFolder(folder).all_origins():
        registration, state = one.registration(), one.state()
        refused = len(list((one.folder / "refused").glob("*.checkpoint")))
        trails.append(
            {"origin": registration.origin, "size": state.size, "root": state.root.hex(), "posix": state.posix, "refused": refused}
        )
    _say(asdict(witness_facts(folder)) | {"trails": trails}, as_json)


@witness.command("serve")
def serve(
    listen_at: Annotated[str, typer.Option("--listen", help="HOST:PORT; port 0 takes a free one.")],
    folder: Dir,
) -> None:
    """Serve until it is told to stop.

    Example: jope witness serve --listen 0.0.0.0:8643 --dir /var/lib/jope-witness
    """
    import asyncio

    from jope.kernel.clock import SystemClock
    from jope.kernel.errors import WitnessError
    from jope.kernel.logs import configure_logs
    from jope.services.anchoring.serving import WitnessServer, listen
    from jope.services.anchoring.settingup import open_witness

    host, _, port = listen_at.rpartition(":")
    _require(port, r"[0-9]{1,5}", "--listen takes HOST:PORT.")
    server, lock = open_witness(folder, SystemClock())
    configure_logs(folder / "logs")
    try:
        listening = listen(host.strip("[]"), int(port))
    except (OSError, OverflowError) as error:
        lock.release()
        raise WitnessError(f"{listen_at} cannot be listened on: {error}.", remedy="Name another address or port.") from error
    print(f"witness {server.name} listens on {host}:{listening.getsockname()[1]}", flush=True)
    try:
        asyncio.run(WitnessServer(server, listening).serve())
    finally:
        lock.release()


def _require(text: str, pattern: str, message: str) -> None:
    import re

    if re.fullmatch(pattern, text) is None:
        raise typer.BadParameter(message)


def _say(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts, indent=2))
        return
    for name, value in facts.items():
        if isinstance(value, list):
            for row in value:
                print("  ".join(f"{key} {content}" for key, content in row.items()))
        else:
            print(f"{name:12} {value}")

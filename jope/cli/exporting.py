"""``jope audit export``: bundles of the trail for inspectors, and everything in open formats."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

Subject = Annotated[str, typer.Option("--subject", help="One record, as KIND:ID (batch:B-2026-0281); without it the whole trail.")]
Full = Annotated[bool, typer.Option("--full", help="The whole trail with every business table and every batch record.")]


def export(
    data: Annotated[Path, typer.Option("--data", help="The station directory.", exists=True, file_okay=False)],
    out: Annotated[Path, typer.Option("--out", help="Where the bundle goes, a zip.")],
    subject: Subject = "",
    full: Full = False,
    person: Annotated[str, typer.Option("--as", help="Your employee id; asked for when it is not given.")] = "",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Export the trail as a signed bundle that is verified without the product.

    Example: jope audit export --data DIR --out B-2026-0281.zip --subject batch:B-2026-0281 --as D-QA
    """
    from jope.bootstrap import open_station
    from jope.compliance.identity.commands import SignIn, SignOut
    from jope.services.exports.commands import ExportData, Scope

    kind, colon, id_ = subject.partition(":")
    if subject and not (kind and colon and id_):
        raise typer.BadParameter("give it as KIND:ID, for example batch:B-2026-0281", param_hint="--subject")
    if subject and full:
        raise typer.BadParameter("one record or everything, not both", param_hint="--full")
    scope = Scope.SUBJECT if subject else Scope.STATION if full else Scope.TRAIL
    person = person or typer.prompt("Employee id")
    password = sys.stdin.readline().rstrip("\n") if password_stdin else typer.prompt("Password", hide_input=True)
    station = open_station(data)
    try:
        token = station.dispatch(SignIn(employee_id=person, password=password)).token
        try:
            made = station.export_data(ExportData(scope=scope, kind=kind, id=id_), token, out)
        finally:
            station.dispatch(SignOut(), token)
    finally:
        station.close()
    if as_json:
        print(json.dumps(asdict(made), indent=2))
    else:
        print(f"{made.path}: {made.events} events, export is event {made.seq}, checkpoint over {made.size} events, {made.bytes} bytes.")


def check_bundle(
    bundle: Annotated[Path, typer.Argument(help="The zip, or the folder it was unpacked into.")],
    data: Annotated[Path | None, typer.Option("--data", help="The station whose genesis key is to be believed.", exists=True)] = None,
    genesis: Annotated[str, typer.Option("--genesis", help="The genesis key from paper, 64 hex digits.")] = "",
    all_signatures: Annotated[bool, typer.Option("--all-signatures", help="Of a whole trail, check each commit's signature.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Verify a bundle with the verifier that travels in it, from this program's own copy.

    Example: jope audit check-bundle B-2026-0281.zip --data DIR
    """
    from jope.kernel.settings.files import StationFolder
    from jope.services.exports.verifier import verify

    options = [str(bundle), "--genesis", StationFolder(data).policy().genesis_public_key if data is not None else genesis]
    options += ["--all-signatures"] if all_signatures else []
    options += ["--json"] if as_json else []
    raise typer.Exit(verify.main(options))

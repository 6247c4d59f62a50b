"""``jope training``: what somebody is trained on, who is not, and reading and signing."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from jope.cli.options import AsJson, DataDir
from jope.cli.signing import AsPerson, PasswordStdin, acting, asking, sign, tell_rows

training = typer.Typer(no_args_is_help=True, help="Training on operating procedures.")
Everybody = Annotated[bool, typer.Option("--everybody", help="All people in your scope, by the procedures that their work asks for.")]
Sop = Annotated[str, typer.Argument(help="The procedure's number.")]
Number = Annotated[int, typer.Argument(help="Its version.")]


@training.command("list")
def list_training(
    data: DataDir, person: AsPerson = "", everybody: Everybody = False, password_stdin: PasswordStdin = False, as_json: AsJson = False
) -> None:
    """How you stand to each effective procedure, what is asked of you first.

    Example: jope training list --data DIR --as D-OPER --json
    """
    from jope.compliance.training.queries import my_training, training_matrix

    rows = _read(data, person, password_stdin, training_matrix if everybody else my_training)
    if as_json:
        tell_rows(rows)
        return
    for row in rows:
        until = f"until {row.valid_until}" if row.valid_until else ""
        asked = "asked" if row.required else ""
        print(f"{row.employee_id:10} {row.sop_id:14} v{row.number:<4} {row.state:9} {asked:6} {until:17} {row.title}".rstrip())


@training.command("sops")
def list_sops(data: DataDir, person: AsPerson = "", password_stdin: PasswordStdin = False, as_json: AsJson = False) -> None:
    """All versions of all procedures, and what asks for them.

    Example: jope training sops --data DIR --as D-QA
    """
    from jope.compliance.training.queries import requirements, sops

    ask, person = asking(password_stdin), person or typer.prompt("Employee id")
    with acting(data, person, ask) as (station, token):
        versions, asked = station.read(sops, token), station.read(requirements, token)
    if as_json:
        print(json.dumps({"sops": [asdict(row) for row in versions], "requirements": [asdict(row) for row in asked]}, indent=2))
        return
    for row in versions:
        print(f"{row.sop_id:14} v{row.number:<4} {row.state:10} from {row.effective_from} {row.title}")
    for requirement in asked:
        print(f"{requirement.sop_id:14} is asked for by the {requirement.kind} {requirement.key}")


@training.command("missing")
def missing(
    data: DataDir, sop: Sop, number: Number, person: AsPerson = "", password_stdin: PasswordStdin = False, as_json: AsJson = False
) -> None:
    """People in your scope who are not trained on a version today. Exit 1 where there are any.

    Example: jope training missing SOP-017 2 --data DIR --as D-QA
    """
    from jope.compliance.training.queries import who_has_not

    rows = _read(data, person, password_stdin, who_has_not, sop_id=sop, number=number)
    if as_json:
        tell_rows(rows)
    else:
        for row in rows:
            last = f"trained on version {row.trained_number}" if row.trained_number else "never trained"
            print(f"{row.employee_id:10} {row.role:12} {last:24} {row.name}")
    raise typer.Exit(1 if rows else 0)


@training.command("sign")
def sign_training(data: DataDir, sop: Sop, number: Number, person: AsPerson = "", password_stdin: PasswordStdin = False) -> None:
    """Read a version of a procedure and sign that you understood it; a document that is no text is written beside you first.

    Example: jope training sign SOP-017 2 --data DIR --as D-OPER
    """
    from jope.compliance.training.commands import ReadAndUnderstood
    from jope.compliance.training.queries import readable_sop

    ask, person = asking(password_stdin), person or typer.prompt("Employee id")
    with acting(data, person, ask) as (station, token):
        version = station.read(readable_sop, token, sop_id=sop, number=number)
        content = station.sop_document(sop, number, token)
        try:
            print(content.decode("utf-8"), file=sys.stderr)
        except UnicodeDecodeError:
            copy = Path(f"{version.document_hash[:12]}-{Path(version.document_name).name}")
            copy.write_bytes(content)
            print(f"The document is no text. Read it now: {copy}", file=sys.stderr)
        done = sign(station, token, ReadAndUnderstood(sop_id=sop, number=number), person, ask)
    print(f"Signed; good until {done.valid_until}." if done.valid_until else "Signed.")


def _read(data: Path, person: str, password_stdin: bool, query: Any, **arguments: Any) -> Any:
    ask, person = asking(password_stdin), person or typer.prompt("Employee id")
    with acting(data, person, ask) as (station, token):
        return station.read(query, token, **arguments)

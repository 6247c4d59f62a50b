"""``jope letters``: the letter to the agency that signatures are binding, and later certifications (21 CFR 11.100(c))."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jope.cli.options import AsJson, DataDir
from jope.cli.signing import AsPerson, PasswordStdin, acting, answer, asking, sign, tell_rows

letters = typer.Typer(no_args_is_help=True, help="What the agency was told about signatures here.")


@letters.command("list")
def list_letters(data: DataDir, person: AsPerson = "", password_stdin: PasswordStdin = False, as_json: AsJson = False) -> None:
    """Every letter, the newest date first.

    Example: jope letters list --data DIR --as D-QA
    """
    from jope.kernel.clock import utc_text
    from jope.services.provisioning.queries import letters as of_station

    rows = answer(data, person, password_stdin, of_station)
    if as_json:
        tell_rows(rows)
        return
    for row in rows:
        print(
            f"{row.dated}  {row.kind:10} {row.document_name} ({row.document_hash[:16]})  by {row.recorded_by}, {utc_text(row.recorded_us)}"
        )


@letters.command("record")
def record(
    data: DataDir,
    document: Annotated[Path, typer.Argument(help="A scan of the letter.", exists=True, dir_okay=False)],
    dated: Annotated[str, typer.Option("--dated", help="The letter's own date, as 2026-01-31.")],
    testimony: Annotated[bool, typer.Option("--testimony", help="It is a later certification that the agency asked for.")] = False,
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """Sign what a letter is; the document is kept by its hash.

    Example: jope letters record letter.pdf --dated 2026-01-31 --data DIR --as D-QA
    """
    from jope.kernel.ids import new_id
    from jope.services.provisioning.commands import RecordLetter

    ask, person = asking(password_stdin), person or typer.prompt("Employee id")
    with acting(data, person, ask) as (station, token):
        digest = station.keep_document(document.read_bytes(), token)
        command = RecordLetter(
            letter_id=new_id(), kind="testimony" if testimony else "letter", dated=dated, document_name=document.name, document_hash=digest
        )
        sign(station, token, command, person, ask)
    print(f"{document.name} is recorded.")

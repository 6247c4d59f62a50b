"""``jope signatures``: which action is signed how at a station, and accepting the accountability statement."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from jope.cli.changes import ask_and_submit
from jope.cli.options import AsJson, DataDir
from jope.cli.signing import AsPerson, PasswordStdin, acting, asking, sign
from jope.kernel.errors import StoreVersionError

signatures = typer.Typer(no_args_is_help=True, help="How actions are signed, and the accountability statement.")
_SINCE = "0009"


@signatures.command("matrix")
def matrix(data: DataDir, as_json: AsJson = False) -> None:
    """The signature matrix that is in force, and what is wrong with the stored one. Exit 1 where something is.

    Example: jope signatures matrix --data /var/lib/jope --json
    """
    found, faults = _read(data)
    if as_json:
        print(json.dumps({"rules": found, "faults": faults}, indent=2))
    else:
        for rule in found:
            series = "series" if rule["series"] else ""
            print(
                f"{rule['action']:24} v{rule['number']:<3} {rule['signing']:12} {rule['meaning'] or '':15} {rule['verifying']:18} {series}".rstrip()
            )
        for fault in faults:
            print(f"FAULT {fault}.")
    raise typer.Exit(1 if faults else 0)


@signatures.command("change")
def change(
    data: DataDir,
    action: Annotated[str, typer.Argument(help="The action, as 'jope signatures matrix' names it.")],
    signing: Annotated[str, typer.Argument(help="none, sign or sign_verify.")],
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    meaning: Annotated[str, typer.Option("--meaning", help="The meaning it is signed with; empty where it is not signed.")] = "",
    series: Annotated[bool, typer.Option("--series", help="It may be signed in a series, with the password alone.")] = False,
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """Ask for an action to be signed in another way, never less than the program demands; another person approves it.

    Example: jope signatures change CreateBatch sign --meaning authorship --reason "site rule 7" --data DIR --as D-ADMIN
    """
    from jope.compliance.signatures.commands import ChangeSignatureRule

    command = ChangeSignatureRule(action=action, signing=signing, meaning=meaning, series=series, reason=reason)
    ask_and_submit(data, person, password_stdin, command)


@signatures.command("accept")
def accept(
    data: DataDir,
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
    language: Annotated[str, typer.Option("--language", help="The language of the statement: en or de.")] = "en",
) -> None:
    """Read the accountability statement and accept it by signature; nobody signs anything else before.

    Example: jope signatures accept --data DIR --as D-QA
    """
    from jope.compliance.signatures.commands import AcceptAccountability

    ask, person = asking(password_stdin), person or typer.prompt("Employee id")
    with acting(data, person, ask) as (station, token):
        due = {statement.language: statement for statement in station.statement_due(token)}
        if not due:
            print("The statement is accepted already.")
            return
        if language not in due:
            raise typer.BadParameter(f"the statement is there in {', '.join(sorted(due))}", param_hint="--language")
        print(due[language].text, file=sys.stderr)
        sign(station, token, AcceptAccountability(number=due[language].number, language=language), person, ask)
    print(f"Statement {due[language].number} accepted.")


def _read(data: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """The rules in force as JSON values, and the faults of the stored ones.

    Raises:
        StoreVersionError: the store is of an earlier program.
    """
    from jope.bootstrap import HANDLER_MODULES
    from jope.compliance.commands import declarations_of
    from jope.compliance.signatures.matrix import SignatureMatrix
    from jope.compliance.signatures.rules import floors_of
    from jope.kernel.settings.files import StationFolder
    from jope.kernel.settings.key_files import key_files_of
    from jope.kernel.store.engine import StoreLocation, open_reader
    from jope.kernel.store.migrations import stored_revision

    folder = StationFolder(data)
    key = key_files_of(folder).read("store") if folder.settings().encrypted else None
    reader = open_reader(StoreLocation(folder.store, key), size=1)
    try:
        with reader.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            if (stored_revision(raw) or "") < _SINCE:
                raise StoreVersionError("The store has no signature matrix yet.", remedy="Start the station once with this program.")
            found = SignatureMatrix(floors_of(declarations_of(*HANDLER_MODULES)))
            found.load(raw.cursor())
            faults = list(found.faults(raw.cursor()))
    finally:
        reader.dispose()
    rules = [
        {
            "action": rule.action, "number": rule.number, "signing": rule.signing.value, "meaning": rule.meaning and rule.meaning.value,
            "offered": [m.value for m in rule.offered], "verifying": rule.verifying, "series": rule.series,
        }
        for rule in found.rules()
    ]  # fmt: skip
    return rules, faults

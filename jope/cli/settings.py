"""``jope settings``: settings in force, and asking for another value."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from jope.cli.changes import ask_and_submit
from jope.cli.signing import AsPerson, PasswordStdin, acting, asking

settings = typer.Typer(no_args_is_help=True, help="Settings of the station.")
DataDir = Annotated[Path, typer.Option("--data", help="The station directory.", exists=True, file_okay=False)]


@settings.command("list")
def list_settings(
    data: DataDir,
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Every setting with its value and version.

    Example: jope settings list --data DIR --as D-ADMIN
    """
    from jope.compliance.settings.queries import settings as in_force

    with acting(data, person or typer.prompt("Employee id"), asking(password_stdin)) as (station, token):
        rows = station.read(in_force, token)
    if as_json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
        return
    for row in rows:
        print(f"{row.key:24} {row.value} {row.unit}".rstrip() + f"  (version {row.number}, by default {row.default})")


@settings.command("set")
def set_one(
    data: DataDir,
    key: Annotated[str, typer.Argument(help="The setting, as 'jope settings list' names it.")],
    value: Annotated[str, typer.Argument(help="Its new value.")],
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """Ask for another value; it holds when another person approves it.

    Example: jope settings set session.idle_lock 60 --reason "open office" --data DIR --as D-ADMIN
    """
    from jope.compliance.settings.commands import ChangeSetting

    ask_and_submit(data, person, password_stdin, ChangeSetting(key=key, value=value, reason=reason))

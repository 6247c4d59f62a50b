"""``jope settings``: settings in force, and asking for another value."""

from __future__ import annotations

from typing import Annotated

import typer

from jope.cli.changes import ask_and_submit
from jope.cli.options import DataDir
from jope.cli.signing import AsPerson, PasswordStdin, answer, tell_rows

settings = typer.Typer(no_args_is_help=True, help="Settings of the station.")


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

    rows = answer(data, person, password_stdin, in_force)
    if as_json:
        tell_rows(rows)
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

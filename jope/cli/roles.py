"""``jope roles``: the roles with what each may do, and asking for a new one or a change."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from jope.cli.changes import ask_and_submit
from jope.cli.options import AsJson, DataDir
from jope.cli.signing import AsPerson, PasswordStdin, answer

if TYPE_CHECKING:
    from jope.bootstrap import Station
    from jope.compliance.commands import Command

roles = typer.Typer(no_args_is_help=True, help="Roles and what each may do.")
Role = Annotated[str, typer.Argument(help="The role's name.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]


@roles.command("list")
def list_roles(data: DataDir, person: AsPerson = "", password_stdin: PasswordStdin = False, as_json: AsJson = False) -> None:
    """The roles with what each may do.

    Example: jope roles list --data DIR --as D-ADMIN --json
    """
    from jope.compliance.people.queries import roles as of_station

    rows = answer(data, person, password_stdin, of_station)
    if as_json:
        print(json.dumps([{**asdict(row), "permissions": sorted(row.permissions)} for row in rows], indent=2, ensure_ascii=False))
        return
    for row in rows:
        print(f"{row.role} (version {row.number}, {row.people} people): {', '.join(sorted(row.permissions))}")


@roles.command("new")
def new(
    data: DataDir,
    role: Role,
    title: Annotated[str, typer.Option("--title", help="What the role is called on screens and in print.")],
    permission: Annotated[list[str], typer.Option("--permission", help="What it may do, as 'jope roles list' names it. May be repeated.")],
    reason: Reason,
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """Ask for a new role; it comes into being when another person approves it.

    Example: jope roles new sampler --title Sampler --permission session.use --permission deviation.open --reason "SOP-9" --data DIR --as D-ADMIN
    """
    from jope.compliance.authority.commands import CreateRole

    command = CreateRole(role=role, title=title, permissions=tuple(sorted(permission)), reason=reason)
    ask_and_submit(data, person, password_stdin, command)


@roles.command("change")
def change(
    data: DataDir,
    role: Role,
    reason: Reason,
    add: Annotated[list[str] | None, typer.Option("--add", help="What it may do from now on. May be repeated.")] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", help="What it may not do any more. May be repeated.")] = None,
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """Ask for a role to hold more or less; who holds it signs in anew once another person approved it.

    Example: jope roles change operator --add audit.read --reason "SOP-12" --data DIR --as D-ADMIN
    """
    from jope.compliance.authority.commands import ChangeRole
    from jope.compliance.people.queries import roles as of_station

    def changed(station: Station, token: str) -> Command:
        held = {str(p) for row in station.read(of_station, token) if row.role == role for p in row.permissions}
        absent = sorted(set(remove or ()) - held)
        if absent:
            raise typer.BadParameter(f"the role does not hold {', '.join(absent)}", param_hint="--remove")
        return ChangeRole(role=role, permissions=tuple(sorted(held.union(add or ()) - set(remove or ()))), reason=reason)

    ask_and_submit(data, person, password_stdin, changed)

"""``jope users``: people and when they came and went."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from jope.cli.signing import AsPerson, PasswordStdin, acting, asking

users = typer.Typer(no_args_is_help=True, help="People at the station.")
DataDir = Annotated[Path, typer.Option("--data", help="The station directory.", exists=True, file_okay=False)]


@users.callback()
def _group() -> None:
    """People at the station."""


@users.command("access-log")
def access_log_of_station(
    data: DataDir,
    person: AsPerson = "",
    who: Annotated[str, typer.Option("--who", help="An employee id, or part of an id or a name.")] = "",
    kind: Annotated[
        str, typer.Option("--kind", help="Only this kind: an action such as session.locked, or presence, locks or failures.")
    ] = "",
    since: Annotated[str, typer.Option("--since", help="Not before this time (UTC), as 2026-01-31 or 2026-01-31 09:30.")] = "",
    until: Annotated[str, typer.Option("--until", help="Not after this time (UTC).")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many lines at most, the newest first.")] = 200,
    password_stdin: PasswordStdin = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Who signed in and out, whose screen was locked and why, who failed to get in.

    Example: jope users access-log --data DIR --as D-QA --who D-OPER --since 2026-01-31
    """
    from jope.compliance.identity.queries import ACCESS_ACTIONS, ACCESS_GROUPS, access_log
    from jope.kernel.clock import utc_text

    kinds = [*ACCESS_GROUPS, *(action.value for action in ACCESS_ACTIONS)]
    if kind and kind not in kinds:
        raise typer.BadParameter(f"one of {', '.join(kinds)}", param_hint="--kind")
    since_us, until_us = _utc_us(since, "--since"), _utc_us(until, "--until", end=True)
    with acting(data, person or typer.prompt("Employee id"), asking(password_stdin)) as (station, token):
        rows = station.read(access_log, token, who=who, kind=kind, since_us=since_us, until_us=until_us, limit=limit)
    if as_json:
        print(json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=False))
        return
    for row in rows:
        where = f"{row.workstation} {row.address} {row.os_user}"
        print(f"{row.seq}  {utc_text(row.utc_us)}  {row.employee_id or '-'}  {row.kind}  {row.outcome}  {row.cause or '-'}  {where}")
    print(f"{len(rows)} {'entry' if len(rows) == 1 else 'entries'}.")


def _utc_us(text: str, option: str, *, end: bool = False) -> int | None:
    """A time as it is typed: a date alone means its beginning, or its end."""
    from jope.kernel.clock import utc_us_of

    if not text:
        return None
    found = utc_us_of(text, end=end)
    if found is None:
        raise typer.BadParameter("write a time as 2026-01-31 or 2026-01-31 09:30", param_hint=option)
    return found

"""``jope deputies``: who holds another's role for a time, and asking for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from jope.cli.changes import ask_and_submit
from jope.cli.options import AsJson, DataDir
from jope.cli.signing import AsPerson, PasswordStdin, answer, tell_rows

if TYPE_CHECKING:
    from jope.bootstrap import Station
    from jope.compliance.commands import Command

deputies = typer.Typer(no_args_is_help=True, help="Roles for a time, for somebody's absence.")


@deputies.command("list")
def list_deputies(data: DataDir, person: AsPerson = "", password_stdin: PasswordStdin = False, as_json: AsJson = False) -> None:
    """Everybody who was, is or will be a deputy, the latest end first.

    Example: jope deputies list --data DIR --as D-QA
    """
    from jope.compliance.authority.queries import deputies as of_station
    from jope.kernel.clock import utc_text

    rows = answer(data, person, password_stdin, of_station)
    if as_json:
        tell_rows(rows)
        return
    for row in rows:
        time = f"{utc_text(row.from_us)} to {utc_text(row.until_us)}"
        print(f"{row.employee_id:12} for {row.stands_for:12} {row.role:12} {row.standing:8} {time}  by {row.change_id}: {row.reason}")


@deputies.command("ask")
def ask_for_deputy(
    data: DataDir,
    account: Annotated[str, typer.Argument(help="The employee id of the deputy.")],
    absent: Annotated[str, typer.Option("--for", help="The employee id of the absent person, whose role it is.")],
    first: Annotated[str, typer.Option("--from", help="The first day, as 2026-01-31.")],
    last: Annotated[str, typer.Option("--until", help="The last day, as 2026-01-31; at most a quarter on.")],
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """Ask for a person to hold another's role too, for a time; it ends by itself.

    Example: jope deputies ask D-VALID --for D-SUPER --from 2026-02-01 --until 2026-02-07 --reason "on leave" --data DIR --as D-ADMIN
    """
    from jope.compliance.authority.commands import AppointDeputy
    from jope.compliance.people.times import day_begins_us, day_ends_us

    def made(station: Station, token: str) -> Command:
        from_us, until_us = day_begins_us(first, station.info.zone), day_ends_us(last, station.info.zone)
        return AppointDeputy(employee_id=account, stands_for=absent, from_us=from_us or 0, until_us=until_us or 0, reason=reason)

    ask_and_submit(data, person, password_stdin, made)

"""``jope equipment``: how each unit stands, and what is written in its logbook."""

from __future__ import annotations

from typing import Annotated

import typer

from jope.cli.options import AsJson, DataDir
from jope.cli.signing import AsPerson, PasswordStdin, answer, tell_rows
from jope.kernel.clock import utc_text

equipment = typer.Typer(no_args_is_help=True, help="Equipment of the line: status and logbook.")


@equipment.callback()
def _group() -> None:
    """Equipment of the line: status and logbook."""


@equipment.command("list")
def list_equipment(data: DataDir, person: AsPerson, password_stdin: PasswordStdin = False, as_json: AsJson = False) -> None:
    """The units in your scope as they stand now.

    Example: jope equipment list --data DIR --as D-SUPER --json
    """
    from jope.plant.devices.equipment.queries import equipment_list

    rows = answer(data, person, password_stdin, equipment_list)
    if as_json:
        tell_rows(rows)
        return
    for row in rows:
        until = f"until {utc_text(row.clean_until_us)}" if row.clean_until_us is not None else row.batch_no
        print(f"{row.equipment_id:16} {row.line:6} {row.status.value:20} {until:30} {row.title}".rstrip())


@equipment.command("logbook")
def logbook(
    data: DataDir, person: AsPerson,
    equipment_id: Annotated[str, typer.Argument(metavar="ID", help="The unit.")],
    newest: Annotated[int, typer.Option("--newest", min=1, max=2000, help="How many of the newest entries.")] = 2000,
    password_stdin: PasswordStdin = False, as_json: AsJson = False,
) -> None:  # fmt: skip
    """The logbook of a unit, oldest entry first: time, what, product and lot, who performed and who checked.

    Example: jope equipment logbook MX-1 --data DIR --as D-QA --json
    """
    from jope.plant.devices.equipment.queries import equipment_logbook

    rows = answer(data, person, password_stdin, equipment_logbook, equipment_id=equipment_id, newest=newest)
    if as_json:
        tell_rows(rows)
        return
    for row in rows:
        about = ", ".join(filter(None, (row.batch_no, row.product, row.lot)))
        people = f"{row.performed_by}, checked by {row.checked_by}" if row.checked_by else row.performed_by
        print("  ".join(filter(None, (utc_text(row.utc_us), row.what, about, people, row.detail))))

"""``jope badges``: badges that fill in an employee id, and the tests of what reads them. A badge's number is typed like a password, and kept as a digest."""

from __future__ import annotations

from typing import Annotated

import typer

from jope.cli.changes import submit_stored
from jope.cli.options import AsJson, DataDir
from jope.cli.signing import AsPerson, PasswordStdin, acting, answer, asking, sign_alone, tell_rows
from jope.kernel.errors import RefusedError

badges = typer.Typer(no_args_is_help=True, help="Badges, and tests of their readers.")
Account = Annotated[str, typer.Argument(help="The employee id of the account.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]


@badges.command("list")
def list_badges(data: DataDir, person: AsPerson = "", password_stdin: PasswordStdin = False, as_json: AsJson = False) -> None:
    """Every badge that was ever given out, those in use first.

    Example: jope badges list --data DIR --as D-QA
    """
    from jope.compliance.people.queries import badges as of_station
    from jope.kernel.clock import utc_text

    rows = answer(data, person, password_stdin, of_station)
    if as_json:
        tell_rows(rows)
        return
    for row in rows:
        revoked = "" if row.revoked_us is None else f", revoked {utc_text(row.revoked_us)}"
        print(f"...{row.digest[:8]}  {row.employee_id:12} {row.state:8} issued {utc_text(row.issued_us)}{revoked}")


@badges.command("issue")
def issue(data: DataDir, account: Account, reason: Reason, person: AsPerson = "", password_stdin: PasswordStdin = False) -> None:
    """Ask for a badge, after an identity check of its own. With --password-stdin: your password, the badge's number, your password again.

    Example: jope badges issue D-OPER --reason "works at the line" --data DIR --as D-ADMIN
    """
    from jope.compliance.people.badges import badge_digest
    from jope.compliance.people.commands import IssueBadge
    from jope.compliance.people.queries import identity_checks

    ask, person = asking(password_stdin), person or typer.prompt("Employee id")
    with acting(data, person, ask) as (station, token):
        checks = station.read(identity_checks, token, employee_id=account)
        if not checks:
            raise RefusedError("This badge has no identity check of its own.", remedy="Record one with 'jope users identify'.")
        number = ask("Number of the badge, as its reader sends it")
        command = IssueBadge(employee_id=account, badge_digest=badge_digest(number), identity_check_id=checks[0][0], reason=reason)
        submit_stored(station, token, command, person, ask)


@badges.command("revoke")
def revoke(data: DataDir, account: Account, reason: Reason, person: AsPerson = "", password_stdin: PasswordStdin = False) -> None:
    """A lost or returned badge is void at once.

    Example: jope badges revoke D-OPER --reason "lost" --data DIR --as D-QA
    """
    from jope.compliance.people.commands import RevokeBadge

    with acting(data, person or typer.prompt("Employee id"), asking(password_stdin)) as (station, token):
        station.dispatch(RevokeBadge(employee_id=account, reason=reason), token)
    print(f"The badge of {account} is revoked.")


@badges.command("tests")
def list_tests(data: DataDir, person: AsPerson = "", password_stdin: PasswordStdin = False, as_json: AsJson = False) -> None:
    """Tests of badge readers and second factors, newest first. Exit 1 where the next one is late.

    Example: jope badges tests --data DIR --as D-QA
    """
    from jope.compliance.people.queries import factor_tests

    rows = answer(data, person, password_stdin, factor_tests)
    if as_json:
        tell_rows(rows)
    else:
        for row in rows:
            due = f"{row.next_due}{' OVERDUE' if row.overdue else ''}"
            print(f"{row.kind:14} {row.device:20} {'passed' if row.passed else 'FAILED'} next {due}  by {row.tested_by}, {row.procedure}")
    raise typer.Exit(1 if any(row.overdue for row in rows) else 0)


@badges.command("test")
def record_test(
    data: DataDir,
    device: Annotated[str, typer.Argument(help="The device, as it is marked.")],
    procedure: Annotated[str, typer.Option("--procedure", help="By which procedure, with its version.")],
    next_due: Annotated[str, typer.Option("--next-due", help="When it is due again, as 2026-01-31.")],
    passed: Annotated[bool, typer.Option("--passed/--failed", help="How it ended.")],
    second_factor: Annotated[bool, typer.Option("--second-factor", help="It is a second factor, not a badge reader.")] = False,
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """Sign a test of a badge reader or of a second factor.

    Example: jope badges test RD-4 --procedure "SOP-031 v2" --passed --next-due 2026-12-01 --data DIR --as D-ADMIN
    """
    from jope.compliance.people.commands import RecordFactorTest
    from jope.kernel.ids import new_id

    kind = "second_factor" if second_factor else "badge_reader"
    command = RecordFactorTest(test_id=new_id(), kind=kind, device=device, procedure=procedure, passed=passed, next_due=next_due)
    sign_alone(data, person, password_stdin, command)
    print(f"The test of {device} is recorded; the next one is due {next_due}.")

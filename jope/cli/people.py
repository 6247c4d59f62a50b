"""``jope users``: people and when they came and went."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jope.cli.changes import Witness, ask_and_submit
from jope.cli.options import AsJson, DataDir
from jope.cli.roles import list_roles
from jope.cli.signing import AsPerson, PasswordStdin, acting, answer, asking, sign, sign_alone, tell_rows

users = typer.Typer(no_args_is_help=True, help="People at the station.")


Account = Annotated[str, typer.Argument(help="The employee id of the account.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]
Name = Annotated[str, typer.Option("--name", help="The person's name, as signatures print it.")]
Role = Annotated[str, typer.Option("--role", help="One of the station's roles.")]
Line = Annotated[str, typer.Option("--line", help="The person's line, * for all.")]
FirstDay = Annotated[str, typer.Option("--from", help="The first day of access, as 2026-01-31.")]
LastDay = Annotated[str, typer.Option("--until", help="The last day of access, as 2026-01-31.")]


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
        tell_rows(rows)
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


@users.command("list")
def list_users(data: DataDir, person: AsPerson = "", password_stdin: PasswordStdin = False, as_json: AsJson = False) -> None:
    """All accounts, and where each stands.

    Example: jope users list --data DIR --as D-ADMIN --json
    """
    from jope.compliance.people.queries import accounts

    rows = answer(data, person, password_stdin, accounts)
    if as_json:
        tell_rows(rows)
        return
    for row in rows:
        print(f"{row.employee_id:12} {row.role:12} {row.line:6} {row.standing:20} {row.name}")


@users.command()
def create(
    data: DataDir, account: Account, name: Name, role: Role, reason: Reason, line: Line = "*", first: FirstDay = "", last: LastDay = "",
    person: AsPerson = "", password_stdin: PasswordStdin = False,
) -> None:  # fmt: skip
    """Ask for a new account; it comes into being when another person approves it.

    Example: jope users create E-1001 --name "New Operator" --role operator --reason "joins the line" --data DIR --as D-ADMIN
    """
    from jope.compliance.people.commands import CreateUser

    command = CreateUser(employee_id=account, name=name, role=role, line=line, access_from=first, access_until=last, reason=reason)
    ask_and_submit(data, person, password_stdin, command)


@users.command()
def change(
    data: DataDir, account: Account, name: Name, role: Role, reason: Reason, line: Line = "*", first: FirstDay = "", last: LastDay = "",
    person: AsPerson = "", password_stdin: PasswordStdin = False,
) -> None:  # fmt: skip
    """Ask for another name, role, line or time of access.

    Example: jope users change E-1001 --name "New Operator" --role supervisor --reason "trained" --data DIR --as D-ADMIN
    """
    from jope.compliance.people.commands import ChangeUser

    command = ChangeUser(employee_id=account, name=name, role=role, line=line, access_from=first, access_until=last, reason=reason)
    ask_and_submit(data, person, password_stdin, command)


@users.command()
def identify(
    data: DataDir,
    account: Account,
    how: Annotated[str, typer.Option("--how", help="By what the person was recognised.")],
    document: Annotated[Path, typer.Option("--document", help="A scan of the document.", exists=True, dir_okay=False)],
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """Sign that you checked who a person is; the document is kept by its hash.

    Example: jope users identify E-1001 --how "identity card" --document card.png --data DIR --as D-QA
    """
    from jope.compliance.people.commands import RecordIdentityCheck
    from jope.kernel.ids import new_id

    ask, person = asking(password_stdin), person or typer.prompt("Employee id")
    with acting(data, person, ask) as (station, token):
        digest = station.keep_document(document.read_bytes(), token)
        command = RecordIdentityCheck(check_id=new_id(), employee_id=account, how=how, document_name=document.name, document_hash=digest)
        sign(station, token, command, person, ask)
    print(f"The identity of {account} is checked ({command.check_id}).")


@users.command("issue-password")
def issue_password(data: DataDir, account: Account, person: AsPerson = "", password_stdin: PasswordStdin = False) -> None:
    """Give out a first password, once; its person changes it at the first sign-in.

    Example: jope users issue-password E-1001 --data DIR --as D-ADMIN
    """
    with acting(data, person or typer.prompt("Employee id"), asking(password_stdin)) as (station, token):
        print(station.issue_password(account, token))


@users.command("change-password")
def change_password(data: DataDir, person: AsPerson = "", password_stdin: PasswordStdin = False) -> None:
    """Choose a new password for yourself. With --password-stdin: the one until now, then the new one.

    Example: jope users change-password --data DIR --as E-1001
    """
    from jope.bootstrap import open_station
    from jope.compliance.identity.commands import ChangePassword

    ask, person = asking(password_stdin), person or typer.prompt("Employee id")
    before, new = ask("Password until now"), ask("New password")
    if not password_stdin and ask("New password again") != new:
        raise typer.BadParameter("the new password was typed in two ways")
    station = open_station(data)
    try:
        station.dispatch(ChangePassword(employee_id=person, password=before, new_password=new))
    finally:
        station.close()
    print("The password is changed.")


@users.command()
def disable(data: DataDir, account: Account, reason: Reason, person: AsPerson = "", password_stdin: PasswordStdin = False) -> None:
    """Disable an account at once; another person reviews it after.

    Example: jope users disable E-1001 --reason "left the company" --data DIR --as D-ADMIN
    """
    from jope.compliance.identity.commands import DisableUser

    with acting(data, person or typer.prompt("Employee id"), asking(password_stdin)) as (station, token):
        station.dispatch(DisableUser(employee_id=account, reason=reason), token)
    print(f"{account} is disabled.")


@users.command()
def enable(data: DataDir, account: Account, reason: Reason, person: AsPerson = "", password_stdin: PasswordStdin = False) -> None:
    """Ask for a disabled account to be used again, with a new first password.

    Example: jope users enable E-1001 --reason "back from leave" --data DIR --as D-ADMIN
    """
    from jope.compliance.people.commands import EnableUser

    ask_and_submit(data, person, password_stdin, EnableUser(employee_id=account, reason=reason))


@users.command()
def unlock(
    data: DataDir,
    account: Account,
    how: Annotated[str, typer.Option("--how", help="By what the person was recognised before the witness.")],
    reason: Reason,
    witness: Witness = "",
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """Unlock an account beside a witness; passwords: yours for the sign-in and the request, then the witness's.

    Example: jope users unlock D-OPER --how "badge and face" --reason "typed it wrong" --witness D-SUPER --data DIR --as D-ADMIN
    """
    from jope.compliance.people.commands import UnlockUser

    ask_and_submit(data, person, password_stdin, UnlockUser(employee_id=account, how=how, reason=reason), witnessed_by=witness)


@users.command("reset-password")
def reset_password(data: DataDir, account: Account, reason: Reason, person: AsPerson = "", password_stdin: PasswordStdin = False) -> None:
    """Ask for a person's password to be void; a first password is given out then.

    Example: jope users reset-password E-1001 --reason "forgotten" --data DIR --as D-ADMIN
    """
    from jope.compliance.people.commands import ResetCredential

    ask_and_submit(data, person, password_stdin, ResetCredential(employee_id=account, reason=reason))


users.command("roles")(list_roles)


@users.command("break-glass")
def break_glass(
    data: DataDir,
    reason: Reason,
    minutes: Annotated[int, typer.Option("--minutes", min=1, max=240, help="For how long.")] = 60,
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """Take the emergency role at once: alarmed, marked on everything, reviewed after.

    Example: jope users break-glass --reason "line supervisor unreachable, batch to be held" --data DIR --as D-SUPER
    """
    from jope.compliance.authority.commands import BreakGlass
    from jope.kernel.ids import new_id

    command = BreakGlass(grant_id=new_id(), minutes=minutes, reason=reason)
    with acting(data, person or typer.prompt("Employee id"), asking(password_stdin)) as (station, token):
        station.dispatch(command, token)
    print(f"Emergency access for {minutes} minutes ({command.grant_id}). Sign in again to use it.")


@users.command("end-break-glass")
def end_break_glass(
    data: DataDir,
    grant: Annotated[str, typer.Argument(help="The emergency access, as it was told when you took it.")],
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """The emergency is over before its time; another person reviews it.

    Example: jope users end-break-glass ID --data DIR --as D-SUPER
    """
    from jope.compliance.authority.commands import EndBreakGlass

    with acting(data, person or typer.prompt("Employee id"), asking(password_stdin)) as (station, token):
        station.dispatch(EndBreakGlass(grant_id=grant), token)
    print("The emergency access is over.")


@users.command("seal-code")
def seal_code(data: DataDir, person: AsPerson = "", password_stdin: PasswordStdin = False) -> None:
    """Make your sealed code for a recovery, told once; the one before is void.

    Example: jope users seal-code --data DIR --as D-ADMIN
    """
    with acting(data, person or typer.prompt("Employee id"), asking(password_stdin)) as (station, token):
        code = station.seal_code(token)
    print(f"Your sealed code: {code}")
    print("Write it down, seal it, keep the envelope; it is told only now.")


@users.command()
def recover(
    data: DataDir,
    first: Annotated[str, typer.Option("--first", help="Employee id of one of the two.")],
    second: Annotated[str, typer.Option("--second", help="Employee id of the other one.")],
    reason: Reason,
    password_stdin: PasswordStdin = False,
) -> None:
    """Two people open their own locked accounts with their sealed codes, when nobody who could unlock can sign in.

    With --password-stdin the lines are: password and code of the first, password and code of the second.

    Example: jope users recover --first D-ADMIN --second D-QA --reason "wrong passwords at the sign-in page" --data DIR
    """
    from jope.bootstrap import open_station
    from jope.compliance.recovery.proving import Claim

    ask = asking(password_stdin)
    claims = [Claim(who, ask(f"{who}, password"), ask(f"{who}, sealed code")) for who in (first, second)]
    station = open_station(data)
    try:
        recovery = station.recover(claims[0], claims[1], reason)
    finally:
        station.close()
    print(f"{first} and {second} may sign in again ({recovery}). A third person reviews it; make new codes with 'jope users seal-code'.")


@users.command("review-recovery")
def review_recovery(
    data: DataDir, recovery: Annotated[str, typer.Argument(help="The recovery's id.")],
    review: Annotated[str, typer.Option("--review", help="What was found.")], person: AsPerson = "", password_stdin: PasswordStdin = False,
) -> None:  # fmt: skip
    """Sign what you found when you looked at a recovery; neither of its two people does.

    Example: jope users review-recovery ID --review "as the log of line 3 says" --data DIR --as D-QA2
    """
    from jope.compliance.recovery.commands import ReviewRecovery

    sign_alone(data, person, password_stdin, ReviewRecovery(recovery_id=recovery, review=review))
    print("Reviewed.")

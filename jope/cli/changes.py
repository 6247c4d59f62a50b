"""``jope changes``: what waits for a second person, and deciding it; the same requests, sheets and signatures as on the screen."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jope.cli.options import AsJson, DataDir
from jope.cli.signing import AsPerson, PasswordStdin, acting, asking, sign, tell_rows

if TYPE_CHECKING:
    from jope.bootstrap import Station
    from jope.compliance.commands import Command

changes = typer.Typer(no_args_is_help=True, help="Change requests of two and more people.")
Request = Annotated[str, typer.Argument(help="The request's number, for example CR-00001.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]
Witness = Annotated[str, typer.Option("--witness", help="The employee id of the witness; asked for when it is not given.")]


@changes.command("list")
def list_changes(
    data: DataDir,
    person: AsPerson = "",
    state: Annotated[str, typer.Option("--state", help="Only this state, or 'open' for what waits for somebody.")] = "",
    password_stdin: PasswordStdin = False,
    as_json: AsJson = False,
) -> None:
    """The change requests, newest first.

    Example: jope changes list --data DIR --as D-QA --state open
    """
    from jope.compliance.changes.queries import changes as all_of_them

    with acting(data, person or typer.prompt("Employee id"), asking(password_stdin)) as (station, token):
        rows = station.read(all_of_them, token, state=state)
    if as_json:
        tell_rows(rows)
        return
    for row in rows:
        approvers = ", ".join(row.approvers) or "-"
        print(f"{row.request_id}  {row.state:10} {row.risk:6} {row.title} {row.subject_id}  by {row.requester}, approved by {approvers}")


@changes.command()
def show(data: DataDir, request: Request, person: AsPerson = "", password_stdin: PasswordStdin = False, as_json: AsJson = False) -> None:
    """One request with what it would change, before and after.

    Example: jope changes show CR-00001 --data DIR --as D-QA
    """
    from jope.compliance.changes.queries import change
    from jope.kernel.clock import utc_text

    with acting(data, person or typer.prompt("Employee id"), asking(password_stdin)) as (station, token):
        row = station.read(change, token, request_id=request)
    if as_json:
        print(json.dumps(asdict(row), indent=2, ensure_ascii=False))
        return
    print(f"{row.request_id}  {row.title} {row.subject_id}: {row.state}, risk {row.risk}, expires {utc_text(row.expires_us)}")
    print(f"  asked by {row.requester}: {row.reason}")
    for line in row.diff:
        print(f"  {line.label}: {line.before or '-'}" + (f" -> {line.after or '-'}" if line.before != line.after else ""))
    if row.approvers:
        print(f"  approved by {', '.join(row.approvers)}")
    if row.outcome:
        print(f"  {row.outcome}")


@changes.command()
def submit(
    data: DataDir,
    request: Request,
    emergency: Annotated[bool, typer.Option("--emergency", help="Execute it at once; another person approves it within 24 hours.")] = False,
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """Sign a draft of yours and hand it to its approvers.

    Example: jope changes submit CR-00001 --data DIR --as D-ADMIN
    """
    from jope.compliance.changes.commands import SubmitChange

    _signed(data, person, password_stdin, SubmitChange(request_id=request, emergency=emergency))


@changes.command()
def approve(data: DataDir, request: Request, person: AsPerson = "", password_stdin: PasswordStdin = False) -> None:
    """Approve another person's request; with the last approval that is due it is executed. An emergency is approved after the fact.

    Example: jope changes approve CR-00001 --data DIR --as D-QA
    """
    from jope.compliance.changes.commands import ApproveChange, RatifyChange
    from jope.compliance.changes.queries import change

    def decide(station: Station, token: str) -> Command:
        row = station.read(change, token, request_id=request)
        after = row.emergency and row.state == "executed"
        return RatifyChange(request_id=request) if after else ApproveChange(request_id=request)

    _signed(data, person, password_stdin, decide)


@changes.command()
def reject(data: DataDir, request: Request, reason: Reason, person: AsPerson = "", password_stdin: PasswordStdin = False) -> None:
    """Refuse another person's request.

    Example: jope changes reject CR-00001 --reason "not needed" --data DIR --as D-QA
    """
    from jope.compliance.changes.commands import RejectChange

    _signed(data, person, password_stdin, RejectChange(request_id=request, reason=reason))


@changes.command()
def withdraw(data: DataDir, request: Request, reason: Reason, person: AsPerson = "", password_stdin: PasswordStdin = False) -> None:
    """Take a draft or a submitted request of yours back.

    Example: jope changes withdraw CR-00001 --reason "asked twice" --data DIR --as D-ADMIN
    """
    from jope.compliance.changes.commands import WithdrawChange

    with acting(data, person or typer.prompt("Employee id"), asking(password_stdin)) as (station, token):
        _tell(station.dispatch(WithdrawChange(request_id=request, reason=reason), token))


@changes.command()
def witness(
    data: DataDir, request: Request, beside: Witness = "", person: AsPerson = "", password_stdin: PasswordStdin = False
) -> None:  # fmt: skip
    """A witness approves your request at your side; passwords: yours, then the witness's.

    Example: jope changes witness CR-00001 --witness D-SUPER --data DIR --as D-ADMIN
    """
    ask, person = asking(password_stdin), person or typer.prompt("Employee id")
    with acting(data, person, ask) as (station, token):
        let_witness(station, token, request, beside or typer.prompt("Employee id of the witness"), ask)


def ask_and_submit(
    data: Path, person: str, password_stdin: bool, command: Command | Callable[[Station, str], Command], *, witnessed_by: str | None = None
) -> None:
    """Ask for a four-eyes command and submit it in one go: the diff is shown, and signed; where it has a witness, they sign then.

    ``witnessed_by`` is the witness's employee id, empty to ask for it, None for a request without one.
    """
    ask, person = asking(password_stdin), person or typer.prompt("Employee id")
    with acting(data, person, ask) as (station, token):
        request = submit_stored(station, token, command(station, token) if callable(command) else command, person, ask)
        if witnessed_by is not None:
            let_witness(station, token, request, witnessed_by or typer.prompt("Employee id of the witness"), ask)


def submit_stored(station: Station, token: str, command: Command, person: str, ask: Callable[[str], str]) -> str:
    """Give a four-eyes command, and sign the submission of its request. Returns the request's number."""
    from jope.compliance.changes.commands import SubmitChange

    request: str = station.dispatch(command, token).request_id
    print(f"{request} is a draft.")
    _tell(sign(station, token, SubmitChange(request_id=request), person, ask))
    return request


def let_witness(station: Station, token: str, request: str, witness_id: str, ask: Callable[[str], str]) -> None:
    """A second person beside the one who is signed in approves by a signature of their own."""
    from jope.compliance.changes.commands import WitnessChange

    _tell(sign(station, token, WitnessChange(request_id=request), witness_id, ask))


def _signed(data: Path, person: str, password_stdin: bool, command: Command | Callable[[Station, str], Command]) -> None:
    ask, person = asking(password_stdin), person or typer.prompt("Employee id")
    with acting(data, person, ask) as (station, token):
        made = command(station, token) if callable(command) else command
        _tell(sign(station, token, made, person, ask))


def _tell(outcome: Any) -> None:
    """Say where the request stands; one that failed ends with exit code 1."""
    print(f"{outcome.request_id} is {outcome.state}." + (f" {outcome.outcome}" if outcome.outcome else ""))
    if outcome.state == "failed":
        raise typer.Exit(1)

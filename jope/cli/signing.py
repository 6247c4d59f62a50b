"""Acting as a person on the command line: the same sign-in, sheet and signature as on the screen."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from jope.bootstrap import Station
    from jope.compliance.commands import Command

_Answer = TypeVar("_Answer")
AsPerson = Annotated[str, typer.Option("--as", help="Your employee id; asked for when it is not given.")]
PasswordStdin = Annotated[
    bool,
    typer.Option("--password-stdin", help="Read passwords from standard input, one line each: for the sign-in, then for the signature."),
]


@contextmanager
def acting(data: Path, person: str, password: Callable[[str], str]) -> Iterator[tuple[Station, str]]:
    """A station with a person signed in: the station and the session's token. Both are closed at the end.

    Raises:
        StationHeldError: a client holds the station.
        DeniedError: the person is not who they say.
    """
    from jope.bootstrap import open_station
    from jope.compliance.identity.commands import SignIn, SignOut

    station = open_station(data)
    try:
        token = station.dispatch(SignIn(employee_id=person, password=password("Password"))).token
        try:
            yield station, token
        finally:
            if station.sessions.last_holder(token) is not None:  # a command may have ended the session itself
                station.dispatch(SignOut(), token)
    finally:
        station.close()


def sign(station: Station, token: str, command: Command, person: str, password: Callable[[str], str]) -> Any:
    """Show what is signed, ask for the password again, and send the command.

    Raises:
        RefusedError, DeniedError: as the command says.
    """
    from jope.compliance.commands import SignatureInput
    from jope.compliance.signatures.commands import AcceptAccountability
    from jope.kernel.errors import StatementDueError

    if not isinstance(command, AcceptAccountability) and station.statement_due(token, command):
        raise StatementDueError(
            "You have not accepted the accountability statement yet.", remedy="Accept it with 'jope signatures accept'."
        )
    sheet = station.sheet(command, token)
    print(f"{sheet.title} ({sheet.subject_kind} {sheet.subject_id}), record {sheet.record_hash[:16]}", file=sys.stderr)
    for row in sheet.rows:
        print(f"  {row.label}: {row.before}" + (f" -> {row.after}" if row.after != row.before else ""), file=sys.stderr)
    given = password(f"Password, to sign with meaning '{sheet.meaning.value}'")
    signature = SignatureInput(employee_id=person, password=given, meaning=sheet.meaning, shown_hash=sheet.record_hash)
    return station.dispatch(command, token, signature)


def sign_alone(data: Path, person: str, password_stdin: bool, command: Command) -> None:
    """Sign in, sign one command, sign out.

    Raises:
        StationHeldError, DeniedError, RefusedError: as ``acting`` and the command say.
    """
    ask, who = asking(password_stdin), person or typer.prompt("Employee id")
    with acting(data, who, ask) as (station, token):
        sign(station, token, command, who, ask)


def answer(data: Path, person: str, password_stdin: bool, query: Callable[..., _Answer], **arguments: Any) -> _Answer:
    """Sign in, ask one question, sign out.

    Raises:
        StationHeldError, DeniedError: as ``acting`` and the query say.
    """
    with acting(data, person or typer.prompt("Employee id"), asking(password_stdin)) as (station, token):
        return station.read(query, token, **arguments)


def tell_rows(rows: Iterable[Any]) -> None:
    """Print rows as JSON."""
    print(json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=False))


def asking(password_stdin: bool) -> Callable[[str], str]:
    """How passwords are got: from a prompt without echo, or line by line from standard input."""

    def ask(prompt: str) -> str:
        return sys.stdin.readline().rstrip("\n") if password_stdin else str(typer.prompt(prompt, hide_input=True, err=True))

    return ask

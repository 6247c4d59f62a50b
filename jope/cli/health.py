"""``jope health``: how a station is, what it captured, whether its alarm channels deliver, and the file for support."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jope.cli.options import AsJson, DataDir
from jope.kernel.errors import RefusedError

if TYPE_CHECKING:
    from jope.bootstrap import Station

health = typer.Typer(no_args_is_help=True, help="The station's health, its alarm channels and its support file.")
Person = Annotated[str, typer.Option("--as", help="Your employee id; asked for when it is not given.")]
PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


@health.command("show")
def show(data: DataDir, as_json: AsJson = False) -> None:
    """How the station is. Reads only, also while a client runs. Exit 1 where a line is bad, 2 where nothing can be read.

    Example: jope health show --data /var/lib/jope --json
    """
    from jope.kernel.clock import site_text
    from jope.kernel.settings.files import StationFolder
    from jope.services.health.beside import read_health
    from jope.services.health.support import health_json

    found = read_health(data)
    if as_json:
        print(json.dumps(health_json(found), indent=2))
    else:
        zone = StationFolder(data).settings().zone
        for line in found.lines:
            since = f"  [{site_text(line.since_us, zone)}]" if line.since_us else ""
            print(f"{line.state.value:9}  {line.name:22} {line.value}{since}{'  -> ' + line.todo if line.todo else ''}")
    raise typer.Exit(1 if found.worst.value == "bad" else 0)


@health.command("errors")
def errors(data: DataDir, as_json: AsJson = False) -> None:
    """Errors that nobody handled, newest first.

    Example: jope health errors --data /var/lib/jope
    """
    from jope.kernel.clock import utc_text
    from jope.kernel.settings.files import StationFolder
    from jope.services.health.capturing import captured_errors

    found = captured_errors(StationFolder(data).logs / "errors")
    if as_json:
        print(json.dumps([asdict(error) for error in found], indent=2))
        return
    for error in found:
        print(f"{utc_text(error.last_us)}  {error.count:5}x  {error.kind} {error.code} at {error.where}  [{error.place}]")


@health.command("test-channels")
def try_channels(data: DataDir, person: Person = "", password_stdin: PasswordStdin = False, as_json: AsJson = False) -> None:
    """Send a test through every alarm channel. Exit 1 where one does not deliver.

    Example: jope health test-channels --data /var/lib/jope --as D-ADMIN
    """
    with _signed_in(data, person, password_stdin) as (station, token):
        tried = station.test_channels(token)
    if as_json:
        print(json.dumps([asdict(one) for one in tried], indent=2))
    else:
        for one in tried:
            print(f"{one.channel:22} {'delivered' if not one.code else one.code}  {one.message}".rstrip())
        if not tried:
            print("No alarm channel is named in policy.json.")
    raise typer.Exit(1 if any(one.code for one in tried) else 0)


@health.command("support")
def support(
    data: DataDir,
    out: Annotated[Path, typer.Option("--out", help="Where the support file goes, a zip.")],
    person: Person = "",
    password_stdin: PasswordStdin = False,
    as_json: AsJson = False,
) -> None:
    """Make a support file: captured errors, logs, health, versions, settings; no key, no password, no record.

    Example: jope health support --data /var/lib/jope --out support.zip --as D-ADMIN
    """
    with _signed_in(data, person, password_stdin) as (station, token):
        path = station.export_support(token, out)
    size = path.stat().st_size
    print(json.dumps({"path": str(path), "bytes": size}) if as_json else f"{path}: {size} bytes.")


@health.command("set-password")
def set_password(
    data: DataDir,
    channel: Annotated[str, typer.Option("--channel", help="The alarm channel's name in policy.json.")],
    password_stdin: PasswordStdin = False,
) -> None:
    """Seal the password of a channel's login beside the station's keys.

    Example: jope health set-password --data /var/lib/jope --channel mail
    """
    from jope.kernel.settings.files import StationFolder
    from jope.kernel.settings.key_files import key_files_of
    from jope.services.health.channels.configured import set_password as seal

    folder = StationFolder(data)
    if channel not in {one.name for one in folder.policy().alarm_channels}:
        raise RefusedError(f"policy.json names no alarm channel '{channel}'.", remedy="Name the channel there first.")
    seal(key_files_of(folder), channel, _password(password_stdin, "Password of the channel's login"))
    print(f"The password of the channel {channel} is sealed.")


@contextmanager
def _signed_in(data: Path, person: str, password_stdin: bool) -> Iterator[tuple[Station, str]]:
    """The station, opened without devices, and the session of a person."""
    from jope.bootstrap import open_station
    from jope.compliance.identity.commands import SignIn, SignOut

    person = person or typer.prompt("Employee id")
    password = _password(password_stdin, "Password")
    station = open_station(data)
    try:
        token = station.dispatch(SignIn(employee_id=person, password=password)).token
        try:
            yield station, token
        finally:
            station.dispatch(SignOut(), token)
    finally:
        station.close()


def _password(stdin: bool, prompt: str) -> str:
    ask: Callable[[], str] = (lambda: sys.stdin.readline().rstrip("\n")) if stdin else (lambda: str(typer.prompt(prompt, hide_input=True)))
    return ask()

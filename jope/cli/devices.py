"""``jope devices``: what is registered, and how the station shows itself to it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from jope.cli.options import AsJson, DataDir
from jope.cli.signing import AsPerson, PasswordStdin, answer, tell_rows
from jope.kernel.errors import NotFoundError, RefusedError

devices = typer.Typer(no_args_is_help=True, help="Devices of the station.")


@devices.callback()
def _group() -> None:
    """Devices of the station."""


@devices.command("list")
def list_devices(data: DataDir, person: AsPerson, password_stdin: PasswordStdin = False, as_json: AsJson = False) -> None:
    """The devices in your scope.

    Example: jope devices list --data DIR --as D-SUPER --json
    """
    from jope.plant.devices.queries import device_list

    rows = answer(data, person, password_stdin, device_list)
    if as_json:
        tell_rows(rows)
        return
    for row in rows:
        held = f"held: {row.held_reason}" if row.held_reason else ""
        print(f"{row.device_id:16} {row.protocol:8} {row.state:12} {row.serial_number:20} {row.calibration_due:10} {held}".rstrip())


@devices.command("tags")
def list_tags(
    data: DataDir, person: AsPerson,
    device: Annotated[str, typer.Option("--device", help="Only the tags of this device.")] = "",
    password_stdin: PasswordStdin = False, as_json: AsJson = False,
) -> None:  # fmt: skip
    """The registered tags.

    Example: jope devices tags --data DIR --as D-SUPER --device PLC-1 --json
    """
    from jope.plant.devices.queries import device_tags

    rows = answer(data, person, password_stdin, device_tags, device_id=device)
    if as_json:
        tell_rows(rows)
        return
    for row in rows:
        print(f"{row.tag_id:32} {row.data_type:8} {row.unit:6} {row.address}")


@devices.command("set-account")
def set_account(
    data: DataDir,
    device: Annotated[str, typer.Option("--device", help="The device whose server asks for an account.")],
    user: Annotated[str, typer.Option("--user", help="The account's name at the server.")],
    password_stdin: PasswordStdin = False,
) -> None:
    """Seal the account that the station uses at a server, beside the station's keys. It is used from the next start on.

    Example: jope devices set-account --data DIR --device LINE-3 --user jope
    """
    from jope.cli.signing import asking
    from jope.kernel.settings.files import StationFolder
    from jope.kernel.settings.key_files import key_files_of
    from jope.plant.devices.registry.credentials import set_account as seal

    seal(key_files_of(StationFolder(data)), device, user, asking(password_stdin)("Password of the account"))
    print(f"The account at {device} is sealed.")


@devices.command("certificate")
def certificate(
    data: DataDir, out: Annotated[Path, typer.Option("--out", help="Where the certificate is written, PEM.")]
) -> None:  # fmt: skip
    """Write the station's certificate to a file, for the trust list of a server. The private key stays sealed.

    Example: jope devices certificate --data DIR --out station.pem
    """
    from jope.cli.found import find_plant
    from jope.kernel.clock import SystemClock
    from jope.kernel.settings.files import StationFolder
    from jope.kernel.settings.key_files import key_files_of
    from jope.plant.devices.registry.credentials import DeviceCredentials

    folder = StationFolder(data)
    held = DeviceCredentials(key_files_of(folder), folder.settings().station_id, SystemClock(), find_plant().certificate)
    if out.exists():
        raise RefusedError(f"{out} exists.", remedy="Name another file.")
    out.write_bytes(held.certificate()[0])
    print(f"{out}: the certificate of {folder.settings().station_id}.")


@devices.command("detect")
def detect(
    address: Annotated[str, typer.Option("--address", help="The serial port, for example /dev/ttyUSB0 or COM3.")], as_json: AsJson = False
) -> None:
    """Find out which scale hangs on a port: protocol, line settings and identity. Only asks, and tells each step on standard error.

    Example: jope devices detect --address /dev/ttyUSB0 --json
    """
    from jope.cli.found import find_detection
    from jope.kernel.clock import SystemClock

    found = find_detection()(address, SystemClock(), progress=lambda step: print(step, file=sys.stderr, flush=True))
    if found is None:
        raise NotFoundError(f"No scale answers at {address}.", remedy="Check power, cable and the scale's interface settings.")
    if as_json:
        print(json.dumps({"address": address, **asdict(found)}, indent=2))
        return
    settings = " ".join(f"{name}={value}" for name, value in found.settings.options().items())
    who = found.identity
    print(f"{found.protocol} at {address} ({settings}): {who.model or '-'}, serial number {who.serial_number}, {who.firmware or '-'}")

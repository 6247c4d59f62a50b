"""``jope init``: a station begins with two people."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from jope.cli.signing import PasswordStdin, acting, asking, sign

if TYPE_CHECKING:
    from jope.bootstrap import FounderEntry
    from jope.kernel.settings.files import StationFile

GENESIS_SHEET: Final = "genesis-key.pdf"
RECOVERY_SHEET: Final = "sealed-code-{}.pdf"
"""By employee id. Printed, put into an envelope that its person keeps, and deleted."""


def init(
    directory: Annotated[Path, typer.Argument(help="An empty directory for the station.")],
    station: Annotated[str, typer.Option("--station", help="The station's id, for example JOPE-L3.")],
    site: Annotated[str, typer.Option("--site", help="The site's name.")],
    line: Annotated[str, typer.Option("--line", help="The production line.")],
    admin: Annotated[str, typer.Option("--admin", help="Employee id of the first administrator.")],
    admin_name: Annotated[str, typer.Option("--admin-name", help="That person's name.")],
    quality: Annotated[str, typer.Option("--quality", help="Employee id of the first person of quality assurance.")],
    quality_name: Annotated[str, typer.Option("--quality-name", help="That person's name.")],
    identity: Annotated[str, typer.Option("--identity", help="By what each founder checked who the other is.")],
    reason: Annotated[str, typer.Option("--reason", help="Why this password profile was chosen; both founders sign it.")],
    zone: Annotated[str, typer.Option("--zone", help="The site's time zone.")] = "Europe/Vienna",
    release_key: Annotated[str, typer.Option("--release-key", help="The public key (hex) that signs releases of the program.")] = "",
    demo: Annotated[bool, typer.Option("--demo", help="Mark the station as a demo: for trials, without a released program.")] = False,
    profile: Annotated[str, typer.Option("--profile", help="Password profile: classic, annex11_draft or nist.")] = "classic",
    password_stdin: PasswordStdin = False,
) -> None:
    """Commission a station: two founders choose their passwords, accept the accountability statement and sign the password profile.

    With --password-stdin the lines are: the administrator's password, the other founder's, then each one's own password twice again, for the two
    signatures. A commissioning that was interrupted goes on with the same command; founders then give the passwords that they chose.

    Example: jope init /var/lib/jope --station JOPE-L3 --site "Site" --line L3 --admin A-1 --admin-name "First Admin" --quality Q-1
    --quality-name "First QA" --identity "identity cards" --reason "site procedure"
    """
    from jope.bootstrap import FounderEntry
    from jope.kernel.settings.files import StationFile
    from jope.services.provisioning.founding import is_unbegun

    ask = asking(password_stdin)
    if not is_unbegun(directory):
        _finish(directory, reason, ask)
        return
    founders = [
        FounderEntry(who, name, _chosen(ask, who, twice=not password_stdin), identity)
        for who, name in ((admin, admin_name), (quality, quality_name))
    ]
    settings = StationFile(station_id=station, site=site, line=line, zone=zone, demo=demo)
    key = begin_station(directory, settings, founders[0], founders[1], profile=profile, release_key=release_key)
    for founder in founders:
        _sign_in_force(directory, founder.employee_id, founder.password, profile, reason, ask)
    print(f"Station {station} begins. Genesis key {key}")
    _tell_of_sheets(directory)


def _tell_of_sheets(directory: Path) -> None:
    """What there is to print."""
    for sheet in sorted(directory.glob(RECOVERY_SHEET.format("*"))):
        print(f"Print {sheet}, seal it for the person that it names, and delete the file.")
    print(
        f"Print {directory / GENESIS_SHEET} and keep it with the installation qualification: whoever verifies the trail compares the key with it."
    )


def begin_station(
    directory: Path, settings: StationFile, admin: FounderEntry, quality: FounderEntry, *, profile: str, release_key: str
) -> str:
    """Commission a station; write the sheet with its genesis key and the founders' sealed codes beside it. Returns the key, hex.

    Raises:
        RefusedError, WeakCredentialError, SettingsError: as ``commission_station`` says.
    """
    from jope.bootstrap import commission_station
    from jope.services.provisioning.founding import founding
    from jope.services.reporting.genesis import write_genesis_sheet, write_recovery_sheet

    people = [(f.employee_id, f.name) for f in (admin, quality)]
    with founding(directory) as place:
        key = commission_station(place, settings, admin, quality, profile=profile, release_key=release_key)
        (place / GENESIS_SHEET).write_bytes(write_genesis_sheet(settings, key, people, profile))
        for founder in (admin, quality):
            sheet = write_recovery_sheet(settings, (founder.employee_id, founder.name), founder.code)
            _write_for_owner(place / RECOVERY_SHEET.format(founder.employee_id), sheet)
    return key


def _write_for_owner(path: Path, content: bytes) -> None:
    """A file that only the account which runs the station reads."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def found_on_screen(directory: Path) -> int:
    """The same as a wizard of the client, in a directory that holds no station yet."""
    from jope.bootstrap import open_station
    from jope.cli.found import find_client, find_plant

    code: int = find_client("found")(directory, beginning_in(directory), lambda: open_station(directory, find_plant()))
    return code


def beginning_in(directory: Path) -> Callable[[Any], str]:
    """How the wizard begins a station in a directory from what was entered; without a release key it is a demo."""
    from jope.bootstrap import FounderEntry
    from jope.kernel.errors import SettingsError
    from jope.kernel.settings.files import StationFile

    def begin(entered: Any) -> str:
        said = entered.station
        try:
            settings = StationFile(
                station_id=said["station_id"], site=said["site"], line=said["line"], zone=said["zone"], demo=not said["release_key"]
            )
        except ValueError as error:
            raise SettingsError("The station's id, line or site holds a character that it may not hold.") from error
        admin, quality = (FounderEntry(f.employee_id, f.name, f.password, f.identity) for f in (entered.admin, entered.quality))
        return begin_station(directory, settings, admin, quality, profile=said["profile"], release_key=said["release_key"])

    return begin


def _finish(directory: Path, reason: str, ask: Callable[[str], str]) -> None:
    """The signatures that an interrupted commissioning still needs.

    Raises:
        RefusedError: the directory holds a station that is founded.
    """
    from jope.bootstrap import open_station
    from jope.kernel.errors import RefusedError

    station = open_station(directory)
    try:
        due, profile = station.founders_due(), station.password_profile()
    finally:
        station.close()
    if not due:
        raise RefusedError(f"{directory} holds a station already.", remedy="Give an empty directory.")
    for who in due:
        _sign_in_force(directory, who, ask(f"{who}, your password"), profile, reason, ask)
    print("Both founders have signed; the station begins.")
    _tell_of_sheets(directory)


def _chosen(ask: Callable[[str], str], who: str, *, twice: bool) -> str:
    password = ask(f"{who}, choose your password")
    if twice and ask(f"{who}, once more") != password:
        print("These are two different passwords.", file=sys.stderr)
        raise typer.Exit(1)
    return password


def _sign_in_force(directory: Path, who: str, password: str, profile: str, reason: str, ask: Callable[[str], str]) -> None:
    """A founder accepts the statement and signs the profile, each with the password again."""
    from jope.compliance.signatures.commands import AcceptAccountability
    from jope.compliance.signatures.statements import STATEMENTS
    from jope.services.provisioning.commands import AdoptPolicy

    with acting(directory, who, lambda _: password) as (station, token):
        if station.statement_due(token):
            sign(station, token, AcceptAccountability(number=STATEMENTS[-1].number, language="en"), who, ask)
        sign(station, token, AdoptPolicy(profile=profile, reason=reason), who, ask)

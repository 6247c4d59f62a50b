"""``jope keys``: what protects the key files of a station."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from jope.cli.options import AsJson, DataDir

keys = typer.Typer(no_args_is_help=True, help="The station's key files and what protects them.")


@keys.command("show")
def show(data: DataDir, as_json: AsJson = False) -> None:
    """Which protector the station uses, and whether its keys open here and now.

    Example: jope keys show --data /var/lib/jope --json
    """
    from jope.kernel.crypto.keys import StationKeys
    from jope.kernel.settings.files import StationFolder
    from jope.kernel.settings.key_files import key_files_of

    folder = StationFolder(data)
    files = key_files_of(folder)
    StationKeys.load(folder.keys, files.wrapping_key)
    facts = {"protector": folder.settings().keys.protector, "wrapped": files.wrapping_key is not None, "opens": True}
    print(json.dumps(facts, indent=2) if as_json else "\n".join(f"{name:10} {value}" for name, value in facts.items()))


@keys.command("protect")
def protect(
    data: DataDir,
    protector: Annotated[str, typer.Option("--with", help="keyring or systemd-creds.")],
) -> None:
    """Wrap the key files of a stopped station with a key that a protector holds.

    Example: jope keys protect --data /var/lib/jope --with systemd-creds
    """
    from jope.services.provisioning.protecting import protect_station

    if protector not in ("keyring", "systemd-creds", "dpapi", "tpm"):
        raise typer.BadParameter("--with takes keyring or systemd-creds.")
    protect_station(data, protector)
    print(f"The keys are wrapped; their wrapping key is with '{protector}'.")

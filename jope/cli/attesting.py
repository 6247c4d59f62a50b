"""``jope attest`` and ``jope manifest``: is this the program that was released."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from jope.kernel.errors import SettingsError


def attest(
    data: Annotated[
        Path | None, typer.Option("--data", help="A station whose policy names the release key.", exists=True, file_okay=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Compare every file of the program and of its libraries with the release manifest.

    Example: jope attest --data /var/lib/jope --json
    """
    from jope.kernel.settings.files import StationFolder
    from jope.services.qualification.attestation import checks

    release_key, demo = "", True
    if data is not None:
        folder = StationFolder(data)
        release_key, demo = folder.policy().release_key, folder.settings().demo
    found = checks.attest((checks.interpreter, lambda: checks.program(release_key=release_key, demo=demo), checks.libraries))
    if as_json:
        print(json.dumps({"ok": found.ok, "checks": found.as_json()}, indent=2))
    else:
        for result in found.results:
            print(f"{'ok ' if result.ok else 'RED'} {result.name:12} {result.message}")
    raise typer.Exit(0 if found.ok else 1)


def manifest(
    key_file: Annotated[
        Path | None,
        typer.Option("--sign-with", help="A file with the release key, 32 bytes; without it the manifest is unsigned.", exists=True),
    ] = None,
) -> None:
    """Write the release manifest over the installed program; its byte-code is compiled first.

    Example: jope manifest --sign-with /media/release/release.key
    """
    from jope.kernel.crypto.signing import SigningKey
    from jope.services.qualification.attestation.manifest import make

    key = None
    if key_file is not None:
        seed = key_file.read_bytes()
        if len(seed) != 32:
            raise SettingsError("The release key is not 32 bytes long.", remedy="Name the file of the release key.")
        key = SigningKey(seed)
    path = make(key=key)
    print(f"{path}: {'signed by ' + key.public.hex() if key is not None else 'unsigned'}")

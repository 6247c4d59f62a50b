"""The checks of a start. Each gives one result; what is wrong is a result, never an exception (URS N04, C12; 21 CFR 11.10(a))."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jope
from jope.compliance.audit.verification.report import Finding
from jope.kernel.clock import ClockQuality
from jope.kernel.store.engine import EXPECTED_PRAGMAS
from jope.kernel.store.migrations import expected_schema, schema_rows
from jope.services.qualification.attestation import manifest as release

_LAST_FULL = (
    "SELECT verdict, findings, head_seq FROM verification_run WHERE full = 1 AND verdict IN ('ok', 'findings') ORDER BY rowid DESC LIMIT 1"
)
_NAMED = 3
"""How many wrong files a sentence names; the count tells of the rest."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check. ``blocks``: where it failed, the station must be read-only."""

    name: str
    ok: bool
    message: str
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a station found out about itself."""

    results: tuple[CheckResult, ...]

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return all(result.ok for result in self.results)

    @property
    def reason(self) -> str:
        """Why the station must be read-only, empty when it need not."""
        return " ".join(result.message for result in self.results if result.blocks and not result.ok)

    def as_json(self) -> dict[str, Any]:
        """For the trail and for machines."""
        return {result.name: {"ok": result.ok, "message": result.message} for result in self.results}


def program(*, release_key: str, demo: bool) -> CheckResult:
    """Compare every file of the program, byte-code included, with the release manifest.

    Args:
        release_key: the public key that signs releases, as the station's policy pins it; empty where it pins none.
        demo: an unsigned manifest will do for a demo station only.
    """
    folder = release.home()
    try:
        raw = (folder / release.MANIFEST).read_bytes()
        listed = release.read(raw)
    except (OSError, ValueError, KeyError, TypeError):
        return CheckResult("program", False, "The release manifest is missing or cannot be read; nobody can say which program this is.")
    path = folder / release.SIGNATURE
    signature = path.read_text("ascii", "replace").strip() if path.is_file() else ""
    signed = bool(release_key) and release.is_signed_by(raw, signature, release_key)
    if not signed and (release_key or not demo):
        return CheckResult("program", False, "The release manifest is not signed by the release key that the policy names.")
    if listed.version != jope.__version__:
        return CheckResult("program", False, f"The release manifest is of version {listed.version}, the program of {jope.__version__}.")
    wrong = list(_wrong_files(listed.components, release.component_folders()))
    if wrong:
        return CheckResult("program", False, _sentence("Program files are not the released ones", wrong))
    count = sum(len(files) for files in listed.components.values())
    kind = "signed" if signed else "unsigned (development)"
    return CheckResult("program", True, f"{count} program files are those of the manifest, {kind}, version {listed.version}.")


def libraries() -> CheckResult:
    """Compare every file of the libraries with the manifest. Half a gigabyte is read: run it beside the work, not before it."""
    folder = release.home()
    try:
        raw = (folder / release.LIBRARIES).read_bytes()
        due = release.read((folder / release.MANIFEST).read_bytes()).libraries
        listed = release.read_libraries(raw)
    except (OSError, ValueError, KeyError, TypeError):
        return CheckResult("libraries", False, "The list of libraries is missing or cannot be read.")
    if release.digest_of_bytes(raw) != due:
        return CheckResult("libraries", False, "The list of libraries is not the one that the release manifest names.")
    root = release.library_folder()
    wrong = [name for name, digest in listed.items() if not _is(root / name, digest)]
    wrong += [f"{name} (added)" for name in sorted(release.starters() - listed.keys())]
    if wrong:
        return CheckResult("libraries", False, _sentence("Library files are not the released ones", wrong))
    return CheckResult("libraries", True, f"{len(listed)} library files are those of the manifest.")


def interpreter() -> CheckResult:
    """The interpreter must not drop assertions, nor take byte-code from another place."""
    if sys.flags.optimize:
        return CheckResult("interpreter", False, "The program was started with -O, which removes its own checks.")
    if sys.pycache_prefix is not None:
        return CheckResult("interpreter", False, "Byte-code comes from another folder (PYTHONPYCACHEPREFIX); it cannot be checked.")
    return CheckResult("interpreter", True, f"{sys.implementation.name} {sys.version.split()[0]}, assertions on, byte-code in place.")


def schema(connection: Any) -> CheckResult:
    """Compare every table, index and trigger with the program's own SQL files."""
    found = {row[:2]: row for row in schema_rows(connection)}
    due = {row[:2]: row for row in expected_schema()}
    wrong = [f"{kind} {name} ({_how((kind, name), found, due)})" for kind, name in sorted(found.keys() | due.keys())
             if found.get((kind, name)) != due.get((kind, name))]  # fmt: skip
    if wrong:
        return CheckResult("schema", False, _sentence("The store's schema is not the program's", wrong))
    triggers = sum(1 for kind, _ in due if kind == "trigger")
    return CheckResult("schema", True, f"{len(due)} objects of the schema, {triggers} triggers among them, are the program's.")


def pragmas(found: Mapping[str, str]) -> CheckResult:
    """Compare how the store was set when it was found, and how its writing connection is set.

    Args:
        found: as the writer read them.
    """
    wrong = [f"{name} is {found[name]}, not {due}" for name, due in EXPECTED_PRAGMAS.items() if name in found and found[name] != due]
    if wrong:
        return CheckResult("pragmas", False, _sentence("Settings of the store were changed", wrong))
    return CheckResult("pragmas", True, f"{len(found)} settings of the store are as they must be.")


def authorizer(not_refused: Sequence[str]) -> CheckResult:
    """Every forbidden statement that was tried must have been refused.

    Args:
        not_refused: statements that were not.
    """
    if not_refused:
        return CheckResult("authorizer", False, _sentence("The store does not refuse what is forbidden", list(not_refused)))
    return CheckResult("authorizer", True, "Five forbidden statements were tried and refused.")


def clock(quality: ClockQuality) -> CheckResult:
    """A clock that stands before the trail stops regulated commands by itself, and is right again when it is set right."""
    ok = quality is not ClockQuality.SUSPECT
    message = f"The clock is {quality.value}." if ok else "The clock stands before the trail."
    return CheckResult("clock", ok, message, blocks=False)


def last_verification(cursor: Any) -> CheckResult:
    """The newest full verification of the trail must not have ended with findings."""
    row = cursor.execute(_LAST_FULL).fetchone()
    if row is None:
        return CheckResult("verification", True, "The trail was not verified in full yet.")
    if row[0] == "findings":
        return CheckResult("verification", False, f"The last full verification of the trail ended with {row[1]} findings.")
    return CheckResult("verification", True, f"The last full verification was good up to event {row[2]}.")


def newest_rows(findings: Sequence[Finding], since: int, head: int) -> CheckResult:
    """What the quick verification of this start found in the events after ``since``."""
    if findings:
        return CheckResult("trail", False, f"The trail does not verify since event {since}: {findings[0].subject}: {findings[0].message}")
    return CheckResult("trail", True, f"Events {since + 1} to {head} follow from what was verified before.")


def authority(findings: Sequence[Finding]) -> CheckResult:
    """Accounts, roles, grants, settings and what else gives authority must stand as the trail left them (21 CFR 11.10(d), (g)).

    Args:
        findings: what differs.
    """
    if findings:
        wrong = [f"{finding.subject}: {finding.message.rstrip('.')}" for finding in findings]
        return CheckResult("authority", False, _sentence("Authority is not as the trail left it", wrong))
    return CheckResult("authority", True, "Accounts, roles, grants and settings are as the trail left them.")


def signing(faults: Sequence[str]) -> CheckResult:
    """The stored signature matrix must be readable, as the trail says it was set and no weaker than the program; the statement the one that was issued.

    Args:
        faults: what is wrong with it, without a full stop.
    """
    if faults:
        return CheckResult("signing", False, _sentence("The signature matrix is not as it was set", list(faults)))
    return CheckResult("signing", True, "The signature matrix is as it was set and demands no less than the program.")


def attest(checks: Sequence[Callable[[], CheckResult]]) -> Attestation:
    """Run checks in order."""
    return Attestation(tuple(check() for check in checks))


def _wrong_files(components: Mapping[str, release.Files], folders: Mapping[str, Path]) -> Iterator[str]:
    for name in sorted(components.keys() | folders.keys()):
        listed, root = components.get(name, {}), folders.get(name)
        if root is None:
            yield f"{name} (missing)"
            continue
        present = set(release.files_of(root))
        for file in sorted(listed.keys() | present):
            if file not in present:
                yield f"{name}/{file} (missing)"
            elif file not in listed:
                yield f"{name}/{file} (added)"
            elif not _is(os.path.join(root, file), listed[file]):
                yield f"{name}/{file} (changed)"


def _is(path: str | os.PathLike[str], digest: str) -> bool:
    try:
        return release.digest_of(path) == digest
    except OSError:
        return False


def _how(key: tuple[str, str], found: Mapping[Any, Any], due: Mapping[Any, Any]) -> str:
    if key not in found:
        return "missing"
    return "changed" if key in due else "added"


def _sentence(what: str, wrong: Sequence[str]) -> str:
    rest = len(wrong) - _NAMED
    return f"{what}: {', '.join(wrong[:_NAMED])}{f' and {rest} more' if rest > 0 else ''}."

"""Making a signing sheet: the hash covers everything that the signer is shown."""

from __future__ import annotations

import hashlib

from jope.compliance.commands import Meaning, SheetRow, SigningSheet
from jope.kernel.canonical import canonical_bytes


def signing_sheet(
    title: str, subject: tuple[str, str], meaning: Meaning, rows: tuple[SheetRow, ...], *, reason_due: bool = False
) -> SigningSheet:
    """A sheet with its hash. ``rows`` must show enough of the record that any later change of it changes a row."""
    content = [title, subject[0], subject[1], meaning.value, [[r.label, r.before, r.after] for r in rows]]
    digest = hashlib.sha256(canonical_bytes(content)).hexdigest()
    return SigningSheet(title, subject[0], subject[1], meaning, rows, digest, reason_due)

"""Small things that recur: a time in two zones, a signature's manifestation, a verdict (21 CFR 11.50(a)-(b); URS B02; P11-15, P11-16)."""

from __future__ import annotations

from reportlab.platypus import Paragraph

from jope.compliance.signatures.queries import SignatureView
from jope.services.reporting.record.look import lines, text
from jope.services.reporting.record.texts import NONE, both_times


def stamp(utc_us: int | None, zone: str) -> list[Paragraph]:
    """UTC with seconds, below it the site's time with offset."""
    utc, site = both_times(utc_us, zone)
    return [text(NONE)] if utc_us is None else lines((utc, "time"), (site, "label"))


def verdict(view: SignatureView) -> Paragraph:
    """``valid`` or the sentence that says why the record is unsigned."""
    return text(view.verdict, "good" if view.valid else "bad")


def manifest(view: SignatureView | None, zone: str) -> list[Paragraph]:
    """Printed name, id, role, meaning, reason, both times, verdict; in one cell."""
    if view is None:
        return [text("not signed", "bad")]
    utc, site = both_times(view.signed_utc_us, zone)
    reason = [text(f"Reason: {view.reason}", "note")] if view.reason else []
    return [
        text(view.name, "bold"),
        text(f"{view.signer}, {view.role}, meaning: {view.meaning}"),
        *reason,
        text(f"{utc}\n{site}", "note"),
        verdict(view),
    ]

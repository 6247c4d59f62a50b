"""How a lot stands at a day of the site, and so whether it may be used. Pure (URS F02, G05; 21 CFR 211.80(d), 211.87).

1. A voided or rejected lot is never used.
2. A hold stands over the disposition.
3. A released lot may be used until the end of its expiry date and of its retest date, whichever is earlier.
"""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    """What stands on the status label."""

    QUARANTINE = "quarantine"
    HOLD = "hold"
    RELEASED = "released"
    REJECTED = "rejected"
    VOIDED = "voided"
    EXPIRED = "expired"
    RETEST_DUE = "retest_due"


def standing_of(state: str, *, held: bool, voided: bool, expiry: str, retest: str, today: str) -> Standing:
    """The standing of a lot. Dates are ISO dates of the site; ``retest`` may be empty."""
    if voided:
        return Standing.VOIDED
    if state == "rejected":
        return Standing.REJECTED
    if held:
        return Standing.HOLD
    if state == "quarantine":
        return Standing.QUARANTINE
    if expiry < today:
        return Standing.EXPIRED
    if retest and retest < today:
        return Standing.RETEST_DUE
    return Standing.RELEASED

"""The filter of the audit trail, from what a person types."""

from __future__ import annotations

from jope.compliance.audit.queries import AuditFilter
from jope.kernel.clock import utc_us_of


class FilterError(ValueError):
    """A time cannot be understood."""


def utc_us(text: str, *, end: bool = False) -> int | None:
    """Microseconds of a UTC time as people type it; a date alone means its beginning, or its end. None for an empty text.

    Raises:
        FilterError: the text is not a time.
    """
    if not text.strip().removesuffix("UTC").strip():
        return None
    found = utc_us_of(text, end=end)
    if found is None:
        raise FilterError(text)
    return found


def audit_filter(*, since: str, until: str, actor: str, action: str, record: str, only_changes: bool) -> AuditFilter:
    """The filter for the station. ``record`` is an id, or ``kind:id``.

    Raises:
        FilterError: a time cannot be understood.
    """
    kind, colon, subject = record.strip().partition(":")
    if not colon:
        kind, subject = "", record.strip()
    return AuditFilter(
        from_utc_us=utc_us(since),
        to_utc_us=utc_us(until, end=True),
        actor=actor.strip(),
        action=action.strip(),
        subject_kind=kind,
        subject_id=subject,
        only_changes=only_changes,
    )

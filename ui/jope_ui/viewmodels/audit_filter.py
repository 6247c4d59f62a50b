"""The filter of the audit trail, from what a person types."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from jope.compliance.audit.queries import AuditFilter

_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")


class FilterError(ValueError):
    """A time cannot be understood."""


def utc_us(text: str, *, end: bool = False) -> int | None:
    """Microseconds of a UTC time as people type it; a date alone means its beginning, or its end.

    Raises:
        FilterError: the text is not a time.
    """
    text = re.sub(r"\s+", " ", text.strip().removesuffix("UTC").strip())
    if not text:
        return None
    for form in _FORMS:
        try:
            moment = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        last = {"%Y-%m-%d": 86_400, "%Y-%m-%d %H:%M": 60, "%Y-%m-%d %H:%M:%S": 1}[form] * 1_000_000 - 1
        return int(moment.timestamp()) * 1_000_000 + (last if end else 0)
    raise FilterError(text)


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

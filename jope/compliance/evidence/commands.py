"""What may be asked about the trail as evidence."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class SignTrailReview(Command):
    """The trail of a record was read up to an event (URS C09, C10; A11d-22, A11d-23; PI 041 9.6, 9.8).

    ``up_to_seq`` and ``head`` (hex) say how far; ``exceptions`` and ``sampled`` are the events that were looked at one by one, ``targeted`` those that
    the reviewer picked.
    """

    review_id: str
    subject_kind: str
    subject_id: str
    up_to_seq: int
    head: str
    exceptions: tuple[int, ...]
    sampled: tuple[int, ...]
    targeted: tuple[int, ...] = ()
    comment: str = ""

"""What may be asked about deviations (URS H01-H03, H06)."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDeviation(Command):
    """Open a deviation.

    ``source_kind`` says what it comes from: ``event`` (``source_id`` is the number of an event of the trail), ``batch``, ``change_request`` or
    ``observation`` (``source_id`` is empty). ``event_seq`` attaches an event as evidence, 0 for none. ``line`` is empty for the whole station; of
    somebody with one line it is that one.
    """

    title: str
    description: str
    source_kind: str
    source_id: str
    event_seq: int = 0
    line: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddDeviationEvidence(Command):
    """Add one piece of evidence: an event of the trail, a document that the station keeps, or words alone."""

    number: str
    words: str
    event_seq: int = 0
    document_hash: str = ""
    document_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignDeviation(Command):
    """Give a deviation to the person who investigates it."""

    number: str
    owner: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifyDeviation(Command):
    """Classify as ``minor``, ``major`` or ``critical``, with the date (ISO 8601) it is due to be closed by."""

    number: str
    classification: str
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInvestigation(Command):
    """The owner writes down why it happened, what it touched, and what was done about it."""

    number: str
    root_cause: str
    impact: str
    disposition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDeviation(Command):
    """The quality unit closes an investigated deviation; never its owner (URS H02, H03)."""

    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidDeviation(Command):
    """A deviation that was opened in error, before it was classified."""

    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeviationMoved:
    """A deviation stands in this state now."""

    number: str
    state: str

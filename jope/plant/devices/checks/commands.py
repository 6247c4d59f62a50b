"""What may be asked about calibration and checks (URS J02, J06, J07). Numbers are decimal texts, dates ISO 8601."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class SetReferenceWeight(Command):
    """Register a reference weight with its certificate, or change it.

    ``conventional`` is its conventional mass, ``uncertainty`` its maximum permissible error or expanded uncertainty, all in ``unit``. ``state`` is
    ``in_use`` or ``retired``.
    """

    weight_id: str
    nominal: str
    conventional: str
    unit: str
    uncertainty: str
    oiml_class: str
    certificate_no: str
    due_on: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCalibration(Command):
    """Record a calibration as its certificate states it, by signature.

    ``as_found`` and ``as_left`` are ``pass`` or ``fail``; ``none`` where nothing was found before, because it is the first.
    A scale that was found out of tolerance is held, also when it was adjusted: using it again is a change with a reason (URS J07).
    """

    calibration_id: str
    device_id: str
    serial_number: str
    certificate_no: str
    laboratory: str
    calibrated_on: str
    due_on: str
    as_found: str
    as_left: str
    document_hash: str = ""
    document_name: str = ""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginBalanceCheck(Command):
    """Begin a check of a scale by its profile. One check of a scale runs at a time."""

    device_id: str


@dataclass(frozen=True, slots=True)
class CheckBegun:
    """The check that was begun."""

    check_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeCheckReading(Command):
    """Take a reading of the running check. The value is the gateway's, named by its number; nobody types it."""

    check_id: str
    test: str
    weight_id: str
    reading_no: int
    position: str = ""


@dataclass(frozen=True, slots=True)
class ReadingTaken:
    """What was read, with its unit."""

    n: int
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndBalanceCheck(Command):
    """End a check and sign what it found. A scale that passed has its minimum weight from it; one that failed is held."""

    check_id: str


@dataclass(frozen=True, slots=True)
class CheckEnded:
    """How a check ended: ``passed`` or ``failed``, and the minimum weight that it found."""

    state: str
    minimum_weight: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonBalanceCheck(Command):
    """Give up a check without a verdict, with a reason. What was read stays."""

    check_id: str
    reason: str

"""What may be asked about equipment (URS E13, E15). Hours are whole numbers; ``device_id`` is empty where no scale is linked."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEquipment(Command):
    """Add a unit to a line. It begins dirty: nothing is known of how it was cleaned.

    ``needed_for`` is ``batch``, ``weighing`` (then a batch needs it too) or ``none``. ``procedure`` and ``procedure_version`` are how it is cleaned.
    """

    equipment_id: str
    title: str
    line: str
    kind: str
    device_id: str = ""
    needed_for: str
    clean_hold_hours: int
    dirty_hold_hours: int
    procedure: str
    procedure_version: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEquipment(Command):
    """Change what a unit is called and needed for, its limits, and how it is cleaned."""

    equipment_id: str
    title: str
    needed_for: str
    clean_hold_hours: int
    dirty_hold_hours: int
    procedure: str
    procedure_version: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireEquipment(Command):
    """Take a unit off its line for good. Its logbook stays."""

    equipment_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginCleaning(Command):
    """Begin to clean a unit, now."""

    equipment_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishCleaning(Command):
    """Sign the cleaning that one began as performed. ``reason`` is asked for where the unit stood dirty for longer than its limit."""

    equipment_id: str
    procedure: str
    procedure_version: str
    agent: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCleaning(Command):
    """Another person signs that the unit is clean."""

    equipment_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDirty(Command):
    """A unit is not clean, or its cleaning is not good: it needs cleaning. One person says so at once."""

    equipment_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginMaintenance(Command):
    """Take a unit out of service at once. One person does this alone; another returns it."""

    equipment_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMaintenance(Command):
    """Another person signs what was done and returns the unit. It is dirty then."""

    equipment_id: str
    work: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteInLogbook(Command):
    """Write an entry into a logbook by hand, with the reason why no step wrote it, by signature."""

    note_id: str
    equipment_id: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class EquipmentMoved:
    """The unit's state after the command."""

    equipment_id: str
    state: str

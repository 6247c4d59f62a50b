"""The words for equipment: its status, its kind, and the entries of its logbook."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject

from jope.plant.devices.equipment.fitness import Status
from jope_ui.widgets.badge import Namur

_LETTERS: Final = {
    Status.CLEAN: Namur.GOOD,
    Status.IN_USE: Namur.GOOD,
    Status.HOLD_EXPIRED: Namur.OUT_OF_SPECIFICATION,
    Status.DIRTY: Namur.MAINTENANCE,
    Status.BEING_CLEANED: Namur.CHECK,
    Status.TO_CHECK: Namur.CHECK,
    Status.IN_MAINTENANCE: Namur.CHECK,
}


def letter_of(status: Status) -> Namur:
    """The sign of NE 107 that a status stands under; none where the unit may be used or is used."""
    return _LETTERS[status]


class EquipmentWords(QObject):
    """Turns the station's names into words of the person's language."""

    def status(self, status: Status) -> str:
        """How a unit stands."""
        return {
            Status.CLEAN: self.tr("clean"),
            Status.HOLD_EXPIRED: self.tr("clean hold expired"),
            Status.IN_USE: self.tr("in use"),
            Status.DIRTY: self.tr("dirty"),
            Status.BEING_CLEANED: self.tr("being cleaned"),
            Status.TO_CHECK: self.tr("cleaning to be checked"),
            Status.IN_MAINTENANCE: self.tr("in maintenance"),
        }[status]

    def kind(self, kind: str) -> str:
        """A class of units (ISA-88)."""
        return dict(self.kinds()).get(kind, kind)

    def kinds(self) -> tuple[tuple[str, str], ...]:
        """All of them, to choose from."""
        return (
            ("mixer", self.tr("Mixer")), ("vessel", self.tr("Vessel")), ("booth", self.tr("Booth")), ("filler", self.tr("Filler")),
            ("scale", self.tr("Scale")), ("other", self.tr("Other")),
        )  # fmt: skip

    def uses(self) -> tuple[tuple[str, str], ...]:
        """What a unit may be needed for."""
        return (("batch", self.tr("Each batch")), ("weighing", self.tr("Each batch and weighing")), ("none", self.tr("Nothing")))

    def entry(self, what: str) -> str:
        """An entry of a logbook, by the action of its event."""
        words = {
            "equipment.registered": self.tr("Registered"),
            "equipment.changed": self.tr("Register changed"),
            "equipment.retired": self.tr("Retired"),
            "equipment.taken_into_use": self.tr("In use from here on"),
            "equipment.released_from_use": self.tr("In use until here"),
            "equipment.reported_dirty": self.tr("Reported as dirty"),
            "equipment.noted": self.tr("Entry by hand"),
            "cleaning.begun": self.tr("Cleaning begun"),
            "cleaning.performed": self.tr("Cleaning performed"),
            "cleaning.checked": self.tr("Cleaning checked"),
            "maintenance.begun": self.tr("Maintenance begun"),
            "maintenance.ended": self.tr("Maintenance ended"),
            "weighing.accepted": self.tr("Weighed"),
            "calibration.recorded": self.tr("Calibration recorded"),
            "balance_check.ended": self.tr("Balance check ended"),
            "balance_check.abandoned": self.tr("Balance check abandoned"),
            "device.held": self.tr("Scale held"),
            "device.returned_to_use": self.tr("Scale returned to use"),
        }
        return words.get(what, what)

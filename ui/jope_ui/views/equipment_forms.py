"""What is asked for when a unit or its cleaning is entered, and the command that is made of it (URS E15)."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject

from jope.plant.devices.equipment.commands import ChangeEquipment, RegisterEquipment
from jope.plant.devices.equipment.queries import EquipmentRow
from jope_ui.dialogs.entry import Entry
from jope_ui.widgets.equipment_words import EquipmentWords

_HOURS = ("clean_hold_hours", "dirty_hold_hours")


class EquipmentForms(QObject):
    """The entries of each form. What only the station can judge, it judges: a refusal stands in the sheet."""

    def __init__(self, parent: QObject, words: EquipmentWords) -> None:
        super().__init__(parent)
        self._words = words

    def _whole_fault(self, text: str) -> str:
        return "" if not text or text.isdecimal() else self.tr("Write a whole number.")

    def unit(self, line: str) -> tuple[Entry, ...]:
        """A new unit."""
        return (
            Entry("equipment_id", self.tr("Id, never used before")),
            Entry("title", self.tr("Title")),
            Entry("line", self.tr("Line"), line),
            Entry("kind", self.tr("Kind"), "mixer", self._words.kinds()),
            Entry("device_id", self.tr("Linked scale"), needed=False),
            *self._limits("batch", "", "", "", ""),
        )

    def _limits(self, needed_for: str, clean: str, dirty: str, procedure: str, version: str) -> tuple[Entry, ...]:
        return (
            Entry("needed_for", self.tr("Needed for"), needed_for, self._words.uses()),
            Entry("clean_hold_hours", self.tr("Clean for (h) after the check"), clean, fault=self._whole_fault),
            Entry("dirty_hold_hours", self.tr("To be cleaned within (h)"), dirty, fault=self._whole_fault),
            Entry("procedure", self.tr("Cleaning procedure"), procedure),
            Entry("procedure_version", self.tr("Version of the procedure"), version),
            Entry("reason", self.tr("Reason")),
        )

    @staticmethod
    def blank(line: str) -> RegisterEquipment:
        """A unit of which nothing is entered yet, to ask whether one may be."""
        return RegisterEquipment(
            equipment_id="", title="", line=line, kind="", needed_for="", clean_hold_hours=0, dirty_hold_hours=0, procedure="", procedure_version="",
            reason="",
        )  # fmt: skip

    @staticmethod
    def new_unit(values: Mapping[str, str]) -> RegisterEquipment:
        """The command of a new unit."""
        hours = {name: int(values[name]) for name in _HOURS}
        return RegisterEquipment(**({**values, **hours}))  # type: ignore[arg-type]

    def change(self, one: EquipmentRow) -> tuple[Entry, ...]:
        """A unit as it is registered."""
        hours = (str(one.clean_hold_hours), str(one.dirty_hold_hours))
        return (Entry("title", self.tr("Title"), one.title), *self._limits(one.needed_for, *hours, one.procedure, one.procedure_version))

    @staticmethod
    def changed(one: EquipmentRow, **values: str) -> ChangeEquipment:
        """The command of a changed unit; what was not asked for stays."""
        return ChangeEquipment(
            equipment_id=one.equipment_id,
            title=values.get("title", one.title),
            needed_for=values.get("needed_for", one.needed_for),
            clean_hold_hours=int(values.get("clean_hold_hours", one.clean_hold_hours)),
            dirty_hold_hours=int(values.get("dirty_hold_hours", one.dirty_hold_hours)),
            procedure=values.get("procedure", one.procedure),
            procedure_version=values.get("procedure_version", one.procedure_version),
            reason=values["reason"],
        )

    def cleaning(self, one: EquipmentRow) -> tuple[Entry, ...]:
        """What a unit was cleaned with."""
        return (
            Entry("procedure", self.tr("Cleaning procedure"), one.procedure),
            Entry("procedure_version", self.tr("Version of the procedure"), one.procedure_version),
            Entry("agent", self.tr("Cleaning agent")),
            Entry("reason", self.tr("Reason, where it stood dirty too long"), needed=False),
        )

"""What is asked for when a device, a tag or a calibration is entered, and the command that is made of it (URS J01, J02)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from PySide6.QtCore import QObject

from jope.kernel.ids import new_id
from jope.plant.devices.checks.commands import RecordCalibration
from jope.plant.devices.queries import DeviceRow, TagRow
from jope.plant.devices.registry.commands import ChangeDevice, RegisterDevice, SetTag
from jope.plant.devices.tags import BrowseNode, TagType
from jope_ui.dialogs.entry import Entry

_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


class DeviceForms(QObject):
    """The entries of each form. What only the station can judge, it judges: a refusal stands in the sheet."""

    def _whole_fault(self, text: str) -> str:
        return "" if not text or text.isdecimal() else self.tr("Write a whole number.")

    def _date_fault(self, text: str) -> str:
        return "" if not text or _DATE.fullmatch(text) else self.tr("A date is written YYYY-MM-DD.")

    def _yes_no(self) -> tuple[tuple[str, str], ...]:
        return (("no", self.tr("No")), ("yes", self.tr("Yes")))

    def device(self, line: str) -> tuple[Entry, ...]:
        """A new device."""
        return (
            Entry("device_id", self.tr("Id, never used before")),
            Entry("title", self.tr("Title")),
            Entry("line", self.tr("Line"), line),
            Entry("protocol", self.tr("Protocol")),
            Entry("address", self.tr("Address")),
            Entry("model", self.tr("Model")),
            Entry("serial_number", self.tr("Serial number")),
            Entry("firmware", self.tr("Firmware")),
            Entry("options", self.tr("Options of the driver (JSON)"), "{}"),
            Entry("poll_ms", self.tr("Asked every (ms)"), "100", fault=self._whole_fault),
            Entry("unit", self.tr("Unit, of a scale"), needed=False),
            Entry("readability", self.tr("Readability, of a scale"), needed=False),
            Entry("minimum_weight", self.tr("Minimum weight, of a scale"), needed=False),
            Entry("capacity", self.tr("Capacity, of a scale"), needed=False),
            Entry("reason", self.tr("Reason")),
        )

    @staticmethod
    def new_device(values: Mapping[str, str]) -> RegisterDevice:
        """The command of a new device."""
        return RegisterDevice(**({**values, "poll_ms": int(values["poll_ms"])}))  # type: ignore[arg-type]

    def change(self, one: DeviceRow) -> tuple[Entry, ...]:
        """How a device is reached, and how a scale is checked."""
        entries = [
            Entry("title", self.tr("Title"), one.title),
            Entry("address", self.tr("Address"), one.address),
            Entry("options", self.tr("Options of the driver (JSON)"), one.options),
            Entry("poll_ms", self.tr("Asked every (ms)"), str(one.poll_ms), fault=self._whole_fault),
            Entry("write_enabled", self.tr("Values may be written"), "yes" if one.write_enabled else "no", self._yes_no()),
        ]
        if one.is_scale:
            profiles = (("usp", self.tr("USP")), ("ph_eur", self.tr("Ph. Eur.")), ("process", self.tr("Process")))
            entries += [
                Entry("check_profile", self.tr("Profile of the check"), one.check_profile, profiles),
                Entry("process_tolerance", self.tr("Process tolerance (%)"), one.process_tolerance, needed=False),
                Entry("safety_factor", self.tr("Safety factor"), one.safety_factor),
                Entry("check_every_hours", self.tr("Check every (h), 0 for never"), str(one.check_every_hours), fault=self._whole_fault),
            ]
        return (*entries, Entry("reason", self.tr("Reason")))

    @staticmethod
    def changed(one: DeviceRow, values: Mapping[str, str]) -> ChangeDevice:
        """The command of a changed device; what was not asked for stays."""
        return ChangeDevice(
            device_id=one.device_id, title=values["title"], address=values["address"], options=values["options"], poll_ms=int(values["poll_ms"]),
            write_enabled=values["write_enabled"] == "yes", check_profile=values.get("check_profile", one.check_profile),
            process_tolerance=values.get("process_tolerance", one.process_tolerance), safety_factor=values.get("safety_factor", one.safety_factor),
            check_every_hours=int(values.get("check_every_hours", one.check_every_hours)), reason=values["reason"],
        )  # fmt: skip

    def tag(self, device_id: str, one: TagRow | None, node: BrowseNode) -> tuple[Entry, ...]:
        """A tag, new or changed. ``node`` is what was picked at the device, empty where the address is typed."""
        name = f"{device_id}.{node.name}".replace(" ", "_") if node.name else ""
        kinds = tuple((str(kind), str(kind)) for kind in TagType)
        priorities = tuple((number, number) for number in ("1", "2", "3", "4"))
        orders = (("big", self.tr("Big-endian")), ("little", self.tr("Little-endian")))
        return (
            *(() if one is not None else (Entry("tag_id", self.tr("Name of the tag"), name),)),
            Entry("address", self.tr("Address"), node.address if one is None else one.address),
            Entry("data_type", self.tr("Type"), node.data_type if one is None else one.data_type, kinds),
            Entry("unit", self.tr("Unit"), "" if one is None else one.unit, needed=False),
            Entry("scale", self.tr("Scale"), "1" if one is None else one.scale),
            Entry("shift", self.tr("Offset"), "0" if one is None else one.shift),
            Entry("low", self.tr("Range from"), "" if one is None else one.low, needed=False),
            Entry("high", self.tr("Range to"), "" if one is None else one.high, needed=False),
            Entry("deadband", self.tr("Deadband"), "0" if one is None else one.deadband),
            Entry("sampling_ms", self.tr("Sampled every (ms)"), "500" if one is None else str(one.sampling_ms), fault=self._whole_fault),
            Entry("alarm_low", self.tr("Alarm below"), "" if one is None else one.alarm_low, needed=False),
            Entry("alarm_high", self.tr("Alarm above"), "" if one is None else one.alarm_high, needed=False),
            Entry("alarm_priority", self.tr("Priority of the alarm"), "3" if one is None else str(one.alarm_priority), priorities),
            Entry("writable", self.tr("May be written"), "yes" if one is not None and one.writable else "no", self._yes_no()),
            Entry("word_order", self.tr("Order of words (Modbus)"), "big" if one is None else one.word_order, orders),
            Entry("byte_order", self.tr("Order of bytes (Modbus)"), "big" if one is None else one.byte_order, orders),
            Entry("length", self.tr("Registers of a text (Modbus)"), "0" if one is None else str(one.length), fault=self._whole_fault),
            Entry("reason", self.tr("Reason")),
        )  # fmt: skip

    @staticmethod
    def set_tag(device_id: str, one: TagRow | None, values: Mapping[str, str]) -> SetTag:
        """The command of a tag."""
        numbers = {key: int(values[key]) for key in ("sampling_ms", "alarm_priority", "length")}
        texts = {key: value for key, value in values.items() if key not in numbers and key not in ("writable", "tag_id")}
        tag_id = values["tag_id"] if one is None else one.tag_id
        return SetTag(tag_id=tag_id, device_id=device_id, writable=values["writable"] == "yes", **numbers, **texts)  # type: ignore[arg-type]

    def calibration(self) -> tuple[Entry, ...]:
        """A calibration as its certificate states it."""
        results = (("pass", self.tr("Within tolerance")), ("fail", self.tr("Out of tolerance")))
        return (
            Entry("certificate_no", self.tr("Number of the certificate")),
            Entry("laboratory", self.tr("Laboratory")),
            Entry("calibrated_on", self.tr("Calibrated on (YYYY-MM-DD)"), fault=self._date_fault),
            Entry("due_on", self.tr("Due on (YYYY-MM-DD)"), fault=self._date_fault),
            Entry("as_found", self.tr("As found"), "", (*results, ("none", self.tr("First calibration")))),
            Entry("as_left", self.tr("As left"), "", results),
            Entry("file", self.tr("File of the certificate"), needed=False),
            Entry("reason", self.tr("Reason")),
        )

    @staticmethod
    def calibrated(one: DeviceRow, values: Mapping[str, str], document: tuple[str, str]) -> RecordCalibration:
        """The command of a calibration; ``document`` is the kept certificate's hash and name, empty without one."""
        texts = {key: value for key, value in values.items() if key != "file"}
        return RecordCalibration(
            calibration_id=new_id(), device_id=one.device_id, serial_number=one.serial_number, document_hash=document[0], document_name=document[1],
            **texts,
        )  # fmt: skip

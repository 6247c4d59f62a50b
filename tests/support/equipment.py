"""Equipment at a station of tests: registered, cleaned and checked the way that people do it."""

from __future__ import annotations

from jope.kernel.ids import new_id
from jope.plant.devices.equipment import commands as c
from jope.plant.devices.equipment.queries import EquipmentRow, equipment_named
from jope.services.provisioning import demo_data as demo
from tests.support.demo import Crew
from tests.support.devices import approved

BOOTH, MIXER = "BO-1", "MX-1"


def add_equipment(crew: Crew, *ids: str, line: str = "L3") -> None:
    """Register units of the demo line under four eyes; all of them where none is named. They come dirty."""
    for command in demo.demo_equipment(line):
        if not ids or command.equipment_id in ids:
            approved(crew, command)


def finished(equipment_id: str, *, agent: str = "Purified water, 70 % ethanol", reason: str = "", version: str = "2") -> c.FinishCleaning:
    """The end of a cleaning by the registered procedure."""
    return c.FinishCleaning(equipment_id=equipment_id, procedure="SOP-CL-07", procedure_version=version, agent=agent, reason=reason)


def clean(crew: Crew, *ids: str, by: str = "D-OPER", checked_by: str = "D-SUPER") -> None:
    """Clean units by one person and have them checked by another."""
    for equipment_id in ids:
        crew.do(by, c.BeginCleaning(equipment_id=equipment_id))
        crew.sign(by, finished(equipment_id))
        crew.sign(by, c.CheckCleaning(equipment_id=equipment_id), signer=checked_by)


def note(equipment_id: str, text: str = "Gasket exchanged") -> c.NoteInLogbook:
    """An entry by hand."""
    return c.NoteInLogbook(note_id=new_id(), equipment_id=equipment_id, text=text, reason="found on the round")


def unit(crew: Crew, equipment_id: str, who: str = "D-QA") -> EquipmentRow:
    """How a unit stands now."""
    return crew.station.read(equipment_named, crew.token(who), equipment_id=equipment_id)

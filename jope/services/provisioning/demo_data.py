"""What a demo station is filled with. People are roles; nobody here exists."""

from __future__ import annotations

from typing import Final

from jope.plant.devices.equipment.commands import RegisterEquipment
from jope.plant.devices.ports import DeviceIdentity
from jope.plant.recipes.commands import RecipeLine

DEMO_PASSWORD: Final = "Quiet-Kettle-2026"
FOUNDERS: Final = ("D-ADMIN", "D-QA")
FOUNDER_PASSWORDS: Final = {"D-ADMIN": "Copper-Lantern-11", "D-QA": "Velvet-Harbour-27"}
"""What the founders of a demo choose first; they take the one that all demo people have afterwards, so that whoever tries the demo needs one alone."""
DEMO_PEOPLE: Final = {
    "D-OPER": ("Demo Operator", "operator"),
    "D-SUPER": ("Demo Supervisor", "supervisor"),
    "D-QA": ("Demo Quality Assurance", "qa"),
    "D-QP": ("Demo Qualified Person", "qp"),
    "D-ADMIN": ("Demo Administrator", "admin"),
    "D-VALID": ("Demo Validation", "validation"),
    "D-INSP": ("Demo Inspector", "inspector"),
}
DEMO_MATERIALS: Final = {
    "MG-CIT": ("Magnesium citrate", "g"),
    "CELL-101": ("Microcrystalline cellulose", "g"),
    "MG-STEA": ("Magnesium stearate", "g"),
}
DEMO_LOTS: Final = {
    "MC-2611-04": ("MG-CIT", "RC-10421", "25000.00"),
    "CE-2610-11": ("CELL-101", "RC-10377", "10000.00"),
    "MS-2609-02": ("MG-STEA", "RC-10290", "2000.00"),
}
DEMO_CERTIFICATE: Final = "Certificate of analysis. Demo station: nothing was analysed."
DEMO_RECIPE: Final = "MG-25"
DEMO_PRODUCT: Final = "Magnesium blend 25"
DEMO_LINES: Final = (
    RecipeLine(1, "MG-CIT", "1250.00", "1243.75", "1256.25", "g"),
    RecipeLine(2, "CELL-101", "480.00", "477.60", "482.40", "g"),
    RecipeLine(3, "MG-STEA", "22.00", "21.78", "22.22", "g"),
)
DEMO_CHECKS: Final = (
    ("LC-1", "No material, label or document of the previous batch is on the line"),
    ("LC-2", "Booth, scale and tools are clean and labelled clean"),
    ("LC-3", "The scale stands level and its check of today has passed"),
    ("LC-4", "The right batch document and labels are at hand"),
)
DEMO_SCALE: Final = "SC-1"
DEMO_SCALE_IDENTITY: Final = DeviceIdentity("JOPE-SIM XS6002", "B412345678", "1.20")
DEMO_EXPIRY: Final = "2028-12-31"
DEMO_CALIBRATION_DUE: Final = "2027-12-31"


def demo_equipment(line: str) -> tuple[RegisterEquipment, ...]:
    """The units of the demo line. Like any unit they come dirty, and are cleaned before the first batch."""
    booth, blender = ("BO-1", "Weighing booth", "booth", DEMO_SCALE, "weighing"), ("MX-1", "Blender", "mixer", "", "batch")
    return tuple(
        RegisterEquipment(
            equipment_id=equipment_id, title=title, line=line, kind=kind, device_id=device_id, needed_for=needed_for, clean_hold_hours=72,
            dirty_hold_hours=48, procedure="SOP-CL-07", procedure_version="2", reason="demo line",
        )
        for equipment_id, title, kind, device_id, needed_for in (booth, blender)
    )  # fmt: skip

"""The register map of the simulated PLC of a mixing vessel: what a person would register, and where the PLC keeps it.

Beside the tags: holding and input registers 1000 to 1999 each hold their own address, so that a value shows from where it was read; coils 100 to 1099
are on where their address is odd. All else does not exist, and the PLC says so.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from jope.plant.devices.tags import TagConfig, TagType

PLC_TAGS: Final = (
    TagConfig("Mixer.Speed", "input:0", TagType.UINT16, "rpm", scale=Decimal("0.1"), low=Decimal(0), high=Decimal(3000)),
    TagConfig("Mixer.Torque", "input:1", TagType.INT16, "Nm", scale=Decimal("0.01"), low=Decimal(-50), high=Decimal(50)),
    TagConfig("Vessel.Temperature", "input:2", TagType.FLOAT, "degC", low=Decimal(-10), high=Decimal(150)),
    TagConfig("Vessel.Pressure", "input:4", TagType.INT32, "bar", scale=Decimal("0.001"), offset=Decimal(-1)),
    TagConfig("Batch.Cycles", "input:6", TagType.UINT32),
    TagConfig("Mixer.Running", "input:8.0", TagType.BOOLEAN),
    TagConfig("Vessel.Closed", "input:8.1", TagType.BOOLEAN),
    TagConfig("Drive.Energy", "input:9", TagType.UINT64, "Wh"),
    TagConfig("Dosing.Flow", "input:13", TagType.DOUBLE, "kg/h", word_order="little"),
    TagConfig("Mixer.SpeedSetpoint", "holding:0", TagType.UINT16, "rpm", scale=Decimal("0.1"), high=Decimal(3000), writable=True),
    TagConfig("Vessel.TemperatureSetpoint", "holding:1", TagType.FLOAT, "degC", low=Decimal(0), high=Decimal(120), writable=True),
    TagConfig("Recipe.Name", "holding:10", TagType.STRING, length=8, writable=True),
    TagConfig("Write.Request", "holding:30", TagType.UINT16, writable=True),
    TagConfig("Write.Acknowledge", "holding:31", TagType.UINT16),
    TagConfig("Mixer.Enable", "coil:0", TagType.BOOLEAN, writable=True),
    TagConfig("Valve.Inlet", "coil:1", TagType.BOOLEAN, writable=True),
    TagConfig("Door.Closed", "discrete:0", TagType.BOOLEAN),
    TagConfig("EmergencyStop.Released", "discrete:1", TagType.BOOLEAN),
)
"""The tags of the mixing vessel."""

PLC_IDENTITY_REGISTERS: Final = "serial_number=holding:100 String 8"
"""The option ``identity_registers`` for this PLC; model and firmware are told by function 43/14."""

FIRST_PATTERN: Final = 1000
PATTERN_COUNT: Final = 1000
FIRST_PATTERN_COIL: Final = 100
"""Where the coils of the pattern begin."""

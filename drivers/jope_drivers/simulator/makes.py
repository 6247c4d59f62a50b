"""The simulated makes by protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jope_drivers.simulator.device import SimulatedDevice
from jope_drivers.simulator.showing_device import AndDevice, OhausDevice, SbiDevice
from jope_drivers.simulator.sics_device import KcpDevice, MtSicsDevice

MAKES: Final[Mapping[str, type[SimulatedDevice]]] = {
    "mt-sics": MtSicsDevice,
    "sbi": SbiDevice,
    "kcp": KcpDevice,
    "and": AndDevice,
    "ohaus": OhausDevice,
}

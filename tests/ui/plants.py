"""Stations with devices behind the window: the simulated scale alone, or a simulated line beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jope_drivers.catalog import make_gateway, scale_drivers, tag_drivers
from jope_drivers.simulator.handle import SimulatedScale
from jope_drivers.simulator.line_handle import SERVER_URI, SimulatedLineSetup, SimulatedOpcUaLine

from jope.bootstrap import Plant, Station, open_station
from jope.compliance.changes.commands import ApproveChange, SubmitChange
from jope.compliance.commands import Command
from jope.compliance.identity.commands import SignOut
from jope.kernel.clock import SystemClock
from jope.plant.devices.ports import DeviceState
from jope.plant.devices.registry.commands import RegisterDevice, SetTag
from tests.support.demo import SCALE, Crew, station_with_scale, wait_until
from tests.support.opcua import free_port

LINE = "MX-1"
TAGS: tuple[dict[str, Any], ...] = (
    {"tag_id": "MX-1.Speed", "node": "Mixer.Speed", "data_type": "Double", "unit": "rpm", "alarm_high": "500"},
    {
        "tag_id": "MX-1.Temperature",
        "node": "Mixer.Temperature",
        "data_type": "Double",
        "unit": "degC",
        "alarm_high": "95",
        "alarm_low": "15",
    },
    {"tag_id": "MX-1.Torque", "node": "Mixer.Torque", "data_type": "Float", "unit": "Nm"},
    {"tag_id": "MX-1.Setpoint", "node": "Mixer.SpeedSetpoint", "data_type": "Double", "unit": "rpm"},
)


def approved(crew: Crew, command: Command) -> None:
    """Ask, submit and approve, as two people do."""
    request = crew.do("D-ADMIN", command).request_id
    crew.sign("D-ADMIN", SubmitChange(request_id=request), reason="needed")
    crew.sign("D-QA", ApproveChange(request_id=request), reason="looked at")


def leave(crew: Crew) -> None:
    """Everybody signs out."""
    for token in crew.tokens.values():
        crew.station.dispatch(SignOut(), token)
    crew.tokens.clear()


@contextmanager
def line_plant(root: Path) -> Iterator[tuple[Station, SimulatedScale, SimulatedOpcUaLine]]:
    """A prepared demo station with its simulated scale and a simulated line, both online, the line with four tags."""
    setup = SimulatedLineSetup(unsecured=True, users=())
    with (
        station_with_scale(root, encrypted=False) as scale,
        SimulatedOpcUaLine(root.parent / "line", port=free_port(), clock=SystemClock(), setup=setup) as line,
    ):
        station = open_station(root, Plant(scale_drivers(), make_gateway, tags=tag_drivers()))
        try:
            crew = Crew(station)
            options = '{"security": "None", "allow_unsecured": "yes", "user_token": "anonymous", "publishing_ms": "200"}'
            approved(
                crew,
                RegisterDevice(
                    device_id=LINE, title="Mixer of line 3", line="L3", protocol="opcua", address=line.address,
                    model="Jope Simulated line (urn:jope:simulated-line)",
                    serial_number=SERVER_URI, firmware="1.0 1", options=options, reason="the mixer is heard",
                ),
            )  # fmt: skip
            for tag in TAGS:
                fields = {key: value for key, value in tag.items() if key != "node"}
                approved(crew, SetTag(device_id=LINE, address=line.node(tag["node"]), sampling_ms=100, reason="it is heard", **fields))
            leave(crew)
            gateway = station.gateway
            assert gateway is not None
            wait_until(lambda: gateway.status(SCALE).state is DeviceState.ONLINE)
            yield station, scale, line
        finally:
            station.close()


__all__ = ["LINE", "TAGS", "approved", "leave", "line_plant"]

"""What this package offers; the client finds it through the entry points ``jope.drivers``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from jope.kernel.clock import Clock
from jope.plant.devices.ports import DeviceConfig, DeviceIdentity, DriverFactory, Gateway
from jope.plant.devices.printing import PrinterFactory
from jope.plant.devices.tags import DriverEvents, TagDriver, TagDriverFactory
from jope_drivers.gateway import NO_PRINTER_DRIVERS, NO_TAG_DRIVERS, DeviceGateway
from jope_drivers.modbus.driver import ModbusDriver
from jope_drivers.modbus.rtu_bus import SerialBuses
from jope_drivers.printers.zpl_printer import ZplPrinter
from jope_drivers.scales.makes import DIALECTS
from jope_drivers.scales.serial_scale import SerialScale
from jope_drivers.simulator.handle import IDENTITIES, SimulatedScale, SimulatedScaleSetup, simulated_identity


def scale_drivers() -> Mapping[str, DriverFactory]:
    """The drivers of scales by protocol."""
    return {protocol: partial(SerialScale, dialect=dialect) for protocol, dialect in DIALECTS.items()}


def tag_drivers() -> Mapping[str, TagDriverFactory]:
    """The drivers of servers and PLCs by protocol. Devices at one serial port share it when their drivers come from one call."""
    return {"modbus": partial(ModbusDriver, buses=SerialBuses()), "opcua": _opcua}


def printer_drivers() -> Mapping[str, PrinterFactory]:
    """The drivers of label printers by protocol."""
    return {"zpl": ZplPrinter}


def _opcua(config: DeviceConfig, clock: Clock, events: DriverEvents) -> TagDriver:
    """Its library is large, and is loaded when the first of its devices is made."""
    from jope_drivers.opcua.driver import OpcUaDriver

    return OpcUaDriver(config, clock, events)


def station_certificate(application_uri: str, hosts: tuple[str, ...], clock: Clock) -> tuple[bytes, bytes]:
    """A new certificate of the station and its private key, PEM, for servers that ask who is there."""
    from jope_drivers.opcua.certificate import make_application_certificate

    made = make_application_certificate(application_uri, name="Jope station", hosts=hosts, clock=clock)
    return made.certificate_pem, made.private_key_pem


def simulated_scale(
    directory: Path, *, name: str = "scale", identity: DeviceIdentity | None = None, protocol: str = "mt-sics"
) -> SimulatedScale:
    """A simulated scale at a natural pace, not yet started: a context manager with a ``link`` to connect to."""
    answering = identity if identity is not None else simulated_identity(protocol)
    return SimulatedScale(directory.absolute(), name=name, setup=SimulatedScaleSetup(identity=answering, protocol=protocol))


def simulators() -> Mapping[str, Callable[..., SimulatedScale]]:
    """Simulated devices by protocol."""
    return {protocol: partial(simulated_scale, protocol=protocol) for protocol in IDENTITIES}


def make_gateway(
    configs: tuple[DeviceConfig, ...],
    factories: Mapping[str, DriverFactory],
    clock: Clock,
    tags: Mapping[str, TagDriverFactory] = NO_TAG_DRIVERS,
    printers: Mapping[str, PrinterFactory] = NO_PRINTER_DRIVERS,
) -> Gateway:
    """A gateway for the devices, not yet started."""
    return DeviceGateway(configs, factories, clock, tags, printers)

"""A station with a scale and a label printer, both processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jope_drivers.catalog import make_gateway, printer_drivers, scale_drivers
from jope_drivers.simulator.handle import SimulatedScale
from jope_drivers.simulator.printer_handle import SimulatedPrinter

from jope.bootstrap import Plant, Station, open_station
from jope.plant.devices.ports import DeviceState
from jope.plant.devices.registry.commands import RegisterDevice
from jope.plant.weighing.commands import IdentifyLot
from jope.services.provisioning import demo_data as demo
from jope.services.reporting.labels.commands import PrintLabel, ReprintLabel
from jope.services.reporting.labels.queries import LabelRow, label_preview, labels_of_batch
from tests.support.demo import LOTS, SCALE, Crew, station_with_scale, to_execution, wait_until, weigh
from tests.support.training import carried_out

PRINTER = "PRN-1"
BATCH = "B-0001"


def plant() -> Plant:
    """Drivers of scales and printers."""
    return Plant(scale_drivers(), make_gateway, printers=printer_drivers())


def state(station: Station, device: str) -> DeviceState | None:
    """Where a device stands, None before the gateway knows it."""
    gateway = station.gateway
    assert gateway is not None
    return gateway.status(device).state if device in gateway._devices else None  # type: ignore[attr-defined]  # a test looks inside


def await_state(station: Station, wanted: DeviceState, device: str = PRINTER) -> None:
    wait_until(lambda: state(station, device) is wanted, seconds=30)


def register(
    crew: Crew, address: str, printer: SimulatedPrinter, *, device_id: str = PRINTER, line: str = "L3", options: str = "{}"
) -> None:
    """A printer registered by two people."""
    who = printer.identity
    command = RegisterDevice(
        device_id=device_id, title="Label printer", line=line, protocol="zpl", address=address, model=who.model, serial_number=who.serial_number,
        firmware=who.firmware, options=options, poll_ms=200, reason="labels of containers",
    )  # fmt: skip
    carried_out(crew, command, "D-ADMIN")


@contextmanager
def labelling(root: Path) -> Iterator[tuple[Crew, SimulatedScale, SimulatedPrinter]]:
    """A station with a registered printer that is online, and a running batch."""
    with station_with_scale(root / "station") as scale, SimulatedPrinter(root / "printer") as printer:
        station = open_station(root / "station", plant())
        try:
            crew = Crew(station)
            register(crew, printer.address, printer)
            to_execution(crew, BATCH)
            await_state(station, DeviceState.ONLINE, SCALE)
            await_state(station, DeviceState.ONLINE)
            yield crew, scale, printer
        finally:
            station.close()


def weighed(crew: Crew, scale: SimulatedScale) -> str:
    """The first material of the batch is weighed; its weighing."""
    crew.do("D-OPER", IdentifyLot(batch_no=BATCH, position=1, lot_no=LOTS[0]))
    return weigh(crew, scale, BATCH, 1, demo.DEMO_LINES[0].target).weighing_id


def shown(crew: Crew, weighing: str, who: str = "D-OPER") -> str:
    """The SHA-256 of the label as a person sees it now."""
    return crew.station.read(label_preview, crew.token(who), weighing_id=weighing, device_id=PRINTER).sha256


def print_first(crew: Crew, weighing: str) -> str:
    """Ask for the first label; its id."""
    done: str = crew.do("D-OPER", PrintLabel(weighing_id=weighing, device_id=PRINTER, shown_sha256=shown(crew, weighing))).print_id
    return done


def reprint(crew: Crew, weighing: str, reason: str = "torn") -> str:
    """Ask for a further label; its id."""
    command = ReprintLabel(weighing_id=weighing, device_id=PRINTER, shown_sha256=shown(crew, weighing), reason=reason)
    done: str = crew.do("D-OPER", command).print_id
    return done


def labels(crew: Crew, who: str = "D-OPER") -> tuple[LabelRow, ...]:
    """The labels of the batch, oldest first."""
    return crew.station.read(labels_of_batch, crew.token(who), batch_no=BATCH)


def await_end(crew: Crew, print_id: str, *, seconds: float = 40) -> LabelRow:
    """The label once it is known what became of it, or known that nobody knows."""

    def row() -> LabelRow:
        return next(one for one in labels(crew) if one.print_id == print_id)

    wait_until(lambda: row().state not in ("asked", "sent"), seconds=seconds)
    return row()

"""Gateway and driver against the simulated printer: a process of its own on TCP and on a pseudo-terminal, its own record as the witness (URS F16, J01)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from jope_drivers.catalog import make_gateway, printer_drivers
from jope_drivers.printers.zpl_printer import ZplPrinter
from jope_drivers.simulator.printer_handle import SimulatedPrinter
from PIL import Image

from jope.kernel.clock import SystemClock
from jope.kernel.errors import DeviceError, DeviceIdentityError, DeviceIndeterminateError, DeviceRefusedError, NotFoundError, SettingsError
from jope.plant.devices.ports import DeviceConfig, DeviceState, DeviceStatus, Gateway, Reading
from jope.plant.devices.printing import PrinterFault, PrintReceipt, PrintRequest
from jope.services.reporting.labels.drawing import label_bytes
from jope.services.reporting.labels.zpl import decoded
from tests.unit.test_label_bytes import FACTS, STOCK

PRINTER = "PRN-1"
LABEL = label_bytes(FACTS, STOCK)
pytestmark = pytest.mark.timeout(180)


class Recorder:
    """A sink that keeps the states."""

    def __init__(self) -> None:
        self.statuses: list[DeviceStatus] = []

    def reading(self, reading: Reading) -> None:
        raise AssertionError("a printer reads nothing")

    def status(self, status: DeviceStatus) -> None:
        self.statuses.append(status)


class Bench:
    """A simulated printer and a gateway connected to it."""

    def __init__(self, printer: SimulatedPrinter, address: str, **options: str) -> None:
        self.printer = printer
        self.config = DeviceConfig(PRINTER, "zpl", address, printer.identity, options, poll_seconds=0.1)
        self.sink = Recorder()
        self.gateway: Gateway = make_gateway((self.config,), {}, SystemClock(), {}, printer_drivers())
        self.gateway.start(self.sink)  # type: ignore[arg-type]  # what a printer never sends

    def await_state(self, wanted: DeviceState) -> None:
        await_that(lambda: self.gateway.status(PRINTER).state is wanted, f"{wanted}, is {self.gateway.status(PRINTER)}")

    def print_label(self) -> PrintReceipt:
        return self.gateway.print_label(PrintRequest("job", PRINTER, LABEL))

    def received(self) -> int:
        return len(self.printer.notes("received"))


def await_that(true: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[SimulatedPrinter]:
    with SimulatedPrinter(tmp_path / "printer") as printer:
        yield printer


@pytest.fixture
def bench(printer: SimulatedPrinter) -> Iterator[Bench]:
    bench = Bench(printer, printer.address)
    try:
        bench.await_state(DeviceState.ONLINE)
        yield bench
    finally:
        bench.gateway.stop()


@pytest.mark.req("F16")
@pytest.mark.parametrize("line", ["tcp", "serial"])
def test_a_label_comes_out_as_its_bytes_say_and_is_counted(printer: SimulatedPrinter, line: str) -> None:
    bench = Bench(printer, printer.address if line == "tcp" else str(printer.link))
    try:
        bench.await_state(DeviceState.ONLINE)
        receipt = bench.print_label()
        assert [text.split()[-1] for text in receipt.evidence] == ["4711", "4712"]
        (label,) = printer.labels()
        assert Image.open(label).tobytes() == bytes(byte ^ 0xFF for byte in decoded(LABEL).rows)
        assert bench.gateway.printer_statuses(PRINTER)[0].faults == ()
        assert printer.notes("not_understood") == []
    finally:
        bench.gateway.stop()


@pytest.mark.req("F16", "J04")
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("paper_out", PrinterFault.PAPER_OUT), ("ribbon_out", PrinterFault.RIBBON_OUT), ("head_open", PrinterFault.HEAD_OPEN),
        ("paused", PrinterFault.PAUSED), ("buffer_full", PrinterFault.BUFFER_FULL), ("too_hot", PrinterFault.TOO_HOT),
        ("too_cold", PrinterFault.TOO_COLD),
    ],
)  # fmt: skip
def test_a_fault_that_the_printer_tells_keeps_every_label_back(bench: Bench, fault: str, words: PrinterFault) -> None:
    bench.printer.fault(fault)
    bench.await_state(DeviceState.DEGRADED)
    assert bench.gateway.status(PRINTER).message == f"{words.capitalize()}."
    with pytest.raises(DeviceError):
        bench.print_label()
    bench.printer.fault("")
    bench.await_state(DeviceState.ONLINE)
    bench.print_label()
    assert bench.received() == 1


@pytest.mark.req("F16")
def test_a_fault_that_comes_between_two_looks_is_found_before_the_label_is_sent(printer: SimulatedPrinter) -> None:
    bench = Bench(printer, printer.address)
    bench.gateway.stop()
    slow = replace(bench.config, poll_seconds=30.0)
    bench.gateway = make_gateway((slow,), {}, SystemClock(), {}, printer_drivers())
    bench.gateway.start(bench.sink)  # type: ignore[arg-type]
    try:
        bench.await_state(DeviceState.ONLINE)
        printer.fault("head_open")
        with pytest.raises(DeviceRefusedError, match=r"head open\. Nothing was sent"):
            bench.print_label()
        printer.fault("wrong_serial")
        with pytest.raises(DeviceIdentityError, match="Nothing was sent"):
            bench.print_label()
        assert bench.received() == 0
    finally:
        bench.gateway.stop()


@pytest.mark.req("F16", "J04")
@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("garbled", DeviceState.DEGRADED), ("partial", DeviceState.DEGRADED), ("endless", DeviceState.DEGRADED), ("unasked", DeviceState.DEGRADED),
        ("late", DeviceState.BACKOFF), ("black_hole", DeviceState.BACKOFF),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_believed_ends_in_a_named_state(bench: Bench, fault: str, state: DeviceState) -> None:
    begun = time.monotonic()
    bench.printer.fault(fault)
    await_that(lambda: bench.sink.statuses[-1].state is state or any(s.state is state for s in bench.sink.statuses), f"{state}")
    assert time.monotonic() - begun < 4
    with pytest.raises(DeviceError) as refused:
        bench.print_label()
    assert not isinstance(refused.value, DeviceIndeterminateError)
    assert bench.received() == 0
    bench.printer.fault("")
    bench.await_state(DeviceState.ONLINE)
    bench.print_label()
    assert bench.received() == 1


@pytest.mark.req("F16")
@pytest.mark.parametrize(
    ("fault", "out"),
    [("lost_after_send", 1), ("lost_before_print", 0), ("paper_out_while_printing", 0), ("counts_twice", 1), ("swallowed", 0)],
)
def test_what_the_printer_does_not_count_is_not_known(bench: Bench, fault: str, out: int) -> None:
    bench.printer.fault(fault)
    with pytest.raises(DeviceIndeterminateError, match="not known"):
        bench.print_label()
    assert bench.received() == 1
    await_that(lambda: len(bench.printer.notes("printed")) == out, "what came out")


@pytest.mark.req("F16")
def test_a_printer_in_which_a_label_waits_gets_no_other_one(bench: Bench) -> None:
    bench.printer.pace(2_000)
    bench.printer.fault("paper_out_while_printing")
    with pytest.raises(DeviceIndeterminateError):
        bench.print_label()
    bench.printer.fault("")
    bench.await_state(DeviceState.ONLINE)
    with pytest.raises(DeviceRefusedError, match="another label waiting"):
        bench.print_label()
    assert bench.received() == 1


@pytest.mark.req("F16")
def test_a_printer_without_a_counter_must_be_seen_with_the_label_and_then_without(printer: SimulatedPrinter) -> None:
    printer.fault("no_odometer")
    bench = Bench(printer, printer.address)
    try:
        bench.await_state(DeviceState.ONLINE)
        assert len(bench.print_label().evidence) == 2
    finally:
        bench.gateway.stop()


@pytest.mark.req("F16", "J03", "J08")
@pytest.mark.parametrize(("fault", "words"), [("wrong_serial", "Serial number"), ("wrong_model", "Model")])
def test_another_printer_is_held(printer: SimulatedPrinter, fault: str, words: str) -> None:
    printer.fault(fault)
    bench = Bench(printer, printer.address)
    try:
        bench.await_state(DeviceState.GATED)
        assert bench.gateway.status(PRINTER).message.startswith(words)
        with pytest.raises(DeviceIdentityError):
            bench.print_label()
        assert bench.received() == 0
        printer.fault("")
        bench.await_state(DeviceState.ONLINE)
    finally:
        bench.gateway.stop()


@pytest.mark.req("F16")
def test_another_resolution_than_registered_is_a_fault(tmp_path: Path) -> None:
    with SimulatedPrinter(tmp_path / "printer", dots_per_mm=12) as printer:
        bench = Bench(printer, printer.address, dpi="203")
        try:
            bench.await_state(DeviceState.DEGRADED)
            assert "resolution" in bench.gateway.status(PRINTER).message
        finally:
            bench.gateway.stop()


@pytest.mark.req("F16", "J04")
def test_a_printer_that_is_switched_off_and_on_comes_back(bench: Bench) -> None:
    bench.printer.stop()
    bench.await_state(DeviceState.BACKOFF)
    assert bench.gateway.printer_statuses(PRINTER) == ()
    bench.printer.start()
    bench.await_state(DeviceState.ONLINE)
    assert bench.gateway.status(PRINTER).reconnects == 1
    bench.print_label()


@pytest.mark.req("F16")
def test_what_is_no_printer_prints_nothing(bench: Bench) -> None:
    with pytest.raises(NotFoundError):
        bench.gateway.print_label(PrintRequest("job", "PRN-2", LABEL))
    assert bench.gateway.newest(PRINTER) is None
    assert bench.gateway.newest_values(PRINTER) == {}


@pytest.mark.req("F16", "J01")
@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("", {}), ("http://host", {}), ("tcp://", {}), ("tcp://host:x", {}), ("tcp://host/path", {}), ("tcp://host", {"dpi": "150"}),
        ("tcp://host", {"odometer": "perhaps"}), ("tcp://host", {"colour": "blue"}), ("/dev/ttyS0", {"baudrate": "fast"}),
    ],
)  # fmt: skip
def test_a_configuration_that_cannot_work_is_refused(address: str, options: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        ZplPrinter(DeviceConfig(PRINTER, "zpl", address, None, options), SystemClock())

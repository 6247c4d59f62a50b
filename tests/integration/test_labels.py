"""Labels of weighed containers from preview to print, with a scale and a printer that are processes of their own (URS F09, F16)."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from jope_drivers.simulator.handle import SimulatedScale
from jope_drivers.simulator.printer_handle import SimulatedPrinter
from PIL import Image

from jope.bootstrap import open_station
from jope.compliance.alarms.queries import alarm_log, open_alarms
from jope.compliance.audit.actions import Action
from jope.compliance.audit.queries import AuditFilter, audit_page
from jope.kernel.errors import GuardRefusedError, SignatureDueError, StoreUnavailableError
from jope.plant.devices.ports import DeviceState
from jope.plant.weighing.commands import VerifyContainer
from jope.plant.weighing.queries import weighings
from jope.services.reporting.labels import sending
from jope.services.reporting.labels.commands import BeginLabel, EndLabel, PrintLabel, ReprintLabel, ResolveLabel
from jope.services.reporting.labels.queries import label_preview
from jope.services.reporting.labels.sending import LabelSender
from tests.support.demo import Crew, verified, wait_until
from tests.support.devices import why
from tests.support.printers import (
    BATCH,
    PRINTER,
    await_end,
    await_state,
    labelling,
    labels,
    plant,
    print_first,
    reprint,
    shown,
    weighed,
)

pytestmark = pytest.mark.timeout(300)
Bench = tuple[Crew, SimulatedScale, SimulatedPrinter]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with labelling(tmp_path) as found:
        yield found


@pytest.mark.req("F09", "F16")
def test_the_label_that_was_shown_comes_out_once_and_its_code_is_the_record(bench: Bench) -> None:
    crew, scale, printer = bench
    weighing = weighed(crew, scale)
    preview = crew.station.read(label_preview, crew.token("D-OPER"), weighing_id=weighing, device_id=PRINTER)
    row = await_end(crew, print_first(crew, weighing))
    assert (row.state, row.copy_no, row.sha256, row.said_by) == ("printed", 1, preview.sha256, "")
    (label,) = printer.labels()
    out = Image.open(label)
    (code,) = zxingcpp.read_barcodes(out.convert("L"))
    (attempt,) = [w for w in crew.station.read(weighings, crew.token("D-OPER"), batch_no=BATCH, position=1) if w.accepted]
    assert code.text == attempt.label_text.splitlines()[-1] == f"JOPE:W:{weighing}:{BATCH}:{attempt.material_code}:{attempt.lot_no}"
    seen = Image.open(BytesIO(preview.picture))
    assert (seen.size, seen.convert("1").tobytes()) == (out.size, out.tobytes())
    (received,) = printer.notes("received")
    assert received["commands"] == ["^XA", "^PW", "^LL", "^LH", "^PQ", "^FO", "^GF", "^FS", "^XZ"]
    page = crew.station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(subject_kind="label_print"))
    assert {event.action for event in page} == {"label.asked", "label.sent", "label.ended"}
    assert verified(crew.station).ok


@pytest.mark.req("F16")
def test_another_label_is_a_reprint_with_reason_and_copy_number(bench: Bench) -> None:
    crew, scale, printer = bench
    weighing = weighed(crew, scale)
    no_copy = ReprintLabel(weighing_id=weighing, device_id=PRINTER, shown_sha256=shown(crew, weighing), reason="lost")
    assert why(crew, "D-OPER", no_copy) == "label_was_sent_before"
    await_end(crew, print_first(crew, weighing))
    again = PrintLabel(weighing_id=weighing, device_id=PRINTER, shown_sha256=shown(crew, weighing))
    assert why(crew, "D-OPER", again) == "label_is_the_first"
    assert (
        why(crew, "D-OPER", ReprintLabel(weighing_id=weighing, device_id=PRINTER, shown_sha256=again.shown_sha256, reason=" "))
        == "reason_is_given"
    )
    row = await_end(crew, reprint(crew, weighing, "torn at the drum"))
    assert (row.state, row.copy_no, row.reason) == ("printed", 2, "torn at the drum")
    assert len(printer.labels()) == 2
    assert Image.open(printer.labels()[0]).tobytes() != Image.open(printer.labels()[1]).tobytes(), "the copy number stands on it"


@pytest.mark.req("F16")
def test_a_label_that_is_no_longer_the_record_is_not_printed(bench: Bench) -> None:
    crew, scale, printer = bench
    weighing = weighed(crew, scale)
    before = shown(crew, weighing)
    crew.sign("D-OPER", VerifyContainer(weighing_id=weighing), signer="D-SUPER")
    command = PrintLabel(weighing_id=weighing, device_id=PRINTER, shown_sha256=before)
    assert why(crew, "D-OPER", command) == "label_is_the_shown_one"
    with pytest.raises(GuardRefusedError):
        crew.do("D-OPER", command)
    assert shown(crew, weighing) != before
    assert printer.notes("received") == []


@pytest.mark.req("F16", "J04")
def test_a_printer_with_a_fault_blocks_with_its_own_words_and_the_weighing_stands(bench: Bench) -> None:
    crew, scale, printer = bench
    weighing = weighed(crew, scale)
    printer.fault("paper_out")
    await_state(crew.station, DeviceState.DEGRADED)
    verdict = crew.station.preflight(
        PrintLabel(weighing_id=weighing, device_id=PRINTER, shown_sha256=shown(crew, weighing)), crew.token("D-OPER")
    )
    assert verdict is not None
    assert (verdict.guard, verdict.message) == ("printer_is_ready", "PRN-1 cannot print. Paper out.")
    wait_until(lambda: any(a.source == PRINTER and a.kind == "degraded" for a in crew.station.read(alarm_log, crew.token("D-OPER"))))
    printer.fault("")
    await_state(crew.station, DeviceState.ONLINE)
    assert await_end(crew, print_first(crew, weighing)).state == "printed"


@pytest.mark.req("F16", "J03")
def test_another_printer_at_the_same_place_is_held_and_prints_nothing(bench: Bench) -> None:
    crew, scale, printer = bench
    weighing = weighed(crew, scale)
    sha256 = shown(crew, weighing)
    printer.stop()
    printer.start()
    printer.fault("wrong_model")
    await_state(crew.station, DeviceState.GATED)
    assert why(crew, "D-OPER", PrintLabel(weighing_id=weighing, device_id=PRINTER, shown_sha256=sha256)) == "printer_is_ready"
    wait_until(lambda: any(a.kind == "identity" and "model" in a.text for a in crew.station.read(alarm_log, crew.token("D-OPER"))))
    assert printer.notes("received") == []


@pytest.mark.req("F16")
def test_an_exchange_behind_a_live_connection_is_found_before_anything_is_sent(bench: Bench) -> None:
    crew, scale, printer = bench
    weighing = weighed(crew, scale)
    sha256 = shown(crew, weighing)
    printer.fault("wrong_serial")
    row = await_end(crew, crew.do("D-OPER", PrintLabel(weighing_id=weighing, device_id=PRINTER, shown_sha256=sha256)).print_id)
    assert (row.state, printer.notes("received")) == ("refused", [])
    await_state(crew.station, DeviceState.GATED)
    printer.fault("")
    await_state(crew.station, DeviceState.ONLINE)
    row = await_end(crew, print_first(crew, weighing))
    assert (row.state, row.copy_no) == ("printed", 1), "what was refused was never sent, and takes no copy number"


@pytest.mark.req("F16", "B01")
@pytest.mark.parametrize("came_out", [True, False])
def test_a_label_that_nobody_knows_of_waits_for_a_person_and_for_their_signature(bench: Bench, came_out: bool) -> None:
    crew, scale, printer = bench
    weighing = weighed(crew, scale)
    gateway = crew.station.gateway
    assert gateway is not None
    connections = gateway.status(PRINTER).reconnects
    printer.fault("lost_after_send" if came_out else "lost_before_print")
    row = await_end(crew, print_first(crew, weighing))
    assert row.state == "unknown"
    assert any(a.source == PRINTER and a.kind == "label" for a in crew.station.read(alarm_log, crew.token("D-OPER")))
    printer.fault("")
    wait_until(lambda: gateway.status(PRINTER).reconnects > connections, seconds=30)  # the line broke, which its next question finds
    await_state(crew.station, DeviceState.ONLINE)
    blocked = ReprintLabel(weighing_id=weighing, device_id=PRINTER, shown_sha256=shown(crew, weighing), reason="not there")
    assert why(crew, "D-OPER", blocked) == "no_label_is_open"
    unsigned = ResolveLabel(print_id=row.print_id, came_out=came_out)
    assert isinstance(crew.refused(lambda: crew.do("D-OPER", unsigned)), SignatureDueError)
    crew.sign("D-OPER", ResolveLabel(print_id=row.print_id, came_out=came_out))
    (said,) = labels(crew)
    assert (said.state, said.said_by) == ("printed" if came_out else "not_printed", "D-OPER")
    assert why(crew, "D-OPER", ResolveLabel(print_id=row.print_id, came_out=not came_out)) == "label_is_unknown"
    assert all(a.kind != "label" or not a.active for a in crew.station.read(open_alarms, crew.token("D-OPER")))
    further = ReprintLabel(weighing_id=weighing, device_id=PRINTER, shown_sha256=shown(crew, weighing), reason="the first did not come out")
    wait_until(lambda: crew.station.preflight(further, crew.token("D-OPER")) is None, seconds=30)
    again = await_end(crew, reprint(crew, weighing, "the first did not come out"))
    assert (again.state, again.copy_no) == ("printed", 2)
    assert len(printer.labels()) == (2 if came_out else 1)
    assert verified(crew.station).ok


_CHILD = """
import asyncio, os, signal, sys
from io import BytesIO
from pathlib import Path
from jope_drivers.catalog import make_gateway, scale_drivers
from jope_drivers.printers.zpl_printer import ZplPrinter
from jope.bootstrap import Plant, open_station
from jope.plant.devices.ports import DeviceState
from tests.support.demo import Crew
from tests.support.printers import await_state, print_first

class Killed(ZplPrinter):
    async def print_label(self, request):
        if sys.argv[3] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        asked = asyncio.create_task(super().print_label(request))
        while not (Path(sys.argv[4]).exists() and '"received"' in Path(sys.argv[4]).read_text()):
            await asyncio.sleep(0.01)
        os.kill(os.getpid(), signal.SIGKILL)

station = open_station(Path(sys.argv[1]), Plant(scale_drivers(), make_gateway, printers={"zpl": Killed}))
await_state(station, DeviceState.ONLINE)
print_first(Crew(station), sys.argv[2])
asyncio.run(asyncio.sleep(60))
"""
"""A station that kills itself after the label was noted as sent: before its first byte, or once the printer has it."""


@pytest.mark.req("F16", "P11-18")
@pytest.mark.parametrize("point", ["before", "after"])
def test_a_label_under_way_at_a_kill_is_never_printed_twice_by_itself(tmp_path: Path, point: str) -> None:
    with labelling(tmp_path) as (crew, scale, printer):
        weighing = weighed(crew, scale)
        crew.station.close()
        printer.pace(1500)
        arguments = [str(tmp_path / "station"), weighing, point, str(printer.log_path)]
        done = subprocess.run([sys.executable, "-c", _CHILD, *arguments], cwd=os.getcwd(), timeout=120, check=False, capture_output=True)
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]
        station = open_station(tmp_path / "station", plant())
        try:
            again = Crew(station)
            (row,) = labels(again)
            assert (row.state, row.message) == ("unknown", "The station stopped while it was under way.")
            await_state(station, DeviceState.ONLINE)
            expected = 1 if point == "after" else 0
            wait_until(lambda: len(printer.notes("printed")) == expected)
            assert len(printer.notes("received")) == expected, "the station sent nothing by itself"
            again.sign("D-OPER", ResolveLabel(print_id=row.print_id, came_out=point == "after"))
            assert await_end(again, reprint(again, weighing)).copy_no == 2
            assert verified(station).ok
        finally:
            station.close()


@pytest.mark.req("F16", "P11-18")
def test_a_label_that_was_only_asked_for_is_not_sent_after_a_restart(tmp_path: Path) -> None:
    with labelling(tmp_path) as (crew, scale, printer):
        weighing = weighed(crew, scale)
        station = crew.station
        assert station._labels is not None
        station._labels.stop()  # nobody sends any more: the label stays asked for
        crew.do("D-OPER", PrintLabel(weighing_id=weighing, device_id=PRINTER, shown_sha256=shown(crew, weighing)))
        station.close()
        station = open_station(tmp_path / "station", plant())
        try:
            again = Crew(station)
            (row,) = labels(again)
            assert (row.state, row.message) == ("refused", "The station stopped before it was sent.")
            await_state(station, DeviceState.ONLINE)
            assert printer.notes("received") == []
            assert await_end(again, print_first(again, weighing)).copy_no == 1
        finally:
            station.close()


class _Store:
    """What the sender asks and tells: a table of labels whose troubles are given."""

    def __init__(self, *labels: str) -> None:
        content = "^XA^XZ"
        self.states = dict.fromkeys(labels, "asked")
        self.ends: list[tuple[str, str]] = []
        self.troubles: list[tuple[str, str, Exception]] = []
        self._row = (PRINTER, hashlib.sha256(b"x").hexdigest(), content)

    def ask(self, _sql: str, _parameters: tuple[object, ...]) -> list[tuple[object, ...]]:
        self._maybe("ask", "")
        device, sha256, content = self._row
        return [(label, device, state, sha256, content) for label, state in self.states.items() if state in ("asked", "sent")]

    def dispatch(self, command: object) -> None:
        assert isinstance(command, BeginLabel | EndLabel)
        self._maybe(type(command).__name__, command.print_id)
        if isinstance(command, BeginLabel):
            self.states[command.print_id] = "sent"
        else:
            self.states[command.print_id] = command.outcome
            self.ends.append((command.print_id, command.outcome))

    def _maybe(self, what: str, label: str) -> None:
        for trouble in self.troubles:
            if trouble[:2] == (what, label):
                self.troubles.remove(trouble)
                raise trouble[2]


@pytest.mark.req("F16", "Q11")
def test_what_goes_wrong_with_one_label_is_tried_again_and_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "RETRY_SECONDS", 0.02)
    store = _Store("A", "B", "C")
    store.troubles = [
        ("ask", "", ZeroDivisionError("a pool without a connection")), ("BeginLabel", "A", StoreUnavailableError("busy")),
        ("EndLabel", "B", StoreUnavailableError("busy")), ("BeginLabel", "C", GuardRefusedError("the printer was retired")),
    ]  # fmt: skip
    sender = LabelSender(store.ask, store.dispatch, lambda: None, lambda: "")
    sender._thread.start()
    sender.on_commit(frozenset({Action.LABEL_ASKED}))
    wait_until(lambda: len(store.ends) == 3)
    sender.stop()
    assert store.troubles == []
    assert sorted(store.ends) == [("A", "refused"), ("B", "refused"), ("C", "refused")]
    assert store.ends[0][0] == "C", "the refused one is settled in the first round, beside the others' trouble"
    assert not sender._thread.is_alive()

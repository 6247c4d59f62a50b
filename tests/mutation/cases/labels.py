"""Labels of weighed containers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jope.kernel.clock import ClockQuality, Instant
from jope.kernel.errors import NotFoundError
from jope.plant.devices.ports import DeviceState, DeviceStatus
from jope.services.provisioning import demo_data as demo
from jope.services.reporting.labels import commands as c
from jope.services.reporting.labels import guards as g
from jope.services.reporting.labels.composing import composed
from tests.mutation.world import BATCH, Case, Sql, World, change, put, with_fields

PRINTER = "PRN-1"
_PRINT = c.PrintLabel(weighing_id="W-1", device_id=PRINTER, shown_sha256="0" * 64)
_AGAIN = c.ReprintLabel(weighing_id="W-1", device_id=PRINTER, shown_sha256="0" * 64, reason="r")
_RESOLVE = c.ResolveLabel(print_id="P-1", came_out=True)


@dataclass(frozen=True)
class _Told:
    """A gateway that knows one device in one state."""

    state: DeviceState
    message: str = ""

    def status(self, device_id: str) -> DeviceStatus:
        if device_id != PRINTER:
            raise NotFoundError(f"There is no device '{device_id}' at this gateway.")
        return DeviceStatus(device_id, self.state, None, Instant(1, 1, "boot", ClockQuality.SYNCHRONISED), self.message)


def _printer(**changed: Any) -> Sql:
    row: dict[str, Any] = {"device_id": PRINTER, "line": "L3", "protocol": "zpl", "options": "{}", "held_reason": "", "version": 1}
    return put("device", **(row | changed))


def _label(state: str, copy_no: int = 1) -> Sql:
    return put("label_print", id=f"P-{copy_no}", weighing_id="W-1", copy_no=copy_no, device_id=PRINTER, state=state, message="", version=1)


def _ready(world: World) -> list[Case]:
    def case(gateway: object, expect: str | None, command: Any = _PRINT) -> Case:
        return Case(g.printer_is_ready, command, expect, ports={"gateway": gateway})

    told = {state: None if state is DeviceState.ONLINE else f"cannot print. It is {state.value}" for state in DeviceState}
    return [
        *(case(_Told(state), expect) for state, expect in told.items()),
        case(_Told(DeviceState.DEGRADED, "Paper out."), "cannot print. Paper out."),
        case(world.station.ports["gateway"], "No device is connected"),
        case(_Told(DeviceState.ONLINE), "no device", with_fields(_PRINT, device_id="PRN-2")),
    ]


def _shown(world: World, weighed: tuple[Sql, ...]) -> list[Case]:
    rows = [*weighed, _printer()]
    world.cursor.execute("SAVEPOINT composing")
    for sql, parameters in rows:
        world.cursor.execute(sql, parameters)
    sha256 = composed(world.cursor, "W-1", PRINTER).sha256
    world.cursor.execute("ROLLBACK TO composing")
    shown = with_fields(_PRINT, shown_sha256=sha256)
    guard = g.label_is_the_shown_one
    return [
        Case(guard, shown, None, rows=rows),
        Case(guard, shown, None, rows=[*rows, _label("refused")]),
        Case(guard, _PRINT, "another than the label that was shown", rows=rows),
        Case(guard, shown, "another than", rows=[*rows, _label("printed")]),
        Case(guard, shown, "another than", rows=[*rows, change("weighing", "1", verified_signer="D-SUPER")]),
        Case(guard, shown, "another than", rows=[*weighed, _printer(options='{"dpi":"300"}')]),
        Case(guard, shown, "lacks: component", rows=[*rows, change("formulation_line", "1", material_name=" ")]),
        Case(guard, shown, "no accepted weighing", rows=[_printer()]),
        Case(guard, shown, "no accepted weighing", rows=[*rows, change("weighing", "1", accepted=0)]),
        Case(guard, shown, "no label printer", rows=list(weighed)),
        Case(guard, shown, "no label printer", rows=[*weighed, _printer(protocol="modbus")]),
        Case(guard, shown, "not registered as they should", rows=[*weighed, _printer(options='{"width_mm":"wide"}')]),
        Case(guard, shown, "no labels of this size", rows=[*weighed, _printer(options='{"height_mm":"161"}')]),
        Case(guard, shown, "does not fit", rows=[*weighed, _printer(options='{"width_mm":"25"}')]),
    ]


def cases(world: World) -> list[Case]:
    """What a label needs before it is printed, and after."""
    lot = world.value("SELECT lot_no FROM lot ORDER BY lot_no LIMIT 1")
    line = put("formulation_line", id="F-1", batch_no=BATCH, position=1, material_code="M-1", material_name="Salt")
    scale = {"net": "1.00", "tare": "0.10", "gross": "1.10", "unit": "g", "device_id": demo.DEMO_SCALE, "serial_number": "S-1", "at_us": 1}
    weighing = put(
        "weighing",
        id="W-1",
        batch_no=BATCH,
        position=1,
        material_code="M-1",
        lot_no=lot,
        accepted=1,
        performed_by="D-OPER",
        version=1,
        **scale,
    )
    tried = change("weighing", "id = 'W-1'", accepted=0)
    stands, accepted = g.printer_stands_at_line, g.weighing_was_accepted
    return [
        Case(accepted, _PRINT, "no accepted weighing"),
        Case(accepted, _PRINT, None, rows=[weighing]),
        Case(accepted, _PRINT, "no accepted weighing", rows=[weighing, tried]),
        Case(stands, _PRINT, "PRN-1 is no label printer", rows=[weighing]),
        Case(stands, with_fields(_PRINT, device_id=""), "This is no label printer", rows=[weighing]),
        Case(stands, _PRINT, "no label printer", rows=[weighing, _printer(protocol="mt-sics")]),
        Case(stands, _PRINT, "no label printer", rows=[weighing, _printer(retired_us=0)]),
        Case(stands, _PRINT, "is held: dirty", rows=[weighing, _printer(held_reason="dirty")]),
        Case(stands, _PRINT, "does not stand at line L3", rows=[weighing, _printer(line="L1")]),
        Case(stands, _PRINT, None, rows=[weighing, _printer()]),
        Case(stands, _PRINT, None, rows=[_printer()]),
        Case(g.no_label_is_open, _PRINT, None),
        Case(g.no_label_is_open, _PRINT, None, rows=[_label("printed")]),
        Case(g.no_label_is_open, _PRINT, None, rows=[_label("refused")]),
        Case(g.no_label_is_open, _PRINT, None, rows=[_label("not_printed")]),
        Case(g.no_label_is_open, _PRINT, "Copy 1 is being printed", rows=[_label("asked")]),
        Case(g.no_label_is_open, _PRINT, "Copy 2 is being printed", rows=[_label("printed"), _label("sent", 2)]),
        Case(g.no_label_is_open, _PRINT, "copy 1 came out is not known", rows=[_label("unknown")]),
        Case(g.label_is_the_first, _PRINT, None),
        Case(g.label_is_the_first, _PRINT, None, rows=[_label("refused")]),
        Case(g.label_is_the_first, _PRINT, "Copy 1 was sent", rows=[_label("not_printed")]),
        Case(g.label_was_sent_before, _AGAIN, "No label of this weighing"),
        Case(g.label_was_sent_before, _AGAIN, "No label of this weighing", rows=[_label("refused")]),
        Case(g.label_was_sent_before, _AGAIN, None, rows=[_label("printed")]),
        Case(g.label_is_unknown, _RESOLVE, "no such label"),
        Case(g.label_is_unknown, _RESOLVE, None, rows=[_label("unknown")]),
        Case(g.label_is_unknown, _RESOLVE, "label is not printed", rows=[_label("not_printed")]),
        Case(g.label_is_unknown, _RESOLVE, "label is sent", rows=[_label("sent")]),
        *_ready(world),
        *_shown(world, (line, weighing)),
    ]

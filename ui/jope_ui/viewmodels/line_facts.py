"""What the line does now, in a few facts that stay readable while the screen is locked."""

from __future__ import annotations

from dataclasses import dataclass

from jope.kernel.errors import QuantityError
from jope.plant.batches.queries import BatchRow
from jope.plant.weighing.queries import DispensingView
from jope_ui.viewmodels.dispensing import Due, scene
from jope_ui.viewmodels.weighing_bar import BarScale
from jope_ui.widgets.state_words import plain_state


@dataclass(frozen=True, slots=True)
class LineFacts:
    """The batch that runs (or is looked at), and, while a material is due at the scale, its name, its limits and the device."""

    batch_no: str
    product: str
    record_state: str
    procedure_state: str
    material: str = ""
    scale: BarScale | None = None
    device_id: str = ""


def batch_in_view(batches: tuple[BatchRow, ...], chosen: str) -> BatchRow | None:
    """The batch in execution, else the chosen one."""
    running = next((one for one in batches if plain_state(one.record_state) == "inexecution"), None)
    return running or next((one for one in batches if one.batch_no == chosen), None)


def line_facts(batch: BatchRow, dispensing: DispensingView | None) -> LineFacts:
    """The facts of a batch; without dispensing, its states alone."""
    facts = LineFacts(batch.batch_no, batch.product, batch.record_state, batch.procedure_state)
    now = scene(dispensing) if dispensing is not None else None
    if dispensing is None or now is None or now.material is None or now.due is Due.NOTHING:
        return facts
    due = now.material
    try:
        scale = BarScale.of(due.target, due.low, due.high, due.unit)
    except QuantityError:
        scale = None
    name = f"{due.position}  {due.material_name}"
    return LineFacts(facts.batch_no, facts.product, facts.record_state, facts.procedure_state, name, scale, dispensing.device_id)

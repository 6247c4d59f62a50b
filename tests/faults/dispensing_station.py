"""A station that dispenses until it is killed: ``python -m tests.faults.dispensing_station DIR LINK-ORDERS``. Prints what was acknowledged."""

from __future__ import annotations

import sys
from pathlib import Path

from jope_drivers.catalog import make_gateway, scale_drivers

from jope.bootstrap import Plant, open_station
from jope.plant.batches import commands as c
from jope.plant.devices.ports import DeviceState
from jope.plant.weighing.commands import AcceptWeight, FinishMaterial, IdentifyLot, VerifyContainer, VerifyMaterial
from jope.plant.weighing.queries import dispensing
from tests.support.demo import LOTS, SCALE, Crew, stable_reading, to_execution, wait_until


def main(root: Path) -> None:
    """Go on wherever the last process was killed: each step is asked from the record, never remembered."""
    station = open_station(root, Plant(scale_drivers(), make_gateway))
    crew = Crew(station)
    _say("up")
    wait_until(lambda: station.gateway is not None and station.gateway.status(SCALE).state is DeviceState.ONLINE)
    for n in range(1, 1000):
        batch_no = f"K-{n}"
        known = station.read(_states, crew.token("D-OPER")).get(batch_no)
        if known == "InReview":
            continue
        if known is None:
            to_execution(crew, batch_no)
            _say(f"started {batch_no}")
        while (material := _open_material(crew, batch_no)) is not None:
            _step(crew, batch_no, material)
            station.bus._rate._failures.clear()
        crew.sign("D-OPER", c.CompleteBatch(batch_no=batch_no))
        _say(f"completed {batch_no}")


def _states(reader: object) -> dict[str, str]:
    return dict(reader.execute("SELECT batch_no, record_state FROM batch"))


def _open_material(crew: Crew, batch_no: str):
    view = crew.station.read(dispensing, crew.token("D-OPER"), batch_no=batch_no)
    return next((m for m in view.materials if m.state != "done"), None)


def _step(crew: Crew, batch_no: str, material) -> None:
    position = material.position
    if material.state == "identify":
        crew.do("D-OPER", IdentifyLot(batch_no=batch_no, position=position, lot_no=LOTS[position - 1]))
    elif material.state == "weigh":
        _ask("unload")
        stable_reading(crew.station, "0")
        _ask(f"load {material.target}")
        number = stable_reading(crew.station, material.target)
        accepted = crew.do("D-OPER", AcceptWeight(batch_no=batch_no, position=position, device_id=SCALE, reading_no=number))
        _say(f"weighed {accepted.weighing_id}")
    elif material.state == "verify_container":
        weighing_id = next(w.weighing_id for w in material.weighings if w.accepted)
        crew.sign("D-OPER", VerifyContainer(weighing_id=weighing_id), signer="D-SUPER")
        _say(f"verified {weighing_id}")
    elif material.state == "finish":
        crew.sign("D-OPER", FinishMaterial(batch_no=batch_no, position=position))
    else:
        crew.sign("D-OPER", VerifyMaterial(batch_no=batch_no, position=position), signer="D-SUPER")


def _ask(order: str) -> None:
    """Ask the parent, who holds the scale, and wait for its word."""
    _say(f"ask {order}")
    sys.stdin.readline()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

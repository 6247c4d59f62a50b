"""A writing station as a process of its own that is killed at a random moment. It acknowledges each command over a pipe, after dispatch returned."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jope.bootstrap import open_station
from jope.compliance.alarms.commands import RaiseAlarm, ReturnAlarm
from jope.compliance.commands import Command
from jope.compliance.identity.commands import SignIn
from jope.plant.materials.commands import ReceiveLot
from jope.plant.recipes.commands import DraftRecipeVersion
from jope.services.provisioning.demo_data import DEMO_LINES, DEMO_PASSWORD

Acknowledge = Callable[[str], None]


@dataclass(frozen=True)
class Killed:
    """What one kill left: the command ids that were acknowledged."""

    acknowledged: tuple[str, ...]


def write_until_killed(root: Path, acknowledge: Acknowledge, *, signed_in: bool = True, eager: bool = False) -> None:
    """Receive lots and draft recipes as a person, or raise and return alarms as the station, until the end.

    ``eager`` is the seeded fault: it acknowledges before the commit.
    """
    station = open_station(root)
    token = station.dispatch(SignIn(employee_id="D-SUPER", password=DEMO_PASSWORD)).token if signed_in else None
    for n in range(10_000):
        for command in _of_a_person(f"K{os.getpid()}-{n}") if signed_in else _of_the_station(f"k{n}"):
            if eager:
                acknowledge(command.command_id)
            if token is not None:
                station.dispatch(command, token)
            else:
                station.bus.dispatch(command, as_station=True)
            if not eager:
                acknowledge(command.command_id)


def _of_a_person(name: str) -> tuple[Command, ...]:
    receive = ReceiveLot(lot_no=name, material_code="MG-CIT", receiving_no="RC-1", quantity="1.00", unit="g", expiry="2028-01-01")
    draft = DraftRecipeVersion(
        recipe_id=name, version=1, product="Kill test", batch_size="1.00", unit="g", lines=DEMO_LINES, reason="kill test"
    )
    return receive, draft


def _of_the_station(kind: str) -> tuple[Command, ...]:
    return (RaiseAlarm(priority=3, source="kill-test", kind=kind, text="Raised to be killed."), ReturnAlarm(source="kill-test", kind=kind))


def kill_once(root: Path, random_: random.Random, *, signed_in: bool = True, eager: bool = False) -> Killed:
    """Fork a writer, let it work for a random time after its first acknowledgement, kill -9 it, and read what it acknowledged."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(read_end)
            write_until_killed(root, lambda command_id: _send(write_end, command_id), signed_in=signed_in, eager=eager)
        finally:
            os._exit(1)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        first = pipe.readline()
        time.sleep(random_.expovariate(1 / 0.012))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        lines = (first + pipe.read()).decode().splitlines()
    return Killed(tuple(line for line in lines if len(line) == 32))


def _send(descriptor: int, command_id: str) -> None:
    os.write(descriptor, command_id.encode() + b"\n")

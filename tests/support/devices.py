"""Devices at a station of tests: changes the way that people go, and rows as approved changes leave them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jope.compliance.audit.actions import Action
from jope.compliance.changes.commands import ApproveChange, SubmitChange
from jope.compliance.commands import ChangeStored, Command
from jope.kernel.ids import new_id
from jope.kernel.store.uow import UnitOfWork
from jope.plant.devices.registry import commands as r
from tests.support.demo import SCALE, Crew


def approved(crew: Crew, command: Command, *, asks: str = "D-ADMIN", approves: str = "D-QA") -> None:
    """Ask, submit, approve: the way that people go."""
    stored = crew.do(asks, command)
    assert isinstance(stored, ChangeStored)
    crew.sign(asks, SubmitChange(request_id=stored.request_id), reason="needed")
    crew.sign(approves, ApproveChange(request_id=stored.request_id), reason="looked at")


def why(crew: Crew, who: str, command: Command) -> str:
    """The guard that stands against a command."""
    found = crew.station.preflight(command, crew.token(who))
    assert found is not None
    return found.guard


def change(**changed: Any) -> r.ChangeDevice:
    """A change of a device, otherwise as given."""
    fields: dict[str, Any] = {
        "device_id": "SC-2", "title": "Second scale", "address": "/dev/ttyUSB9", "options": "{}", "poll_ms": 100, "write_enabled": False,
        "check_profile": "usp", "process_tolerance": "", "safety_factor": "2", "check_every_hours": 24, "reason": "periodic review",
    }  # fmt: skip
    return r.ChangeDevice(**(fields | changed))


def written(crew: Crew, change: Callable[[UnitOfWork], None]) -> None:
    """Rows as they would stand after approved changes: at a station without drivers no configuration can be tried."""

    def write() -> None:
        with crew.station._store.unit_of_work() as uow:
            uow.audit.principal, uow.audit.instant = crew.station._here, crew.station.clock.now()
            uow.audit.command_id = uow.audit.outcome_of = new_id()
            change(uow)
            uow.audit.record(Action.TAG_SET, ("device", SCALE))

    crew.station._commands.run(write)

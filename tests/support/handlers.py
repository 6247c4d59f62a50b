"""Code run where a handler runs."""

from __future__ import annotations

from collections.abc import Callable

from jope.bootstrap import Station
from jope.compliance.audit.actions import Action
from jope.kernel.ids import new_id
from jope.kernel.store.uow import UnitOfWork

Work = Callable[[UnitOfWork], object]


def in_a_handler(station: Station, work: Work, *, record: bool = True) -> None:
    """Run code where a handler runs: on the command thread, inside a unit of work, with the bus's context."""

    def run() -> None:
        with station._store.unit_of_work() as uow:
            uow.audit.principal, uow.audit.instant = station._here, station.clock.now()
            uow.audit.command_id = new_id()
            uow.audit.outcome_of = uow.audit.command_id
            work(uow)
            if record:
                uow.audit.record(Action.LOT_RECEIVED, ("material", "X"))

    station._commands.run(run)

"""Whether the time of a failed sign-in tells who has an account: a known id and an unknown one, each with a wrong password (asked: within 15 %)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from bench.measure import Asked, Contender, Report, interleaved
from jope.bootstrap import Station, open_station, provision_demo_station
from jope.compliance.identity.commands import SignIn
from jope.kernel.errors import AuthenticationError

KNOWN = "a known id, wrong password"
UNKNOWN = "an id that does not exist"
LIMIT = 1.15
_PERSON = "D-OPER"


class Door:
    """Fails to sign in, again and again; what would lock the account or slow the attempts down is taken back in between, outside the measured time."""

    def __init__(self, station: Station) -> None:
        self._station = station
        parts: Any = vars(station.bus)["_parts"]
        self._authenticator = parts.authenticator
        self._commands = parts.commands

    def fail(self, employee_id: str) -> None:
        """One failed sign-in."""
        try:
            self._station.dispatch(SignIn(employee_id=employee_id, password="a wrong password"))
        except AuthenticationError:
            return
        raise AssertionError("nobody signs in with that password")

    def reset(self) -> None:
        """Take counters and throttles back."""
        self._commands.run(lambda: self._authenticator.settle_alone(_PERSON))
        for throttle in vars(self._authenticator)["_throttles"].values():
            vars(throttle)["_failures"].clear()


def measure(ground: Path, *, rounds: int) -> Report:
    """Real passwords under the parameters of the product, on an encrypted station."""
    provision_demo_station(ground / "station")
    station = open_station(ground / "station")
    try:
        door = Door(station)

        def attempt(employee_id: str) -> int:
            started = time.perf_counter_ns()
            door.reset()
            apart = time.perf_counter_ns() - started
            door.fail(employee_id)
            return apart

        report = interleaved(
            "sign-in: a known and an unknown id",
            [Contender(KNOWN, lambda: attempt(_PERSON)), Contender(UNKNOWN, lambda: attempt("E-99999"))],
            rounds=rounds,
        )
    finally:
        station.close()
    report.compare(Asked(KNOWN, UNKNOWN, LIMIT), Asked(UNKNOWN, KNOWN, LIMIT))
    return report

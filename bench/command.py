"""A whole signed command through the bus of a real station, Argon2id apart, against a bare durable INSERT (asked: at most 5x).

A proof walks through 64 MiB and leaves the processor's caches empty and its clock low; whatever comes after it is slower by what the proof did, not by
what it does itself. The floor that is compared is therefore an INSERT that follows such a proof as the command does. The same INSERT in a row,
which nothing precedes, is told beside it (docs/adr/0009).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.floors import Floor
from bench.measure import Asked, Contender, Report, interleaved
from jope.bootstrap import Station, open_station, provision_demo_station
from jope.compliance.commands import Command, SignatureInput
from jope.compliance.identity.commands import SignIn
from jope.plant.batches import commands as c
from jope.services.provisioning import demo_data as demo
from jope.services.provisioning.preparation import accept_statement, prepare_demo_station

FLOOR = "bare durable INSERT after a proof, same engine"
IN_A_ROW = "the same INSERT in a row"
WHOLE = "signed command through the bus"
INSIDE = "its transaction on the command thread"
LIMIT = 5.0
BATCH = "B-BENCH"
COMMANDS_PER_SESSION = 40
"""A person may give 100 commands a minute; the bench signs in again before that."""


class Stopwatch:
    """Around a method of a living object: how long its calls took since the last look, in nanoseconds."""

    def __init__(self, owner: Any, method: str) -> None:
        self._inner: Callable[..., Any] = getattr(owner, method)
        self.taken = 0
        setattr(owner, method, self._timed)

    def _timed(self, *args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter_ns()
        try:
            return self._inner(*args, **kwargs)
        finally:
            self.taken += time.perf_counter_ns() - started

    def take(self) -> int:
        """Nanoseconds since the last look."""
        taken, self.taken = self.taken, 0
        return taken


class Desk:
    """Holds and restarts a batch, each a signed command of its own person."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self._tokens: dict[str, str] = {}
        self._given = 0
        self._held = False
        parts: Any = vars(station.bus)["_parts"]
        self._prover = vars(parts.authenticator)["_prover"]
        self._hash = self._prover.hash(demo.DEMO_PASSWORD)
        self.argon = Stopwatch(self._prover, "_verify")
        self.transaction = Stopwatch(station.bus, "_execute")

    def token(self, who: str) -> str:
        """An open session."""
        if who not in self._tokens:
            self._tokens[who] = self.station.dispatch(SignIn(employee_id=who, password=demo.DEMO_PASSWORD)).token
        return self._tokens[who]

    def sign(self, who: str, command: Command) -> None:
        """Look at the sheet, sign, run."""
        self.station.dispatch(command, self.token(who), self.signature(who, command))

    def signature(self, who: str, command: Command) -> SignatureInput:
        """What the dialog collects."""
        sheet = self.station.sheet(command, self.token(who))
        return SignatureInput(employee_id=who, password=demo.DEMO_PASSWORD, meaning=sheet.meaning, shown_hash=sheet.record_hash)

    def start_batch(self) -> None:
        """Bring a batch to the running state."""
        supervisor, operator = "D-SUPER", "D-OPER"
        for who in (supervisor, operator):
            accept_statement(self.station, self.token(who), who)
        self.station.dispatch(
            c.CreateBatch(batch_no=BATCH, recipe_id=demo.DEMO_RECIPE, line="L3", product_lot="PL-1"), self.token(supervisor)
        )
        self.station.dispatch(c.ReleaseBatchToFloor(batch_no=BATCH), self.token(supervisor))
        answers = tuple(c.ClearanceAnswer(check_id, True) for check_id, _ in demo.DEMO_CHECKS)
        self.sign(operator, c.PerformClearance(batch_no=BATCH, answers=answers))
        verify = c.VerifyClearance(batch_no=BATCH)
        sheet = self.station.sheet(verify, self.token(operator))
        second = SignatureInput(employee_id=supervisor, password=demo.DEMO_PASSWORD, meaning=sheet.meaning, shown_hash=sheet.record_hash)
        self.station.dispatch(verify, self.token(operator), second)
        self.sign(operator, c.StartBatch(batch_no=BATCH))

    def prove(self) -> None:
        """A proof as a signature has it, on the proof thread, and nothing else."""
        if not self._prover.start(self._hash, demo.DEMO_PASSWORD).result():
            raise AssertionError("the password is right")

    def prepared(self) -> Callable[[], Any]:
        """The next command, ready to be given: signed in, sheet read, watches at zero."""
        if self._given % COMMANDS_PER_SESSION == 0:
            self._tokens.clear()
        who, command = (
            ("D-SUPER", c.RestartBatch(batch_no=BATCH, reason="x")) if self._held else ("D-OPER", c.HoldBatch(batch_no=BATCH, reason="x"))
        )
        token, signature = self.token(who), self.signature(who, command)
        self._held, self._given = not self._held, self._given + 1
        self.argon.take()
        self.transaction.take()
        return lambda: self.station.dispatch(command, token, signature)


def measure(ground: Path, *, rounds: int) -> Report:
    """Interleave the floor with commands; what Argon2id takes does not count."""
    provision_demo_station(ground / "station")
    station = open_station(ground / "station")
    floor = Floor(ground, encrypted=True)
    inside: list[int] = []
    try:
        prepare_demo_station(station)
        desk = Desk(station)
        desk.start_batch()

        def insert_after_proof() -> int:
            started = time.perf_counter_ns()
            desk.prove()
            before = time.perf_counter_ns() - started
            floor.insert()
            return before

        def command() -> int:
            started = time.perf_counter_ns()
            run = desk.prepared()
            before = time.perf_counter_ns() - started
            run()
            inside.append(desk.transaction.take())
            return before + desk.argon.take()

        report = interleaved(
            "command: a signed command, Argon2id apart",
            (Contender(IN_A_ROW, floor.insert, 5), Contender(FLOOR, insert_after_proof), Contender(WHOLE, command)),
            rounds=rounds,
        )
    finally:
        floor.close()
        station.close()
    report.samples[INSIDE] = inside[-len(report.samples[WHOLE]) :]
    report.compare(Asked(WHOLE, FLOOR, LIMIT), Asked(INSIDE, FLOOR), Asked(WHOLE, IN_A_ROW), Asked(FLOOR, IN_A_ROW))
    return report

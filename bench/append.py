"""Appending to the ledger: one signed event through the store's own connection, against a bare durable INSERT (asked: at most 2.0x)."""

from __future__ import annotations

from pathlib import Path

from bench.floors import Floor
from bench.ledgers import Ledger
from bench.measure import Asked, Contender, Report, interleaved

FLOOR = "bare durable INSERT, same engine"
APPEND = "append + sign"
WRITE = "append + sign + ORM row + image"
LIMIT = 2.0


def measure(ground: Path, *, rounds: int) -> Report:
    """Interleave the floor, an append, and an audited write of a business row."""
    floor, ledger = Floor(ground, encrypted=True), Ledger(ground)
    ledger.add_material("M-1")
    numbers = iter(range(10**9))
    contenders = (
        Contender(FLOOR, floor.insert, 3),
        Contender(APPEND, ledger.append, 3),
        Contender(WRITE, lambda: ledger.change_material("M-1", f"name {next(numbers)}"), 3),
    )
    report = interleaved("append: one event on the ledger", contenders, rounds=rounds)
    report.compare(Asked(APPEND, FLOOR, LIMIT), Asked(WRITE, FLOOR))
    floor.close()
    ledger.close()
    return report

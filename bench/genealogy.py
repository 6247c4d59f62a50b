"""The genealogy of a lot through a million movements on an encrypted store, against the bare recursive CTE of the same lots (asked: 2 s)."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.measure import Asked, Report
from jope.compliance.access.reader import ALL_LINES, Reader
from jope.kernel.crypto.keys import StationKeys
from jope.kernel.settings.files import StationFolder
from jope.kernel.store.engine import StoreLocation, connect
from jope.plant.materials.queries import genealogy
from jope.services.provisioning import demo_data as demo

LIMIT_MS = 2000.0
LEVELS = 10
"""How many batches lie between the first lot and the last product, one behind the other."""
TURNS = 3
_FORWARD = (
    "WITH RECURSIVE reached (lot_no) AS (SELECT ?1 UNION SELECT p.lot_no FROM reached r JOIN stock_movement m ON m.lot_no = r.lot_no "
    "AND m.batch_no IS NOT NULL JOIN lot p ON p.made_by = m.batch_no) SELECT lot_no FROM reached"
)
_BACK = (
    "WITH RECURSIVE reached (lot_no) AS (SELECT ?1 UNION SELECT m.lot_no FROM reached r JOIN lot p ON p.lot_no = r.lot_no "
    "JOIN stock_movement m ON m.batch_no = p.made_by) SELECT lot_no FROM reached"
)
_BARE = "bare recursive CTE"
_WHOLE = "genealogy with mass balance"


def measure(ground: Path, *, movements: int) -> Report:
    """A chain of lots, each of which goes into batches by many movements and is the product of the batches before.

    Every lot goes into 50 batches of its level, and 50 products of each level become material of the next: all of them belong to the first lot.
    """
    from jope.bootstrap import open_station, provision_demo_station
    from jope.services.provisioning.preparation import prepare_demo_station

    root = ground / "station"
    shutil.rmtree(root, ignore_errors=True)
    provision_demo_station(root)
    station = open_station(root)
    prepare_demo_station(station)
    station.close()
    folder = StationFolder(root)
    connection = connect(StoreLocation(folder.store, StationKeys.load(folder.keys).store))
    report = Report(f"genealogy: {movements} movements on SQLCipher", {})
    try:
        _fill(connection, movements)
        reader = Reader(connection.cursor(), line=ALL_LINES, zone="Europe/Vienna", now_us=time.time_ns() // 1000, records={}, scopes={})
        first, last = next(iter(demo.DEMO_LOTS)), f"G-{LEVELS}-0"
        for name, sql, lot, back in (("forward", _FORWARD, first, False), ("back", _BACK, last, True)):
            bare, whole = f"{_BARE}, {name}", f"{_WHOLE}, {name}"
            for _ in range(TURNS):
                _timed(report, bare, lambda sql=sql, lot=lot: connection.execute(sql, (lot,)).fetchall())
                _timed(report, whole, lambda lot=lot, back=back: genealogy(reader, lot_no=lot, back=back))
            report.compare(Asked(whole, bare))
            report.limit(whole, report.p50(whole) / 1e6, LIMIT_MS, "ms")
            found = genealogy(reader, lot_no=lot, back=back)
            report.notes[f"{name}: lots, uses"] = f"{len(found.lots)}, {len(found.uses)}"
    finally:
        connection.close()
        shutil.rmtree(root, ignore_errors=True)
    return report


def _timed(report: Report, name: str, work: Callable[[], Any]) -> None:
    started = time.perf_counter_ns()
    work()
    report.samples.setdefault(name, []).append(time.perf_counter_ns() - started)


_WIDE = 50
_LIKE_THE_FIRST = (
    "INSERT INTO lot SELECT ?, material_code, receiving_no, quantity, unit, expiry, 'quarantine', NULL, NULL, NULL, NULL, 1, '', NULL, ?, NULL, NULL "
    "FROM lot WHERE lot_no = ?"
)


def _fill(connection: Any, movements: int) -> None:
    """Rows as the program would have written them, without their trail: triggers are kept, references are not followed while they are filled in."""
    connection.execute("PRAGMA foreign_keys = OFF")
    triggers = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('stock_movement', 'lot', 'lot_container', 'batch')"
    ).fetchall()
    for (name,) in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("BEGIN")
    source = next(iter(demo.DEMO_LOTS))
    columns = [row[1] for row in connection.execute("PRAGMA table_info(batch)").fetchall()]
    empty = dict.fromkeys(columns)
    recipe = connection.execute("SELECT id, product FROM recipe_version LIMIT 1").fetchone()
    per = max(1, movements // (LEVELS * _WIDE))
    level = [source]
    for depth in range(1, LEVELS + 1):
        made = [f"G-{depth}-{n}" for n in range(_WIDE)]
        for n, lot_no in enumerate(made):
            batch = empty | {
                "batch_no": f"B-{depth}-{n}", "recipe_version_id": recipe[0], "product": recipe[1], "product_lot": lot_no, "line": "L3",
                "record_state": "Planned", "procedure_state": "Idle", "created_us": 1, "formulation_hash": "", "unit": "g", "produced_quantity": "0",
                "available_quantity": "0", "version": 1,
            }  # fmt: skip
            connection.execute(f"INSERT INTO batch VALUES ({', '.join('?' * len(batch))})", tuple(batch.values()))
            connection.execute(_LIKE_THE_FIRST, (lot_no, f"B-{depth}-{n}", source))
        for place, lot_no in enumerate(level):
            _move(connection, lot_no, depth, per * _WIDE // len(level), place)
        level = made
    connection.execute("COMMIT")
    connection.execute("ANALYZE")


def _move(connection: Any, lot_no: str, depth: int, count: int, place: int) -> None:
    box = f"{lot_no}:1"
    connection.execute("INSERT OR REPLACE INTO lot_container VALUES (?, ?, 1, '25000.00', 'g', '', 1, ?, 0, 1)", (box, lot_no, count + 1))
    rows = (
        (
            f"{lot_no}-{n}",
            box,
            lot_no,
            n + 1,
            "issued",
            "1",
            "g",
            -1,
            count - n,
            f"B-{depth}-{(n + place) % _WIDE}",
            1,
            None,
            "",
            "D-OPER",
            None,
            n,
        )
        for n in range(1, count + 1)
    )
    if depth > 1:
        first = (f"{lot_no}-r", box, lot_no, 1, "received", "1", "g", count, count, None, 0, None, "", "D-OPER", None, 0)
        connection.execute(f"INSERT INTO stock_movement VALUES ({', '.join('?' * 16)})", first)
    connection.executemany(f"INSERT INTO stock_movement VALUES ({', '.join('?' * 16)})", rows)

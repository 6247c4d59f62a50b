"""The audit viewer on a long trail: how long it takes to open, and to jump to any place, unfiltered and filtered (asked: 1 s, and 50 ms for 99 of 100)."""

from __future__ import annotations

import random
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from jope_ui.app import application, open_window
from jope_ui.theme.metrics import PITCH_FHD_15_6
from jope_ui.views.audit import AuditPage
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop

from bench.grow import grown_station
from bench.measure import Report
from jope.bootstrap import open_station
from jope.compliance.identity.commands import SignIn
from jope.kernel.settings.files import StationFolder
from jope.services.provisioning import demo_data as demo

OPEN_MS = 1000.0
JUMP_MS = 50.0
JUMPS = 200
_DEADLINE = 120.0
_FILTERS = {
    "no filter": {},
    "record": {"record": "material:BM-0500"},
    "what": {"what": "log.heartbeat"},
    "who": {"who": "D-SUPER"},
    "time": {"since": "2030-03-17 17:50", "until": "2030-03-17 17:55"},
}


def measure(ground: Path, *, events: int) -> Report:
    """Open the viewer behind the real window on a station with ``events`` events and jump about in it."""
    grown = grown_station(ground / f"station-{events}", events)
    folder = StationFolder(ground / "viewer")
    shutil.rmtree(folder.root, ignore_errors=True)
    shutil.copytree(grown.root, folder.root)
    folder.head_mark.unlink(missing_ok=True)  # the trail was grown behind it; the station comes up read-only and shows it all the same
    application()
    report = Report(f"viewer: a trail of {events} events", {})
    station = open_station(folder.root)
    try:
        window = open_window(station, pitch_mm=PITCH_FHD_15_6)
        window.resize(1920, 1080)
        window.show()
        opened = station.dispatch(SignIn(employee_id="D-QA", password=demo.DEMO_PASSWORD))
        window._on_signed_in(opened)
        _until(lambda: window.key == "overview")
        started = time.perf_counter()
        window.go("audit")
        page = window.pages["audit"]
        assert isinstance(page, AuditPage)
        _until(lambda: page.shown and page.model.row_at(0) is not None)
        _note(report, "opened, first page painted", (time.perf_counter() - started) * 1000, OPEN_MS)
        for name, fields in _FILTERS.items():
            _filter(page, fields)
            page.count.setText("so far")
            started = time.perf_counter()
            page.refresh()
            _until(lambda: page.shown)
            _note(report, f"{name}: first page", (time.perf_counter() - started) * 1000, OPEN_MS)
            _until(lambda: "so far" not in page.count.text())
            report.notes[f"{name}: all numbers known after, ms"] = round((time.perf_counter() - started) * 1000)
            report.notes[f"{name}: events"] = page.model.rowCount()
            taken = [_jump(page) for _ in range(JUMPS)]
            report.samples[f"jump, {name}"] = [int(one * 1e6) for one in taken]
            report.notes[f"jump p50, {name}, ms"] = round(statistics.median(taken), 1)
            _note(report, f"jump p99, {name}", statistics.quantiles(taken, n=100)[98], JUMP_MS)
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    finally:
        station.close()
        shutil.rmtree(folder.root, ignore_errors=True)
    return report


def _filter(page: AuditPage, fields: dict[str, str]) -> None:
    for name in ("since", "until", "who", "what", "record"):
        getattr(page, name).set_text(fields.get(name, ""))
    page._typing.stop()


def _jump(page: AuditPage) -> float:
    """Milliseconds until the row that was asked for is painted."""
    seq = random.choice(page.model.seqs)
    started = time.perf_counter()
    page._go_to(seq)
    row = page.model.row_of(seq)
    _until(lambda: page._going is None and page.model.row_at(row) is not None)
    page.table.viewport().repaint()
    return (time.perf_counter() - started) * 1000


def _note(report: Report, what: str, ms: float, asked: float) -> None:
    report.limit(what, ms, asked, "ms")


def _until(condition: Callable[[], bool]) -> None:
    end = time.perf_counter() + _DEADLINE
    while not condition():
        if time.perf_counter() > end:
            raise RuntimeError("the screen did not come")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)

"""Trends as people read them: line, band, gaps, limits, marks and a cursor that tells time and values (hmi rules U2, U18; URS J08, K04)."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jope_drivers.simulator.handle import SimulatedScale
from jope_drivers.simulator.line_handle import SimulatedOpcUaLine
from jope_ui.dialogs.choose_tags import ChooseTagsSheet
from jope_ui.theme import Theme
from jope_ui.theme.pens import TREND_PENS
from jope_ui.theme.tokens import LIGHT, NIGHT, SHAPE, contrast
from jope_ui.viewmodels.trend_traces import MOST_PENS, Trace, gap_spans, trace_of, value_at
from jope_ui.views.trends import TrendsPage
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from jope.bootstrap import Station
from jope.compliance.alarms.commands import RaiseAlarm
from jope.plant.batches.commands import CreateBatch
from jope.plant.devices.sampling.store import Bucket, StoredGap
from jope.services.provisioning.demo_data import DEMO_RECIPE
from tests.support.demo import SCALE, Crew
from tests.ui.conftest import PANELS, Client, OpenClient
from tests.ui.plants import LINE, leave, line_plant
from tests.ui.test_language import LANGUAGES, clipped, language
from tests.ui.test_people_pages import keep_picture
from tests.ui.test_signing_queue import require_fit

__all__ = ["language"]

S = 1_000_000


def bucket(second: int, last: str | None, *, low: str = "", high: str = "") -> Bucket:
    value = None if last is None else Decimal(last)
    return Bucket(
        second * S, Decimal(low) if low else value, Decimal(high) if high else value, value, int(last is not None), int(last is None)
    )


@pytest.mark.req("K04", "J08")
def test_a_line_holds_its_value_and_breaks_where_nothing_is_known() -> None:
    buckets = (bucket(10, "1"), bucket(11, "2", low="0", high="5"), bucket(30, "3"), bucket(31, None), bucket(33, None), bucket(40, "4"))
    trace = trace_of(buckets, S, 60 * S)
    assert trace.times == (10, 11, 29, 30, 31, 40)
    assert [None if math.isnan(value) else value for value in trace.last] == [1, 2, 2, 3, None, 4]
    assert (trace.low[1], trace.high[1]) == (0, 5)
    assert trace.unknown == ((31, 40),)
    assert [value_at(trace, second) for second in (9, 10.5, 20, 35, 41)] == [None, 1, 2, None, 4]
    assert trace_of((bucket(1, "1"), bucket(2, None)), S, 9 * S).unknown == ((2, 9),)


@pytest.mark.req("K04")
def test_gaps_of_the_devices_that_are_drawn_are_cut_to_the_time() -> None:
    gaps = (StoredGap("A", 0, 5 * S, 3, "lost"), StoredGap("B", 4 * S, 9 * S, None, "lost"))
    assert gap_spans(gaps, {"A"}, 2 * S, 4 * S) == ((2, 4),)


@pytest.mark.req("P11-16")
def test_the_pens_stand_out_and_differ_by_more_than_colour() -> None:
    assert len(TREND_PENS) == MOST_PENS
    for pen in TREND_PENS:
        assert contrast(pen.light, LIGHT.field) >= SHAPE
        assert contrast(pen.night, NIGHT.field) >= SHAPE
    assert len({(pen.light, pen.style) for pen in TREND_PENS}) == MOST_PENS


@pytest.mark.req("P11-16")
def test_the_drawing_library_is_not_there_at_the_start() -> None:
    code = "import sys, jope_ui.app, jope_ui.shell.window, jope_ui.views.trends; print('pyqtgraph' in sys.modules, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.req("J08", "K04", "K08")
@pytest.mark.parametrize("night", [False, True])
def test_three_units_stand_on_one_time_axis_with_gaps_limits_and_marks(host: QWidget, theme: Theme, qtbot: QtBot, night: bool) -> None:
    from jope_ui.widgets.trend_plot import DrawnTag, Mark, TrendPlot

    theme.set_night(night)
    plot = TrendPlot(theme, "Europe/Vienna")
    plot.setParent(host)
    plot.setGeometry(0, 0, 1200, 800)
    plot.show()

    def trace(level: float, swing: float) -> Trace:
        buckets = [
            bucket(n, None) if 300 <= n < 360 else bucket(
                n, f"{level + swing * math.sin(n / 60):.3f}", low=f"{level + swing * math.sin(n / 60) - swing / 5:.3f}",
                high=f"{level + swing * math.sin(n / 60) + swing / 5:.3f}",
            )
            for n in range(0, 900, 3)
        ]  # fmt: skip
        return trace_of(buckets, 3 * S, 900 * S)

    tags = (
        DrawnTag("A", "rpm", 0, trace(120, 5), (Decimal(130),)),
        DrawnTag("B", "rpm", 3, trace(118, 4)),
        DrawnTag("C", "degC", 1, trace(60, 8), (Decimal(40), Decimal(75))),
        DrawnTag("D", "Nm", 2, trace(2.3, 0.2)),
    )
    marks = (Mark(100, 3, "low"), Mark(102, 1, "high"), Mark(500, 0, "batch"), Mark(700, 2, "middle"))
    for _ in range(2):
        plot.show_tags(tags, ((600.0, 640.0),), marks, 0, 900)
    plot.set_cursor(450)
    qtbot.wait(100)
    assert len(plot.plots) == 3
    if folder := os.environ.get("JOPE_PICTURES"):
        plot.grab().save(str(Path(folder) / f"trends-drawn-{'night' if night else 'light'}.png"))
    theme.set_night(False)
    plot.deleteLater()


@pytest.fixture
def line(tmp_path: Path) -> Iterator[tuple[Station, SimulatedScale, SimulatedOpcUaLine]]:
    """A station with a scale and a line of tags."""
    with line_plant(tmp_path / "lined") as made:
        yield made


def page(client: Client, about: str = "") -> TrendsPage:
    client.window.go("trends", about)
    client.qtbot.waitUntil(lambda: client.window.key == "trends" and client.window.pages["trends"].shown, timeout=20_000)
    found = client.window.pages["trends"]
    assert isinstance(found, TrendsPage)
    return found


class TestWithTags:
    """With a line that moves."""

    @pytest.fixture
    def station(self, line: tuple[Station, SimulatedScale, SimulatedOpcUaLine]) -> Station:
        """The station with the line, for the window."""
        return line[0]

    @pytest.mark.req("J08", "K04", "K08")
    @pytest.mark.timeout(180)
    @pytest.mark.parametrize("panel", list(PANELS))
    def test_a_trend_follows_the_line_and_the_cursor_reads_it(
        self, open_client: OpenClient, station: Station, line: tuple[Station, SimulatedScale, SimulatedOpcUaLine], panel: str
    ) -> None:
        crew = Crew(station)
        crew.do("D-SUPER", CreateBatch(batch_no="B-1", recipe_id=DEMO_RECIPE, line="L3", product_lot="PL-1"))
        leave(crew)
        station._dispatch_own(RaiseAlarm(priority=2, source="MX-1", kind="high:x", text="MX-1.Torque is 31 Nm, above its limit of 30 Nm."))
        line[1].load("500")
        client = open_client(panel, "D-QA")
        shown = page(client, LINE)
        client.qtbot.waitUntil(lambda: len(shown.traces) == 4 and len(shown.traces["MX-1.Speed"].times) >= 3, timeout=30_000)
        assert shown.plot is not None
        assert len(shown.plot.plots) == 3, "tags of one unit share a scale"
        assert {mark.priority for mark in shown.plot.strip.marks} >= {0, 2}
        before = shown.traces["MX-1.Speed"].times[-1]
        client.qtbot.waitUntil(lambda: shown.traces["MX-1.Speed"].times[-1] > before, timeout=20_000)
        require_fit(client)
        keep_picture(client, "trends-line")
        client.click("trends-choose")
        sheet = client.seen(QWidget, "choose-tags")
        assert isinstance(sheet, ChooseTagsSheet)
        require_fit(client)
        keep_picture(client, "trends-choose")
        tags = [row[0] for row in sheet.model.rows]
        for tag in (f"{SCALE}.weight", "MX-1.Torque", "MX-1.Setpoint"):
            sheet.table.clicked.emit(sheet.model.index(tags.index(tag), 0))
        client.click("choose-tags-give")
        client.qtbot.waitUntil(lambda: list(shown.traces) == ["MX-1.Speed", "MX-1.Temperature", f"{SCALE}.weight"], timeout=20_000)
        client.qtbot.waitUntil(lambda: "500" in shown.values[f"{SCALE}.weight"].text(), timeout=20_000)
        plot: Any = shown.plot.plots[0]
        last = shown.traces["MX-1.Speed"].times[-1]
        shown.plot._on_pointed(plot.vb.mapViewToScene(QPointF(last, 100.0)))
        assert shown.readout.text().startswith("At ")
        assert "rpm" in shown.values["MX-1.Speed"].text()
        keep_picture(client, "trends-cursor")
        line[2].kill()
        client.qtbot.waitUntil(lambda: any(trace.unknown for trace in shown.traces.values()), timeout=60_000)
        keep_picture(client, "trends-gap")
        client.window.client.theme.set_night(True)
        client.qtbot.wait(1_500)
        keep_picture(client, "trends-night")
        client.window.client.theme.set_night(False)
        client.click("trends-span-1440")
        client.qtbot.waitUntil(lambda: not client.window.client.queries.busy, timeout=20_000)
        keep_picture(client, "trends-day")


@pytest.mark.req("P11-16", "J08")
@pytest.mark.parametrize(("language", "panel"), LANGUAGES, indirect=["language"])
def test_the_page_fits_with_longer_texts_and_says_that_no_device_is_there(
    language: str, panel: str, open_client: OpenClient, station: Station
) -> None:
    client = open_client(panel, "D-OPER")
    shown = page(client)
    client.qtbot.wait(100)
    assert shown.words.text()
    assert "\n".join(clipped(client.window)) == ""
    client.click("trends-choose")
    client.qtbot.wait(50)
    assert "\n".join(clipped(client.window)) == ""

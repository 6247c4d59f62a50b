"""The alarms page as people work it: order, acknowledging with a reason, shelving with an end, log, figures and review (hmi rules U3, U20; URS K08)."""

from __future__ import annotations

from typing import Any

import pytest
from jope_ui.viewmodels.alarm_words import AlarmState, in_order, state_of
from jope_ui.views.alarms import AlarmsPage

from jope.bootstrap import Station
from jope.compliance.alarms.commands import AcknowledgeAlarm, RaiseAlarm, ReturnAlarm
from jope.compliance.alarms.queries import AlarmView, alarm_reviews, open_alarms, shelved_alarms
from jope.compliance.commands import Meaning
from jope.compliance.identity.commands import SignOut
from tests.support.clocks import SetClock
from tests.support.demo import Crew
from tests.ui.conftest import PANELS, Client, OpenClient
from tests.ui.test_language import LANGUAGES, clipped, language
from tests.ui.test_people_pages import keep_picture
from tests.ui.test_signing_queue import require_fit
from tests.ui.test_training_page import sign

__all__ = ["language"]


def raised(station: Station, clock: SetClock, *, count: int = 0) -> None:
    """Three alarms of different priorities; with a count, that many more of the lowest."""
    for priority, source, kind, text in (
        (3, "SC-01", "check_due", "The check of SC-01 is overdue."),
        (2, "SC-01", "connection", "SC-01: the connection is lost; weighing waits until it is back."),
        (1, "MX-01", "high:MX-01.Temperature", "MX-01.Temperature is 96.4 °C, above its limit of 95 °C."),
    ):
        station._dispatch_own(RaiseAlarm(priority=priority, source=source, kind=kind, text=text))
        clock.pass_seconds(2)
    for number in range(count):
        station._dispatch_own(RaiseAlarm(priority=3, source=f"MX-{number + 2:02}", kind="low:speed", text="The speed is below its limit."))
        clock.pass_seconds(1)


def page(client: Client) -> AlarmsPage:
    client.settle("alarms")
    found = client.window.pages["alarms"]
    assert isinstance(found, AlarmsPage)
    return found


def view(client: Client, key: str) -> None:
    client.click(f"alarms-view-{key}")
    client.qtbot.waitUntil(lambda: not client.window.client.queries.busy, timeout=10_000)
    client.qtbot.wait(50)


@pytest.mark.req("K08")
def test_the_order_is_by_priority_and_time_and_every_state_has_a_name() -> None:
    def one(name: str, priority: int, at: int, **more: Any) -> AlarmView:
        return AlarmView(name, priority, "S", "k", "t", at, more.pop("active", True), more.pop("by", ""), **more)

    alarms = (one("a", 3, 5), one("b", 1, 1), one("c", 1, 2), one("d", 2, 9))
    assert [(line.alarm.alarm_id, line.first_out) for line in in_order(alarms, alarms[1])] == [
        ("c", False), ("b", True), ("d", False), ("a", False),
    ]  # fmt: skip
    assert [
        state_of(case)
        for case in (
            one("a", 1, 1),
            one("a", 1, 1, by="X"),
            one("a", 1, 1, active=False),
            one("a", 1, 1, active=False, by="X"),
            one("a", 1, 1, shelved_until_us=5),
        )
    ] == [AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED, AlarmState.RETURNED, AlarmState.OVER, AlarmState.SHELVED]


@pytest.mark.req("K08", "A03")
@pytest.mark.parametrize("panel", list(PANELS))
def test_an_alarm_is_acknowledged_with_a_reason(open_client: OpenClient, station: Station, clock: SetClock, panel: str) -> None:
    client = open_client(panel, "D-OPER")
    shown = page(client)
    keep_picture(client, "alarms-none")
    assert "0 alarms are open" in shown.facts.text()
    assert shown.acknowledge.blocked
    raised(station, clock)
    client.qtbot.waitUntil(lambda: len(shown.models["open"].rows) == 3, timeout=10_000)
    client.qtbot.waitUntil(lambda: not client.window.client.queries.busy)
    assert [line.alarm.priority for line in shown.models["open"].rows] == [1, 2, 3]
    assert [line.first_out for line in shown.models["open"].rows] == [False, False, True]
    assert "First-out: The check of SC-01" in shown.facts.text() or "First-out: SC-01" in shown.facts.text()
    require_fit(client)
    keep_picture(client, "alarms-open")
    assert shown.shelve.blocked
    client.click("alarms-acknowledge")
    require_fit(client)
    keep_picture(client, "alarms-acknowledge")
    client.type("alarms-acknowledge-sheet-reason", "Cooling was switched on")
    client.click("alarms-acknowledge-sheet-give")
    client.qtbot.waitUntil(lambda: shown.models["open"].rows[0].alarm.acknowledged_by == "D-OPER", timeout=10_000)
    client.qtbot.waitUntil(lambda: "Cooling was switched on" in shown.detail.text(), timeout=10_000)
    assert "(operator)" in shown.detail.text()
    assert shown.acknowledge.blocked


@pytest.mark.req("K08", "Q02")
@pytest.mark.parametrize("panel", list(PANELS))
def test_a_supervisor_shelves_one_and_takes_it_back(open_client: OpenClient, station: Station, clock: SetClock, panel: str) -> None:
    raised(station, clock)
    client = open_client(panel, "D-SUPER")
    shown = page(client)
    shown.tables["open"].choose(2)
    client.qtbot.waitUntil(lambda: not shown.shelve.blocked, timeout=10_000)
    client.click("alarms-shelve")
    client.type("alarms-shelve-sheet-minutes", "481")
    client.type("alarms-shelve-sheet-reason", "The check is done after this batch")
    client.qtbot.wait(30)
    sheet = client.seen(type(shown.tabs.buttons["open"]), "alarms-shelve-sheet-give")
    assert sheet is not None
    assert not sheet.isEnabled()
    client.type("alarms-shelve-sheet-minutes", "30")
    keep_picture(client, "alarms-shelve")
    client.click("alarms-shelve-sheet-give")
    client.qtbot.waitUntil(lambda: len(shown.models["open"].rows) == 2, timeout=10_000)
    token = client.window.client.session.token
    assert [one.shelve_reason for one in station.read(shelved_alarms, token)] == ["The check is done after this batch"]
    view(client, "shelved")
    require_fit(client)
    keep_picture(client, "alarms-shelved")
    assert "Shelved until" in shown.detail.text()
    client.click("alarms-unshelve")
    client.qtbot.waitUntil(lambda: len(station.read(open_alarms, token)) == 3, timeout=10_000)
    client.qtbot.waitUntil(lambda: shown.unshelve.blocked, timeout=10_000)


@pytest.mark.req("K08", "A11d-03")
@pytest.mark.parametrize("panel", list(PANELS))
def test_quality_reads_log_and_figures_and_signs_the_review(open_client: OpenClient, station: Station, clock: SetClock, panel: str) -> None:
    raised(station, clock, count=12)
    crew = Crew(station)
    oldest = station.read(open_alarms, crew.token("D-OPER"))[-1]
    crew.do("D-OPER", AcknowledgeAlarm(alarm_id=oldest.alarm_id, reason="It is due after the batch"))
    station._dispatch_own(ReturnAlarm(source=oldest.source, kind=oldest.kind))
    for token in crew.tokens.values():
        station.dispatch(SignOut(), token)
    client = open_client(panel, "D-QA")
    shown = page(client)
    assert "ALARM FLOOD: 15 alarms" in shown.facts.text()
    keep_picture(client, "alarms-flood")
    view(client, "log")
    require_fit(client)
    shown.tables["log"].choose(len(shown.models["log"].rows) - 1)
    client.qtbot.waitUntil(lambda: "It is due after the batch" in shown.detail.text(), timeout=10_000)
    assert "D-OPER (operator)" in shown.detail.text()
    keep_picture(client, "alarms-log")
    view(client, "figures")
    require_fit(client)
    assert [shown.figure_values[key].text() for key in ("alarms", "unacknowledged", "peak", "floods")] == ["15", "14", "15", "1"]
    keep_picture(client, "alarms-figures")
    clock.pass_seconds(5)
    client.click("alarms-span-8")
    client.qtbot.waitUntil(lambda: not client.window.client.queries.busy, timeout=10_000)
    client.click("alarms-review")
    keep_picture(client, "alarms-review")
    client.type("alarms-review-sheet-assessment", "One flood at the start of the mixer")
    client.click("alarms-review-sheet-give")
    sign(client, "D-QA", Meaning.REVIEW)
    token = client.window.client.session.token
    client.qtbot.waitUntil(lambda: [one.alarms for one in station.read(alarm_reviews, token)] == [15], timeout=10_000)
    client.click("alarms-other-time")
    client.type("alarms-time-first", "2020-01-01 00:00")
    client.type("alarms-time-last", "2020-01-02 00:00")
    client.click("alarms-time-give")
    client.qtbot.waitUntil(lambda: shown.figure_values["alarms"].text() == "0", timeout=10_000)


@pytest.mark.req("P11-16", "K08")
@pytest.mark.parametrize(("language", "panel"), LANGUAGES, indirect=["language"])
def test_the_page_fits_with_longer_texts(language: str, panel: str, open_client: OpenClient, station: Station, clock: SetClock) -> None:
    raised(station, clock, count=12)
    client = open_client(panel, "D-SUPER")
    shown = page(client)
    for key in shown.tabs.buttons:
        view(client, key)
        assert "\n".join(clipped(client.window)) == "", key
    view(client, "open")
    shown.tables["open"].choose(3)
    for button, sheet in (("alarms-acknowledge", "alarms-acknowledge-sheet"), ("alarms-shelve", "alarms-shelve-sheet")):
        client.click(button)
        client.qtbot.wait(50)
        assert "\n".join(clipped(client.window)) == "", sheet
        client.click(f"{sheet}-cancel")

"""Alarms leave the station: by mail and by syslog, to real servers on loopback; and what happens while those are away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jope.bootstrap import Station
from jope.compliance.access.reader import ALL_LINES
from jope.compliance.alarms.commands import RaiseAlarm, ReturnAlarm
from jope.compliance.alarms.queries import open_alarms
from tests.support.anchored import events, rows
from tests.support.clocks import SetClock
from tests.support.demo import wait_until
from tests.support.receivers import Receiver, mail_server, telling_station


@pytest.fixture
def mails(tmp_path: Path) -> Iterator[Receiver]:
    with mail_server(tmp_path) as server:
        yield server


def raise_alarm(station: Station, text: str = "The scale is offline.", *, kind: str = "offline", priority: int = 2) -> None:
    station._dispatch_own(RaiseAlarm(priority=priority, source="scale SC-1", kind=kind, text=text))


def active(station: Station) -> dict[str, str]:
    with station._reading(ALL_LINES) as reader:
        return {alarm.kind: alarm.source for alarm in open_alarms(reader) if alarm.active}


def notices(station: Station) -> list[tuple[str, str, int, str]]:
    return [tuple(row) for row in rows(station, "SELECT channel, state, attempts, code FROM alarm_notice ORDER BY tried_us")]


@pytest.mark.req("Q13", "Q02", "P11-31")
def test_an_alarm_is_mailed_once_and_written_down(tmp_path: Path, mails: Receiver) -> None:
    with telling_station(tmp_path / "station", mails.smtp()) as station:
        raise_alarm(station)
        wait_until(lambda: bool(mails.about("The scale is offline.")))
        (mail,) = mails.about("The scale is offline.")
        assert mail["Subject"] == "DEMO DEMO-L3 P2 scale SC-1: The scale is offline."
        body = str(mail.get_content())
        (alarm_id,) = rows(station, "SELECT id FROM alarm WHERE kind = 'offline'")[0]
        assert alarm_id in body
        assert "UTC)" in body
        assert "+0" in body
        wait_until(lambda: ("mail", "sent", 1, "") in notices(station))
        assert [e["attempts"] for e in events(station, "alarm.notice_sent")] == [1]
        assert len(mails.about("weekly test")) == 1, "a new channel is tested at once"
    with telling_station(tmp_path / "station", mails.smtp()):
        pass
    assert len(mails.mails) == 2, "what was told is not told again after a restart"

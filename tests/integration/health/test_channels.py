"""Alarms leave the station: by mail and by syslog, to real servers on loopback; and what happens while those are away."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import pytest
from jope_drivers.catalog import make_gateway

from jope.bootstrap import SIGNED_RECORDS, Plant, Station, open_station, provision_demo_station
from jope.compliance.access.reader import ALL_LINES
from jope.compliance.alarms.commands import RaiseAlarm, ReturnAlarm
from jope.compliance.alarms.queries import open_alarms
from jope.compliance.commands import Command
from jope.kernel.clock import Clock
from jope.kernel.errors import DeviceOfflineError, DiskFullError, OutputDriverMissingError, SettingsError
from jope.kernel.settings.files import OutputChannel, SmtpChannel, SyslogChannel, read_policy
from jope.kernel.settings.key_files import key_files_of
from jope.kernel.store.engine import StoreLocation, connect
from jope.kernel.store.schema import sealed_columns
from jope.services.health.channels.configured import set_password
from jope.services.health.channels.keeping import SILENT_US, WEEK_US, ChannelKeeper
from jope.services.health.channels.ports import Message
from jope.services.health.channels.wording import Sender
from jope.services.health.commands import NoteAlarmNotice, NoteChannelTest
from jope.services.health.queries import ChannelTest, Notice
from jope.services.qualification.verifying import verify_station
from tests.support.anchored import events, rows
from tests.support.clocks import SetClock
from tests.support.demo import wait_until
from tests.support.receivers import ROOT, Receiver, certificate, mail_server, name_channels, syslog_server, telling_station

OFFLINE = "The scale is offline."


@pytest.fixture
def mails(tmp_path: Path) -> Iterator[Receiver]:
    with mail_server(tmp_path) as server:
        yield server


def raise_alarm(station: Station, text: str = OFFLINE, *, kind: str = "offline", priority: int = 2) -> None:
    station._dispatch_own(RaiseAlarm(priority=priority, source="scale SC-1", kind=kind, text=text))


def active(station: Station) -> dict[str, str]:
    with station._reading(ALL_LINES) as reader:
        return {alarm.kind: alarm.source for alarm in open_alarms(reader) if alarm.active}


def notices(station: Station) -> list[tuple[str, str, int, str]]:
    return [tuple(row) for row in rows(station, "SELECT channel, state, attempts, code FROM alarm_notice ORDER BY tried_us")]


def pass_time(station: Station, clock: SetClock, seconds: float) -> None:
    clock.pass_seconds(seconds)
    station._health.tick()


@pytest.mark.req("Q13", "Q02", "P11-31")
def test_an_alarm_is_mailed_once_and_written_down(tmp_path: Path, mails: Receiver) -> None:
    with telling_station(tmp_path / "station", mails.smtp()) as station:
        raise_alarm(station)
        wait_until(lambda: bool(mails.about(OFFLINE)))
        (mail,) = mails.about(OFFLINE)
        assert mail["Subject"] == f"DEMO DEMO-L3 P2 scale SC-1: {OFFLINE}"
        body = str(mail.get_content())
        (alarm_id,) = rows(station, "SELECT id FROM alarm WHERE kind = 'offline'")[0]
        assert alarm_id in body
        assert "UTC)" in body
        assert "+0" in body
        wait_until(lambda: ("mail", "sent", 1, "") in notices(station))
        assert [e["attempts"] for e in events(station, "alarm.notice_sent")] == [1]
        assert len(mails.about("weekly test")) == 1, "a new channel is tested at once"
        assert [e["settings"]["host"] for e in events(station, "channel.configured")] == ["127.0.0.1"]
    with telling_station(tmp_path / "station", mails.smtp()) as station:
        time.sleep(0.5)
        assert len(events(station, "channel.configured")) == 1
    assert len(mails.mails) == 2, "what was told is not told again after a restart"


@pytest.mark.req("Q13")
def test_a_channel_tells_its_priorities_and_nothing_from_before_it_was_named(tmp_path: Path, mails: Receiver) -> None:
    root = tmp_path / "station"
    provision_demo_station(root, encrypted=False)
    station = open_station(root)
    raise_alarm(station, "old and gone", kind="old")
    station._dispatch_own(ReturnAlarm(source="scale SC-1", kind="old"))
    raise_alarm(station, "old and active", kind="lasting")
    station.close()
    with telling_station(root, mails.smtp(priorities=[1, 2])) as station:
        raise_alarm(station, "not its business", kind="low", priority=3)
        raise_alarm(station, "its business", kind="high", priority=1)
        wait_until(lambda: bool(mails.about("its business")) and bool(mails.about("old and active")))
    assert not mails.about("old and gone")
    assert not mails.about("not its business")


@pytest.mark.req("Q13", "Q02")
def test_a_server_that_is_away_becomes_an_alarm_for_the_other_channel_and_is_caught_up_with(tmp_path: Path, mails: Receiver) -> None:
    clock = SetClock()
    with syslog_server(tmp_path, "tcp") as syslog:
        second = SyslogChannel(kind="syslog", name="soc", transport="tcp", host="127.0.0.1", port=syslog.port)
        with telling_station(tmp_path / "station", mails.smtp(), second, clock=clock) as station:
            wait_until(lambda: bool(mails.about("weekly test")))
            mails.stop()
            began = time.monotonic()
            raise_alarm(station)
            assert time.monotonic() - began < 1, "nobody waits for a mail server"
            wait_until(lambda: ("mail", "failed", 1, "JOPE-601") in notices(station))
            station._dispatch_own(ReturnAlarm(source="scale SC-1", kind="offline"))
            wait_until(lambda: any(OFFLINE in line for line in syslog.lines))
            assert "channel_silent" not in active(station), "it is not silent yet"
            pass_time(station, clock, SILENT_US / 1e6 + 1)
            wait_until(lambda: active(station).get("channel_silent") == "channel mail")
            wait_until(lambda: any("delivers nothing" in line for line in syslog.lines))
            assert len(events(station, "alarm.notice_failed")) == 2, "when it began and when it became silent, not at each attempt"
            mails.start()
            pass_time(station, clock, 600)
            wait_until(lambda: bool(mails.about(OFFLINE)))
            assert "back to normal since" in str(mails.about(OFFLINE)[0].get_content())
            assert "(back to normal)" in mails.about(OFFLINE)[0]["Subject"]
            wait_until(lambda: "channel_silent" not in active(station))
            time.sleep(0.3)
            assert not mails.about("delivers nothing"), "a channel is not told of its own silence"


@pytest.mark.req("Q13", "J01")
def test_a_station_killed_between_alarm_and_delivery_delivers_once_for_each_row_after_its_restart(tmp_path: Path, mails: Receiver) -> None:
    root = tmp_path / "station"
    with telling_station(root, mails.smtp()):
        wait_until(lambda: bool(mails.about("weekly test")))
    mails.stop()
    script = (
        "import sys, time; from pathlib import Path; from jope.bootstrap import open_station\n"
        "from jope.compliance.alarms.commands import RaiseAlarm\n"
        "station = open_station(Path(sys.argv[1]))\n"
        "for n in range(3):\n"
        "    station._dispatch_own(RaiseAlarm(priority=1, source=f'tank {n}', kind='level', text=f'Tank {n} overflows.'))\n"
        "print('raised', flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(root)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == "raised\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    mails.start()
    for _ in range(2):
        with telling_station(root, mails.smtp()) as station:
            wait_until(lambda s=station: sum(1 for n in notices(s) if n[1] == "sent") == 3, seconds=20)
            starts = [e["after"] for e in events(station, "station.attested")]
    assert starts[-2:] == ["break", "stop"]
    assert [len(mails.about(f"Tank {n} overflows.")) for n in range(3)] == [1, 1, 1]


@pytest.mark.req("Q13")
def test_a_mail_whose_answer_was_lost_comes_again_under_the_same_id(tmp_path: Path, mails: Receiver) -> None:
    clock = SetClock()
    with telling_station(tmp_path / "station", mails.smtp(), clock=clock) as station:
        wait_until(lambda: bool(mails.about("weekly test")))
        mails.again("--die-after")
        raise_alarm(station)
        wait_until(lambda: bool(mails.about(OFFLINE)))
        mails.again()
        wait_until(lambda: station._health.snapshot().channels[0].code == "JOPE-601")
        pass_time(station, clock, 60)
        wait_until(lambda: len(mails.about(OFFLINE)) == 2)
        assert len({mail["Message-ID"] for mail in mails.about(OFFLINE)}) == 1


@pytest.mark.req("Q13", "P02")
def test_no_text_of_an_alarm_becomes_a_header_or_a_second_mail(tmp_path: Path, mails: Receiver) -> None:
    evil = "x\r\nBcc: thief@evil.test\r\n\r\n.\r\nMAIL FROM:<a@b>\n.\n\u2028Subject: other\u202egnp.exe\x00"
    with telling_station(tmp_path / "station", mails.smtp()) as station:
        raise_alarm(station, evil)
        wait_until(lambda: ("mail", "sent", 1, "") in notices(station))
        raise_alarm(station, "the next one", kind="next")
        wait_until(lambda: bool(mails.about("the next one")))
    (mail,) = mails.about("thief@evil.test")
    assert mail["Bcc"] is None
    assert mail["To"] == "qa@site.test"
    assert len(mail.get_all("Subject") or []) == 1
    assert len(mails.mails) == 3
    assert "\u202e" not in str(mail.get_content())
    for line in mails.lines:
        assert [word for word in json.loads(line)["to"] if "evil" in word] == []


@pytest.mark.req("Q13", "Q06")
@pytest.mark.parametrize("wrong", ["", "pin", "password"])
def test_mail_over_tls_with_a_login_believes_the_pinned_certificate_alone(tmp_path: Path, wrong: str) -> None:
    root = tmp_path / "station"
    provision_demo_station(root, encrypted=False)
    cert, key = certificate(tmp_path / "server")
    other, _ = certificate(tmp_path / "other")
    (root / "mail-ca.pem").write_bytes((other if wrong == "pin" else cert).read_bytes())
    with mail_server(tmp_path, str(cert), str(key)) as mails:
        channel = mails.smtp(tls="starttls", ca_file="mail-ca.pem", login="d-mail")
        name_channels(root, channel)
        station = open_station(root)
        set_password(key_files_of(station.folder), "mail", "not it" if wrong == "password" else "open sesame")
        try:
            tried = station._health._channels.test()
            assert [one.code for one in tried] == [{"": "", "pin": "JOPE-603", "password": "JOPE-602"}[wrong]], tried
            if not wrong:
                assert all(json.loads(line)["secure"] for line in mails.lines)
            else:
                assert mails.lines == []
        finally:
            station.close()
        for path in root.rglob("*"):
            if path.is_file():
                assert b"open sesame" not in path.read_bytes(), path


@pytest.mark.req("Q13")
def test_a_server_that_drips_and_one_that_refuses_hold_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import jope.services.health.channels.mail as mail

    monkeypatch.setattr(mail, "DEADLINE_SECONDS", 1.0)
    with mail_server(tmp_path, "--drip") as mails:
        with telling_station(tmp_path / "station", mails.smtp()) as station:
            began = time.monotonic()
            (tried,) = station._health._channels.test()
            assert tried.code == "JOPE-601"
            assert time.monotonic() - began < 5
        mails.again("--refuse")
        with telling_station(tmp_path / "station", mails.smtp()) as station:
            (tried,) = station._health._channels.test()
            assert tried.code == "JOPE-602"
            assert "answers 550: no such person here" in tried.message


@pytest.mark.req("Q13")
def test_each_channel_is_tested_weekly_and_the_result_is_an_event(tmp_path: Path, mails: Receiver) -> None:
    clock = SetClock()
    with telling_station(tmp_path / "station", mails.smtp(), clock=clock) as station:
        wait_until(lambda: len(events(station, "channel.tested")) == 1)
        pass_time(station, clock, WEEK_US / 1e6 - 3600)
        time.sleep(0.3)
        assert len(events(station, "channel.tested")) == 1
        pass_time(station, clock, 3601)
        wait_until(lambda: len(events(station, "channel.tested")) == 2)
        mails.stop()
        pass_time(station, clock, WEEK_US / 1e6 + 1)
        wait_until(lambda: len(events(station, "channel.tested")) == 3)
        assert [e["code"] for e in events(station, "channel.tested")] == ["", "", "JOPE-601"]
        pass_time(station, clock, SILENT_US / 1e6 + 1)
        wait_until(lambda: "channel_silent" in active(station))
        mails.start()
        pass_time(station, clock, 600)
        wait_until(lambda: "channel_silent" not in active(station))
    assert len(mails.about("weekly test")) == 3


@pytest.mark.req("Q13")
@pytest.mark.parametrize("kind", ["udp", "tcp", "unix"])
def test_alarms_reach_a_syslog(tmp_path: Path, kind: str) -> None:
    with syslog_server(tmp_path, kind) as syslog:
        where = {"path": syslog.address} if kind == "unix" else {"host": "127.0.0.1", "port": syslog.port}
        channel = SyslogChannel.model_validate({"kind": "syslog", "name": "log", "transport": kind} | where)
        with telling_station(tmp_path / "station", channel) as station:
            raise_alarm(station, "line one\nline two", priority=1)
            wait_until(lambda: any("line one" in line for line in syslog.lines))
            wait_until(lambda: ("log", "sent", 1, "") in notices(station))
    (line,) = [line for line in syslog.lines if "line one" in line]
    assert line.startswith("<129>1 20"), "facility local0, severity alert"
    assert " DEMO-L3 jope - alarm - {" in line
    assert "line one line two" in line


class FullDisk:
    """The store's side of a channel: one alarm waits, and nothing can be written down while ``full``."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.full = True
        self.said: list[Command] = []

    def waiting(self, channel: str, priorities: tuple[int, ...]) -> tuple[Notice, ...]:
        told = any(isinstance(command, NoteAlarmNotice) for command in self.said)
        return () if told else (Notice("A-1", 2, "scale", "offline", OFFLINE, 0, None, "", 0),)

    def active(self) -> frozenset[int]:
        return frozenset()

    def last_test(self, channel: str) -> ChannelTest | None:
        return next(
            (ChannelTest(self._clock.now().utc_us, True, "") for command in self.said if isinstance(command, NoteChannelTest)), None
        )

    def dispatch(self, command: Command) -> None:
        if self.full:
            raise DiskFullError("The disk is full.")
        self.said.append(command)


class Listening:
    """A channel in memory."""

    name, priorities = "mail", (1, 2)

    def __init__(self) -> None:
        self.heard: list[str] = []

    def send(self, message: Message) -> str:
        self.heard.append(message.id)
        return ""

    def follow(self, active: frozenset[int]) -> None:
        """Nothing lasts."""

    def abort(self) -> None:
        """Nothing to let go of."""


@pytest.mark.req("Q13", "J01")
def test_what_a_full_disk_did_not_take_is_written_down_by_a_later_tick_and_not_told_again() -> None:
    clock, channel = SetClock(), Listening()
    disk = FullDisk(clock)
    keeper = ChannelKeeper([("smtp", channel)], disk, clock, disk.dispatch, Sender("S", "", "", "UTC", False))
    keeper.start()
    try:
        wait_until(lambda: len(channel.heard) == 2)
        for _ in range(3):
            clock.pass_seconds(6)
            keeper.tick()
            time.sleep(0.1)
        assert len(channel.heard) == 2, "a notice and a test, each once"
        disk.full = False
        clock.pass_seconds(6)
        keeper.tick()
        wait_until(lambda: {type(command) for command in disk.said} == {NoteAlarmNotice, NoteChannelTest})
        assert len(channel.heard) == 2
    finally:
        keeper.stop(1.0)


class Relay:
    """A relay with four coils in memory that may be stuck or unplugged; what a driver offers, without a wire."""

    made: ClassVar[list[Relay]] = []

    def __init__(self, address: str, clock: Clock) -> None:
        self.address = address
        self.coils = dict.fromkeys(range(1, 5), False)
        self.log: list[tuple[int, bool]] = []
        self.stuck = self.unplugged = False
        Relay.made.append(self)

    def switch(self, priority: int, on: bool) -> None:
        if self.unplugged:
            raise DeviceOfflineError("The relay does not answer.")
        self.log.append((priority, on))
        if not self.stuck:
            self.coils[priority] = on

    def is_on(self, priority: int) -> bool:
        return self.coils[priority]

    def close(self) -> None:
        """Nothing to let go of."""


@pytest.mark.req("Q13")
def test_an_output_follows_the_alarms_and_is_read_back(tmp_path: Path) -> None:
    root, clock = tmp_path / "station", SetClock()
    provision_demo_station(root, encrypted=False)
    name_channels(root, OutputChannel(kind="output", name="lamp", driver="relay", address="10.0.0.9:502", priorities=(1, 2)))
    plant = Plant({}, lambda configs, drivers, time, tags, printers: make_gateway((), drivers, time, tags, printers), {"relay": Relay})
    station = open_station(root, plant, clock=clock)
    try:
        relay = Relay.made[-1]
        wait_until(lambda: len(events(station, "channel.tested")) == 1)
        assert {(1, True), (2, True)} <= set(relay.log), "a test switches everything on"
        wait_until(lambda: not any(relay.coils.values()))
        raise_alarm(station)
        wait_until(lambda: relay.coils[2])
        wait_until(lambda: ("lamp", "sent", 1, "") in notices(station))
        station._dispatch_own(ReturnAlarm(source="scale SC-1", kind="offline"))
        wait_until(lambda: not relay.coils[2])
        relay.stuck = True
        raise_alarm(station, kind="again", priority=1)
        wait_until(lambda: ("lamp", "failed", 1, "JOPE-602") in notices(station))
        relay.stuck = False
        pass_time(station, clock, 60)
        wait_until(lambda: relay.coils[1])
    finally:
        station.close()


@pytest.mark.req("Q13")
def test_a_policy_with_an_output_whose_driver_is_missing_is_refused_clearly(tmp_path: Path) -> None:
    root = tmp_path / "station"
    provision_demo_station(root, encrypted=False)
    name_channels(root, OutputChannel(kind="output", name="lamp", driver="modbus-tcp", address="10.0.0.9:502"))
    with pytest.raises(OutputDriverMissingError, match="lamp needs the output driver 'modbus-tcp'") as refused:
        open_station(root, Plant({}, make_gateway))
    assert refused.value.code == "JOPE-605"
    open_station(root).close()


@pytest.mark.req("Q13")
@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"tls": "starttls"}, "ca_file"),
        ({"login": "somebody"}, "a login needs TLS"),
        ({"sender": "a@b\r\nBcc: c@d"}, "sender"),
        ({"to": ["a@b", "x y@z"]}, "to"),
        ({"host": "mail.test\nQUIT"}, "host"),
        ({"password": "x"}, "password"),
    ],
)
def test_a_channel_that_is_not_sound_is_refused(tmp_path: Path, fields: dict[str, object], word: str) -> None:
    base: dict[str, object] = {"kind": "smtp", "name": "mail", "host": "h", "tls": "none", "sender": "a@b.c", "to": ["d@e.f"]}
    SmtpChannel.model_validate(base)
    with pytest.raises(ValueError, match=word):
        SmtpChannel.model_validate(base | fields)
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"format": 1, "origin": "o", "genesis_public_key": "0" * 64, "alarm_channels": [base | fields]}))
    with pytest.raises(SettingsError):
        read_policy(policy)


@pytest.mark.req("Q13", "C01", "P05")
def test_what_is_written_of_channels_verifies_and_is_final(tmp_path: Path, mails: Receiver) -> None:
    root = tmp_path / "station"
    with telling_station(root, mails.smtp()) as station:
        raise_alarm(station)
        wait_until(lambda: ("mail", "sent", 1, "") in notices(station))
    with telling_station(root) as station:
        assert len(events(station, "channel.removed")) == 1
    report = verify_station(root, SIGNED_RECORDS, sealed_columns())
    assert report.findings == ()
    assert {report.layers[name] for name in ("schema", "replay", "chain")} == {"ok"}
    with closing(connect(StoreLocation(root / "store.db", None))) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="what was sent is final"):
            connection.execute("UPDATE alarm_notice SET state = 'failed', sent_us = NULL, code = 'x'")
        connection.execute("DROP TRIGGER alarm_notice_sent")
        connection.execute("UPDATE alarm_notice SET sent_us = sent_us + 1")
    report = verify_station(root, SIGNED_RECORDS, sealed_columns())
    assert {finding.layer for finding in report.findings} >= {"replay", "schema"}

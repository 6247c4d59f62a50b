"""Security events reach a syslog of their own, and nobody waits for it."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import sqlite3
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from jope.bootstrap import Station, open_station, provision_demo_station
from jope.compliance.audit.actions import Action
from jope.compliance.audit.recorder import EventDraft
from jope.compliance.commands import Outcome, SignatureInput
from jope.compliance.identity.commands import DisableUser, NoteClockJump, SignIn
from jope.kernel.clock import SystemClock
from jope.kernel.errors import ChannelUnreachableError, JopeError, ProgramFaultError, SettingsError, SinkUnavailableError
from jope.kernel.settings.files import SyslogSink
from jope.kernel.store.engine import StoreLocation, connect
from jope.plant.batches.commands import StartBatch
from jope.services.health.channels.syslog import Entry, SyslogSender, entry_text
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.anchored import rows
from tests.support.demo import Crew, plain_station, wait_until
from tests.support.receivers import Receiver, certificate, name_channels, syslog_server, telling_station

FORM = re.compile(r'<(\d+)>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z (\S+) jope - (\S+) \[meta sequenceId="(\d+)"\] (\{.*\})')


def sink(server: Receiver, kind: str = "tcp") -> dict[str, object]:
    return {"kind": "syslog", "transport": kind, "host": "127.0.0.1", "port": server.port}


def received(server: Receiver) -> list[tuple[int, str, int, dict[str, Any]]]:
    """(severity, action, seq, fields) of what came."""
    found = []
    for line in server.lines:
        match = FORM.fullmatch(line)
        assert match is not None, line
        assert int(match[1]) // 8 == 10, "facility authpriv"
        assert match[2] == "DEMO-L3"
        found.append((int(match[1]) % 8, match[3], int(match[4]), json.loads(match[5])))
    return found


def tried(station: Station, employee_id: str, password: str) -> None:
    with pytest.raises(JopeError):
        station.dispatch(SignIn(employee_id=employee_id, password=password))


@pytest.mark.req("Q01", "Q02", "P11-31")
@pytest.mark.parametrize("kind", ["tcp", "udp"])
def test_a_failed_sign_in_a_lockout_and_a_denied_command_reach_the_sink(tmp_path: Path, kind: str) -> None:
    with syslog_server(tmp_path, kind) as server, telling_station(tmp_path / "station", security_sink=sink(server, kind)) as station:
        for _ in range(3):
            tried(station, "D-OPER", "guess-guess-guess")
        tried(station, "NOBODY", "hunter2-hunter2")
        crew = Crew(station)
        crew.refused(lambda: crew.do("D-QA", DisableUser(employee_id="D-OPER", reason="no business of theirs")))
        station._dispatch_own(NoteClockJump(jump_us=-5_000_000))
        wait_until(lambda: {"user.locked", "command.denied", "clock.jumped"} <= {action for _, action, _, _ in received(server)})
        failed = [fields for severity, action, _, fields in received(server) if action == "authentication.failed" and severity == 4]
        assert [fields["about"] for fields in failed] == [["user D-OPER"]] * 3 + [["workstation DEMO-L3"]]
        (lockout,) = [one for one in received(server) if one[1] == "user.locked"]
        assert lockout[0] == 1, "an alert"
        seqs = [seq for _, _, seq, _ in received(server)]
        assert seqs == sorted(seqs)
        for _, action, seq, fields in received(server):
            assert rows(station, "SELECT action, actor FROM audit WHERE seq = ?", seq) == [(action, fields["actor"])]
        text = "\n".join(server.lines)
        assert "hunter2" not in text
        assert "guess" not in text
        assert "no business of theirs" not in text, "what people typed stays in the trail"
        assert station._health.snapshot().sink is not None


@pytest.mark.req("Q01", "Q02")
def test_a_failed_signature_reaches_the_sink(tmp_path: Path) -> None:
    root = tmp_path / "station"
    with plain_station(root, encrypted=False):
        pass
    with syslog_server(tmp_path, "tcp") as server, telling_station(root, security_sink=sink(server)) as station:
        crew = Crew(station)
        from tests.support.demo import to_execution

        to_execution(crew, "B-1")
        from jope.plant.batches.commands import HoldBatch

        command = HoldBatch(batch_no="B-1", reason="spill at the booth")
        given: SignatureInput = crew.signature("D-OPER", "D-OPER", command, password="wrong-wrong-wrong")
        crew.refused(lambda: station.dispatch(command, crew.token("D-OPER"), given))
        wait_until(lambda: "signature" in {fields.get("purpose") for _, _, _, fields in received(server)})
        assert isinstance(crew.refused(lambda: crew.do("D-OPER", StartBatch(batch_no="B-1"))), JopeError)


@pytest.mark.req("Q01", "N04")
def test_a_read_only_start_and_who_signs_in_then_reach_the_sink(tmp_path: Path) -> None:
    root = tmp_path / "station"
    provision_demo_station(root, encrypted=False)
    with closing(connect(StoreLocation(root / "store.db", None))) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
    with syslog_server(tmp_path, "tcp") as server, telling_station(root, security_sink=sink(server)) as station:
        station.dispatch(SignIn(employee_id="D-QA", password=DEMO_PASSWORD))
        wait_until(lambda: {"station.attested", "session.opened"} <= {action for _, action, _, _ in received(server)})
        (attested,) = [one for one in received(server) if one[1] == "station.attested"]
        assert attested[0] == 1
        (opened,) = [one for one in received(server) if one[1] == "session.opened"]
        assert "trigger" in opened[3]["read_only"]


@pytest.mark.req("Q01")
def test_a_sink_that_is_away_holds_up_nobody_gets_what_waits_and_counts_what_it_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import jope.services.health.security as security

    monkeypatch.setattr(security, "FIRST_WAIT_SECONDS", 0.2)
    monkeypatch.setattr(security, "ROOM", 3)
    with syslog_server(tmp_path, "tcp") as server, telling_station(tmp_path / "station", security_sink=sink(server)) as station:
        server.stop()
        for n in range(5):
            began = time.monotonic()
            station._dispatch_own(NoteClockJump(jump_us=-(n + 3) * 1_000_000))
            assert time.monotonic() - began < 1
        wait_until(lambda: station._health._sink is not None and station._health._sink.state().code == "JOPE-601")
        token = Crew(station).token("D-QA")
        (line,) = [line for line in station.health(token).lines if line.name == "security sink"]
        assert line.state.value == "bad"
        assert "2 dropped" in line.value
        server.start()
        wait_until(lambda: sum(1 for one in received(server) if one[1] == "clock.jumped") == 3)


class Taking:
    """A sink in memory."""

    def __init__(self) -> None:
        self.seqs: list[int] = []

    def send(self, entry: Entry) -> None:
        self.seqs.append(entry.seq)

    def stop(self) -> None:
        """Nothing to let go of."""


@pytest.mark.req("Q01", "Q02")
def test_a_fault_of_the_program_on_the_way_to_the_sink_is_shown_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import jope.services.health.security as security

    monkeypatch.setattr(security, "FIRST_WAIT_SECONDS", 0.3)
    faults: list[Exception] = [sqlite3.OperationalError("database is locked"), KeyError("x")]

    def look_up(_seq: int) -> None:
        if faults:
            raise faults.pop(0)

    taking = Taking()
    kept = security.SecuritySink(taking, SystemClock(), "S", look_up, lambda: "")
    kept.start()
    try:
        for seq in (1, 2, 3):
            kept.on_commit([EventDraft(Action.AUTHENTICATION_FAILED, (("user", "u"),), Outcome.DENIED, "", {}, 0, seq=seq)])
        wait_until(lambda: kept.state().code == ProgramFaultError.code)
        assert kept.state().waiting == 3
        wait_until(lambda: kept.state() == security.SinkState(3, 0, 0, ""))
        assert taking.seqs == [1, 2, 3]
    finally:
        kept.stop(1.0)


@contextmanager
def listener(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A TCP server in this process; gives its port, and each connection to ``answer``. Connections stay open until the end."""
    server, opened = socket.create_server(("127.0.0.1", 0)), list[socket.socket]()

    def serve() -> None:
        with contextlib.suppress(OSError):  # closed at the end
            while True:
                opened.append(server.accept()[0])
                answer(opened[-1])

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        for one in (server, *opened):
            one.close()


def sender(folder: Path, port: int, **more: object) -> SyslogSender:
    fields = {"kind": "syslog", "transport": "tcp", "host": "127.0.0.1", "port": port} | more
    return SyslogSender(SyslogSink.model_validate(fields), folder=folder, name="the sink")


ENTRY = Entry(10, 4, 0, "S", "k", {"a": 1}, 3)


@pytest.mark.req("Q01", "Q13")
@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_a_server_that_takes_everything_and_stays_open_has_it_once(tmp_path: Path, transport: str) -> None:
    cert, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    got: list[bytes] = []
    kept: list[socket.socket] = []

    def answer(connection: socket.socket) -> None:
        if transport == "tls":
            connection = context.wrap_socket(connection, server_side=True)
        kept.append(connection)
        got.append(connection.recv(4096))

    with listener(answer) as port:
        began = time.monotonic()
        sender(tmp_path, port, transport=transport, ca_file=cert.name).send(ENTRY)
        assert time.monotonic() - began < 6
        text = entry_text(ENTRY)
        assert got == [str(len(text)).encode() + b" " + text]
        for one in kept:
            one.close()


@pytest.mark.req("Q01", "Q13")
def test_a_server_that_resets_the_connection_has_taken_nothing(tmp_path: Path) -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    with listener(answer) as port, pytest.raises(ChannelUnreachableError):
        sender(tmp_path, port).send(ENTRY)


@pytest.mark.req("Q01")
def test_a_sink_that_this_system_does_not_have_is_refused_clearly(tmp_path: Path) -> None:
    root = tmp_path / "station"
    provision_demo_station(root, encrypted=False)
    name_channels(root, security_sink={"kind": "windows-event-log"})
    with pytest.raises(SinkUnavailableError) as refused:
        open_station(root)
    assert refused.value.code == "JOPE-606"
    policy = json.loads((root / "policy.json").read_text()) | {"security_sink": {"kind": "syslog", "transport": "tls", "host": "h"}}
    (root / "policy.json").write_text(json.dumps(policy))
    with pytest.raises(SettingsError):
        open_station(root)

"""Security events reach a syslog of their own, and nobody waits for it."""

from __future__ import annotations

import json
import re
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from jope.bootstrap import Station, open_station, provision_demo_station
from jope.compliance.commands import SignatureInput
from jope.compliance.identity.commands import DisableUser, NoteClockJump, SignIn
from jope.kernel.errors import JopeError, SettingsError, SinkUnavailableError
from jope.kernel.store.engine import StoreLocation, connect
from jope.plant.batches.commands import StartBatch
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.anchored import rows
from tests.support.demo import Crew, plain_station, wait_until
from tests.support.receivers import Receiver, name_channels, syslog_server, telling_station

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
        before = len(received(server))
        from jope.plant.batches.commands import HoldBatch

        command = HoldBatch(batch_no="B-1", reason="spill at the booth")
        given: SignatureInput = crew.signature("D-OPER", "D-OPER", command, password="wrong-wrong-wrong")
        crew.refused(lambda: station.dispatch(command, crew.token("D-OPER"), given))
        wait_until(lambda: len(received(server)) > before)
        assert received(server)[-1][3]["purpose"] == "signature"
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

"""People, roles and reviews on the command line: the same bus, guards and signatures as on the screen (URS A04, A08, A11, N02)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from jope.bootstrap import Station, open_station
from jope.cli.app import app
from jope.compliance.authority.queries import emergencies
from jope.compliance.identity.commands import SignIn, SignOut
from jope.compliance.people.queries import account
from jope.compliance.settings.commands import ChangeSetting
from jope.kernel.errors import DeniedError, JopeError
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.demo import Crew, plain_station


class Shell:
    """A stopped station and the command line over it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *words: str, who: str = "D-ADMIN", passwords: int = 2, typed: str = "") -> Result:
        """A command as a person; the demo password is typed as often as it is asked for."""
        typed = typed or f"{DEMO_PASSWORD}\n" * passwords
        return CliRunner().invoke(app, [*words, "--data", str(self.root), "--as", who, "--password-stdin"], input=typed)

    def done(self, *words: str, who: str = "D-ADMIN", passwords: int = 2) -> str:
        """What a command printed that went well."""
        answer = self.run(*words, who=who, passwords=passwords)
        assert answer.exit_code == 0, (answer.output, answer.exception)
        return answer.stdout

    def rows(self, *words: str, who: str = "D-QA") -> list[dict[str, object]]:
        """What a list prints for machines."""
        found: list[dict[str, object]] = json.loads(self.done(*words, "--json", who=who, passwords=1))
        return found

    def refused(self, *words: str, who: str = "D-ADMIN", passwords: int = 2) -> str:
        """Why a command was refused."""
        answer = self.run(*words, who=who, passwords=passwords)
        assert isinstance(answer.exception, JopeError), answer.output
        return answer.exception.message

    def approve(self, request: str, who: str = "D-QA") -> None:
        """Another person approves a request."""
        assert f"{request} is executed" in self.done("changes", "approve", request, who=who)

    def opened(self) -> Station:
        """The station, to look at it. The caller closes it."""
        return open_station(self.root)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A stopped demo station whose people may sign."""
    with plain_station(tmp_path / "station", prepared=False) as station:
        crew = Crew(station)
        for who in ("D-ADMIN", "D-QA", "D-SUPER"):
            crew.accept(who)
        for token in crew.tokens.values():
            station.dispatch(SignOut(), token)
    return Shell(tmp_path / "station")


@pytest.mark.req("A08", "D03", "N02", "P11-31")
def test_a_locked_account_is_unlocked_beside_a_witness(shell: Shell) -> None:
    station = shell.opened()
    for _ in range(3):
        with pytest.raises(DeniedError):
            station.dispatch(SignIn(employee_id="D-OPER", password="wrong"))
    station.close()
    why = ("--how", "badge and face", "--reason", "typed it wrong")
    assert "not locked" in shell.refused("users", "unlock", "D-QA", *why, "--witness", "D-SUPER", passwords=3)
    answer = shell.run("users", "unlock", "D-OPER", *why, "--witness", "D-ADMIN", passwords=3)
    assert isinstance(answer.exception, JopeError)  # whoever asks is no witness; the request waits for one
    request = answer.stdout.split()[0]
    assert f"{request} is submitted" in answer.stdout
    assert f"{request} is executed" in shell.done("changes", "witness", request, "--witness", "D-SUPER")
    station = shell.opened()
    try:
        assert station.read(account, Crew(station).token("D-VALID"), employee_id="D-OPER").standing == "active"
    finally:
        station.close()


@pytest.mark.req("A04", "D03", "N02", "P11-08")
def test_a_role_is_made_and_changed_by_request(shell: Shell) -> None:
    may = ("--permission", "session.use", "--permission", "deviation.open")
    said = shell.done("roles", "new", "sampler", "--title", "Sampler", *may, "--reason", "samples are taken by others")
    shell.approve(said.split()[0])
    said = shell.done("roles", "change", "sampler", "--add", "alarm.acknowledge", "--remove", "deviation.open", "--reason", "SOP-9")
    shell.approve(said.split()[0])
    (sampler,) = [row for row in shell.rows("roles", "list") if row["role"] == "sampler"]
    assert sampler["permissions"] == ["alarm.acknowledge", "session.use"]
    assert sampler["number"] == 2
    assert shell.rows("users", "roles") == shell.rows("roles", "list")
    assert "holds no gmp permission" in shell.refused("roles", "change", "sampler", "--add", "user.request_change", "--reason", "helps")
    assert shell.run("roles", "change", "sampler", "--remove", "audit.read", "--reason", "less").exit_code == 2


@pytest.mark.req("A11", "A11d-17", "N02", "P11-29")
def test_access_is_reviewed_on_the_command_line(shell: Shell) -> None:
    assert "never reviewed" in shell.refused("access-review", "lines", who="D-QA", passwords=1)
    assert "may not" in shell.refused("access-review", "open", who="D-SUPER", passwords=1)
    assert "7 accounts" in shell.done("access-review", "open", who="D-QA", passwords=1)
    assert "D-OPER: keep. 6 lines" in shell.done("access-review", "sign", "D-OPER", "keep", who="D-QA")
    assert "signed already" in shell.refused("access-review", "sign", "D-OPER", "disable", who="D-QA")
    assert "your own account" in shell.refused("access-review", "sign", "D-QA", "keep", who="D-QA")
    assert "6 lines are not signed" in shell.refused("access-review", "close", who="D-QA", passwords=1)
    shown = shell.done("access-review", "lines", who="D-QA", passwords=1)
    assert "keep (D-QA)" in shown


@pytest.mark.req("D08", "N02")
def test_a_deputy_is_asked_for_and_listed(shell: Shell) -> None:
    words = ("deputies", "ask", "D-VALID", "--for", "D-SUPER", "--from", "2099-01-01", "--reason", "on leave")
    assert "is no date" in shell.refused(*words, "--until", "2099-02-30")
    assert "has an end" in shell.refused(*words, "--until", "2099-12-31")
    shell.approve(shell.done(*words, "--until", "2099-01-09").split()[0])
    (row,) = shell.rows("deputies", "list")
    assert (row["employee_id"], row["stands_for"], row["standing"]) == ("D-VALID", "D-SUPER", "to come")
    assert "for D-SUPER" in shell.done("deputies", "list", who="D-QA", passwords=1)
    assert "may not read" in shell.refused("deputies", "list", who="D-SUPER", passwords=1)


@pytest.mark.req("P11-30", "P11-32", "A16", "N02")
def test_badges_are_issued_and_revoked_and_readers_tested(shell: Shell, tmp_path: Path) -> None:
    number = f"{DEMO_PASSWORD}\n0041-7788\n{DEMO_PASSWORD}\n"
    issue = ("badges", "issue", "D-OPER", "--reason", "works at the line")
    assert "no identity check" in shell.refused(*issue)
    (tmp_path / "card.png").write_bytes(b"scan of a card")
    identify = ("users", "identify", "D-OPER", "--how", "identity card", "--document", str(tmp_path / "card.png"))
    shell.done(*identify, who="D-QA")
    answer = shell.run(*issue, typed=number)
    assert answer.exit_code == 0, (answer.output, answer.exception)
    assert "0041" not in answer.output
    shell.approve(answer.stdout.split()[0])
    assert [row["state"] for row in shell.rows("badges", "list")] == ["active"]
    assert "is revoked" in shell.done("badges", "revoke", "D-OPER", "--reason", "lost", who="D-QA", passwords=1)
    assert "no badge" in shell.refused("badges", "revoke", "D-OPER", "--reason", "lost", who="D-QA", passwords=1)
    shell.done(*identify, who="D-QA")
    again = shell.run(*issue, typed=number)
    assert isinstance(again.exception, JopeError)
    assert "given out before" in again.exception.message
    test = ("badges", "test", "RD-4", "--procedure", "SOP-031 v2", "--passed", "--next-due")
    assert "is recorded" in shell.done(*test, "2099-06-01")
    assert "RD-4" in shell.done("badges", "tests", who="D-QA", passwords=1)
    shell.done(*test, "2020-06-01")
    assert shell.run("badges", "tests", who="D-QA", passwords=1).exit_code == 1


@pytest.mark.req("P11-20", "P11-21", "N02")
def test_letters_to_the_agency_are_recorded(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_bytes(b"scan of a letter")
    record = ("letters", "record", str(tmp_path / "letter.pdf"), "--dated")
    assert "is recorded" in shell.done(*record, "2026-01-12", who="D-QA")
    assert "is recorded" in shell.done(*record, "2026-09-03", "--testimony", who="D-QA")
    assert [(row["kind"], row["dated"]) for row in shell.rows("letters", "list")] == [("testimony", "2026-09-03"), ("letter", "2026-01-12")]
    assert "may not" in shell.refused(*record, "2026-01-12")


@pytest.mark.req("A12", "D03", "D07", "N02")
def test_what_was_done_at_once_is_reviewed_after(shell: Shell) -> None:
    shell.done("users", "disable", "D-VALID", "--reason", "left the company", passwords=1)
    shell.done("users", "break-glass", "--reason", "line unattended", "--minutes", "15", who="D-SUPER", passwords=1)
    station = shell.opened()
    crew = Crew(station)
    request = crew.do("D-ADMIN", ChangeSetting(key="alarm.horn", value="off", reason="the horn sticks")).request_id
    (grant,) = station.read(emergencies, crew.token("D-QA"))
    station.close()
    assert "is over" in shell.done("users", "end-break-glass", grant.grant_id, who="D-SUPER", passwords=1)
    assert "is over" in shell.refused("users", "end-break-glass", grant.grant_id, who="D-SUPER", passwords=1)
    assert "is executed" in shell.done("changes", "submit", request, "--emergency")
    listed = json.loads(shell.done("reviews", "list", "--json", who="D-QA", passwords=1))
    (disabling,), (change,) = listed["disablings"], listed["changes"]
    assert [row["grant_id"] for row in listed["emergencies"]] == [grant.grant_id]
    assert (change["request_id"], change["overdue"]) == (request, False)
    assert "due" in shell.done("reviews", "list", who="D-QA", passwords=1)
    found = ("--found", "it was right")
    assert "may not" in shell.refused("reviews", "disabling", disabling["disabling_id"], *found)
    shell.done("reviews", "disabling", disabling["disabling_id"], *found, who="D-QA")
    shell.done("reviews", "emergency", grant.grant_id, *found, who="D-QA")
    shell.done("changes", "approve", request, who="D-QA")
    assert json.loads(shell.done("reviews", "list", "--json", who="D-QA", passwords=1)) == {
        "disablings": [],
        "emergencies": [],
        "changes": [],
        "recoveries": [],
    }

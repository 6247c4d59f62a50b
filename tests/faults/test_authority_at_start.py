"""Somebody with the store's key gives themselves rights while the station is off: the next start knows before anybody signs in (URS A02, D03, N04)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from jope.bootstrap import open_station
from jope.compliance.alarms.commands import RaiseAlarm
from jope.compliance.alarms.queries import open_alarms
from jope.compliance.audit.verification.authority import AUTHORITY_TABLES
from jope.compliance.authority.commands import ChangeRole
from jope.compliance.changes.commands import ApproveChange, SubmitChange
from jope.compliance.identity.commands import ChangePassword, DisableUser, SignIn
from jope.compliance.recovery.proving import Claim
from jope.compliance.settings.commands import ChangeSetting
from jope.kernel.crypto.keys import read_key
from jope.kernel.errors import AuthenticationError, DeniedError, ReadOnlyError, RecoveryFailedError
from jope.kernel.settings.files import StationFolder
from jope.kernel.store.engine import StoreLocation, connect
from jope.kernel.store.images import regulated_tables
from jope.plant.batches import commands as c
from jope.services.provisioning import demo_data as demo
from tests.support.demo import Crew, plain_station

Raw = Callable[[Any], None]


def _edit(root: Path, work: Raw) -> None:
    """Write by SQL with the store's key, past triggers and checks, and put the schema back as it was."""
    folder = StationFolder(root)
    with closing(connect(StoreLocation(folder.store, read_key(folder.keys / "store.key")))) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        connection.execute("BEGIN IMMEDIATE")
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        work(connection)
        for _, sql in triggers:
            connection.execute(sql)
        connection.execute("COMMIT")


def _sql(*statements: str) -> Raw:
    def work(connection: Any) -> None:
        for statement in statements:
            assert connection.execute(statement).rowcount != 0, statement

    return work


def _lie_of_an_event(connection: Any) -> None:
    """Disabled again without a trace: the row and the images of the event that set it, with digests that fit."""
    from jope.compliance.audit import ledger
    from jope.kernel.canonical import canonical_text

    sql = "SELECT a.seq, a.body, p.salt, p.payload FROM audit a JOIN audit_payload p USING (seq) WHERE a.action = 'user.disabled'"
    seq, body, salt, payload = connection.execute(sql).fetchone()
    content = json.loads(payload)
    for image in content["images"]:
        if image["table"] == "user_account":
            image["after"] = image["before"]
    text = canonical_text(content)
    event = json.loads(body) | {"payload": ledger.payload_digest(salt, text)}
    before = [(i["table"], i["key"], i["before"]) for i in content["images"] if i["before"] is not None]
    after = [(i["table"], i["key"], i["after"]) for i in content["images"] if i["after"] is not None]
    event |= {"prior": ledger.state_hash(before), "next": ledger.state_hash(after)}
    told = canonical_text(event)
    prev = connection.execute("SELECT prev FROM audit WHERE seq = ?", (seq,)).fetchone()[0]
    leaf = ledger.leaf_of(told)
    connection.execute("UPDATE audit_payload SET payload = ? WHERE seq = ?", (text, seq))
    connection.execute("UPDATE audit SET body = ?, leaf = ?, hash = ? WHERE seq = ?", (told, leaf, ledger.hash_of(prev, leaf), seq))
    connection.execute("UPDATE user_account SET state = 'active', admitted = 1 WHERE employee_id = 'D-VALID'")


def _hidden_event(connection: Any) -> None:
    """Disabled again, and the event that disabled is another one now, which the index over actions does not show."""
    from jope.compliance.audit import ledger

    seq, body, prev = connection.execute("SELECT seq, body, prev FROM audit WHERE action = 'user.disabled'").fetchone()
    told = body.replace("user.disabled", "data.read")
    leaf = ledger.leaf_of(told)
    connection.execute("UPDATE audit SET body = ?, leaf = ?, hash = ? WHERE seq = ?", (told, leaf, ledger.hash_of(prev, leaf), seq))
    connection.execute("UPDATE user_account SET state = 'active', admitted = 1, version = version - 1 WHERE employee_id = 'D-VALID'")
    connection.execute("DELETE FROM user_disabling")


def _called_otherwise(action: str, *statements: str) -> Raw:
    """Take rows back, and call the event that changed them another one, in its body alone."""

    def work(connection: Any) -> None:
        from jope.compliance.audit import ledger

        seq, body, prev = connection.execute("SELECT seq, body, prev FROM audit WHERE action = ? ORDER BY seq DESC", (action,)).fetchone()
        told = body.replace(action, "data.read")
        leaf = ledger.leaf_of(told)
        connection.execute("UPDATE audit SET body = ?, leaf = ?, hash = ? WHERE seq = ?", (told, leaf, ledger.hash_of(prev, leaf), seq))
        _sql(*statements)(connection)

    return work


_PAST_TILES: Final = 300
"""So many events later the tile of an event is closed, and no start computes it again."""


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped station at which an account is locked, a sealed code was tried and a password was chosen, long before its last start."""
    root = tmp_path_factory.mktemp("locked") / "station"
    with plain_station(root, prepared=False) as station:
        crew = Crew(station)
        codes = {who: station.seal_code(crew.token(who)) for who in ("D-ADMIN", "D-QA", "D-SUPER")}
        first, second = (Claim(who, "a guess", codes[who]) for who in ("D-ADMIN", "D-QA"))
        with pytest.raises(RecoveryFailedError):
            station.recover(first, second, "a guess")
        station.seal_code(crew.token("D-SUPER"))
        station.dispatch(ChangePassword(employee_id="D-QP", password=demo.DEMO_PASSWORD, new_password="Amber-Walnut-4417"))
        for _ in range(3):
            with pytest.raises(DeniedError):
                station.dispatch(SignIn(employee_id="D-SUPER", password="not mine"))
        for _ in range(_PAST_TILES):
            station.bus.dispatch(RaiseAlarm(priority=3, source="line", kind="noise", text="again"), as_station=True)
    open_station(root).close()
    return root


HIDDEN = {
    "a lockout": _called_otherwise(
        "user.locked", "UPDATE user_account SET state = 'active', version = version - 1 WHERE employee_id = 'D-SUPER'"
    ),
    "a guess beside a sealed code": _called_otherwise(
        "user.recovery_tried", "UPDATE recovery_code SET failures = 0, version = version - 1 WHERE failures = 1"
    ),
    "a sealed code": _called_otherwise(
        "user.recovery_code_sealed",
        "DELETE FROM recovery_code WHERE employee_id = 'D-SUPER' AND ended_us IS NULL",
        "UPDATE recovery_code SET ended_us = NULL, version = version - 1 WHERE employee_id = 'D-SUPER'",
    ),
    "a password": _called_otherwise(
        "user.credential_changed",
        "UPDATE user_account SET (password_hash, password_set_us, version) = (SELECT p.password_hash, p.set_us, version - 1 "
        "FROM password_used p WHERE p.employee_id = 'D-QP') WHERE employee_id = 'D-QP'",
        "DELETE FROM password_used WHERE employee_id = 'D-QP'",
    ),
}


@pytest.mark.req("A02", "A08", "N04")
@pytest.mark.parametrize("edit", HIDDEN.values(), ids=HIDDEN.keys())
def test_a_start_finds_an_event_about_a_person_alone_that_is_called_another_one(locked: Path, tmp_path: Path, edit: Raw) -> None:
    root = Path(shutil.copytree(locked, tmp_path / "station"))
    _edit(root, edit)
    station = open_station(root)
    try:
        assert "authority" in station.read_only_reason().lower()
    finally:
        station.close()


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped station at which a role and a setting were changed, and an account was disabled."""
    root = tmp_path_factory.mktemp("authority") / "station"
    with plain_station(root) as station:
        crew = Crew(station)
        for command in (
            ChangeRole(role="operator", permissions=tuple(_held(station, "operator") - {"batch.hold"}), reason="fewer"),
            ChangeSetting(key="password.profile", value="nist", reason="longer ones"),
        ):
            request = crew.do("D-ADMIN", command).request_id
            crew.sign("D-ADMIN", SubmitChange(request_id=request))
            crew.sign("D-QA", ApproveChange(request_id=request))
        crew.do("D-ADMIN", DisableUser(employee_id="D-VALID", reason="left"))
        with pytest.raises(AuthenticationError):
            station.dispatch(SignIn(employee_id="D-SUPER", password="not mine"))
    return root


def _held(station: Any, role: str) -> frozenset[str]:
    return frozenset(p for (p,) in station._ask("SELECT permission FROM role_permission WHERE role = ? AND held = 1", (role,)))


@pytest.fixture
def root(stopped: Path, tmp_path: Path) -> Path:
    """A station of this test's own."""
    return Path(shutil.copytree(stopped, tmp_path / "station"))


EDITS = {
    "an operator becomes quality": _sql("UPDATE user_account SET role = 'qa' WHERE employee_id = 'D-OPER'"),
    "another line": _sql("UPDATE user_account SET line = 'L9' WHERE employee_id = 'D-OPER'"),
    "another one's password hash": _sql(
        "UPDATE user_account SET password_hash = (SELECT password_hash || '' FROM user_account WHERE employee_id = 'D-OPER') || 'x' "
        "WHERE employee_id = 'D-QA'"
    ),
    "a disabled account is back": _sql("UPDATE user_account SET state = 'active', admitted = 1 WHERE employee_id = 'D-VALID'"),
    "an account that nobody asked for": _sql(
        "INSERT INTO user_account SELECT 'X-1', name, role, line, state, password_hash, created_us, version, password_state, password_set_us, "
        "identified, admitted, access_from_us, access_until_us FROM user_account WHERE employee_id = 'D-QA'"
    ),
    "an account is gone": _sql("DELETE FROM user_account WHERE employee_id = 'D-VALID'"),
    "a permission is given back": _sql("UPDATE role_permission SET held = 1 WHERE role = 'operator' AND permission = 'batch.hold'"),
    "a permission is added": _sql("INSERT INTO role_permission (role, permission) VALUES ('operator', 'batch.certify')"),
    "a permission is deleted": _sql("DELETE FROM role_permission WHERE role = 'operator' AND permission = 'batch.hold'"),
    "a role of nobody's": _sql("INSERT INTO role (role, title) VALUES ('shadow', 'Shadow')"),
    "a deputy nobody appointed": _sql(
        "INSERT INTO role_grant (id, kind, employee_id, role, stands_for, from_us, until_us, reason, change_id, review, version) "
        "VALUES ('g', 'deputy', 'D-OPER', 'qa', 'D-QA', 1, 9000000000000000, 'x', 'c', '', 1)"
    ),
    "another password profile": _sql("UPDATE setting SET value = 'classic' WHERE key = 'password.profile'"),
    "the setting is gone": _sql("DELETE FROM setting"),
    "a setting nobody made": _sql("INSERT INTO setting VALUES ('session.idle_lock:1', 'session.idle_lock', 1, '30', 1)"),
    "a request as if it were approved": _sql("UPDATE change_request SET state = 'approved'"),
    "an older password is forgotten": _sql("UPDATE user_account SET password_set_us = password_set_us + 1000000 WHERE employee_id = 'D-QA'"),
    "a weaker signature": _sql("UPDATE signature_rule SET signing = 'none' WHERE action = 'ReleaseBatch'"),
    "a statement accepted by nobody": _sql("DELETE FROM accountability_acceptance WHERE employee_id = 'D-QA'"),
    "the event tells the same lie": _lie_of_an_event,
    "the event is called another one": _hidden_event,
}  # fmt: skip


@pytest.mark.req("A02", "D03", "N04")
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_a_start_finds_what_was_written_into_authority_beside_the_program(root: Path, edit: Raw) -> None:
    _edit(root, edit)
    station = open_station(root)
    try:
        reason = station.read_only_reason()
        assert "authority" in reason.lower()
        crew = Crew(station)
        command = c.CreateBatch(batch_no="B-9", recipe_id=demo.DEMO_RECIPE, line="L3", product_lot="P")
        with pytest.raises(ReadOnlyError):  # nothing is done by anybody, whatever the rows say they may
            crew.do("D-SUPER", command)
        alarms = station.read(open_alarms, crew.token("D-INSP"))
        assert any(alarm.kind == "attestation" for alarm in alarms)
    finally:
        station.close()


@pytest.mark.req("N04")
def test_a_start_of_an_honest_station_says_that_authority_is_as_the_trail_left_it(root: Path) -> None:
    for _ in range(2):
        station = open_station(root)
        try:
            assert station.read_only_reason() == ""
            (result,) = (r for r in station.attestation.results if r.name == "authority")
            assert result.ok
            assert "as the trail" in result.message
            Crew(station).token("D-QA")
        finally:
            station.close()


@pytest.mark.req("N04")
def test_every_table_that_gives_authority_is_compared(root: Path) -> None:
    folder = StationFolder(root)
    with closing(connect(StoreLocation(folder.store, read_key(folder.keys / "store.key")))) as connection:
        names = {shape.name for shape in regulated_tables(connection.cursor())}
    assert names >= AUTHORITY_TABLES
    assert {"user_account", "role", "role_permission", "role_grant", "setting", "signature_rule", "change_request"} <= AUTHORITY_TABLES

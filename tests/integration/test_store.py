"""The store: what no connection of the application may do, what nobody can change unseen, and stores that do not fit."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlcipher3.dbapi2
from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from jope.bootstrap import Station, open_station, provision_demo_station
from jope.kernel.errors import ForbiddenStatementError, StationHeldError, StoreKeyError, StoreVersionError, UnseenChangeError
from jope.kernel.settings.files import StationFolder
from jope.kernel.store.authorizer import FORBIDDEN_SAMPLES
from jope.kernel.store.engine import open_reader
from jope.kernel.store.regulated import ALLOW_LISTED
from jope.kernel.store.schema import Base
from jope.kernel.store.uow import WriteStore
from jope.plant.materials.model import Material
from tests.support.demo import Crew, plain_station, verified
from tests.support.handlers import Work, in_a_handler


def _newest_images(station: Station) -> list[dict[str, object]]:
    row = station._commands.run(
        lambda: station._store.cursor.execute("SELECT payload FROM audit_payload ORDER BY seq DESC LIMIT 1").fetchone()
    )
    return list(json.loads(row[0])["images"])


@pytest.mark.req("C01", "P11-06", "A11d-20", "E06", "P11-04")
def test_the_application_connection_refuses_what_would_unmake_a_record(station: Station) -> None:
    tables = sorted(
        row[0]
        for row in station._commands.run(
            lambda: station._store.cursor.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
        )
    )
    statements = [f"DELETE FROM {name}" for name in tables if name not in ALLOW_LISTED]
    for name in ("audit", "audit_payload", "audit_subject", "command_outcome"):
        statements += [
            f"UPDATE {name} SET rowid = rowid" if name.startswith("audit_p") else f"UPDATE {name} SET seq = seq",
            f"DELETE FROM {name}",
        ]
    statements += [
        *FORBIDDEN_SAMPLES,
        "REPLACE INTO audit (seq, body, leaf, prev, hash, sig) SELECT seq, body, leaf, prev, hash, sig FROM audit",
        "INSERT OR REPLACE INTO material SELECT * FROM material",
    ]
    statements += [
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT a",
        "PRAGMA writable_schema = ON",
        "PRAGMA foreign_keys = OFF",
        "PRAGMA recursive_triggers = OFF",
    ]
    statements += [
        "CREATE TABLE x (a)",
        "ALTER TABLE lot ADD COLUMN x",
        "DROP INDEX audit_action",
        "SELECT load_extension('x')",
    ]
    statements += [
        "UPDATE sqlite_master SET sql = ''",
        "SELECT jope_change('lot', 1, '{}')",
        "DROP TRIGGER temp.image_lot_update",
        "REINDEX",
        "ANALYZE",
    ]
    for statement in statements:
        with pytest.raises(ForbiddenStatementError):
            in_a_handler(station, lambda uow, s=statement: uow.cursor.execute(s))
        with pytest.raises(ForbiddenStatementError):
            in_a_handler(station, lambda uow, s=statement: uow.session.connection.execute(text(s)))


@pytest.mark.req("P06", "P11-06", "A11d-19")
@pytest.mark.parametrize(
    "work",
    [
        lambda uow: uow.cursor.execute("UPDATE material SET name = 'Other' WHERE code = 'MG-CIT'"),
        lambda uow: uow.session.connection.execute(text("UPDATE material SET name = 'Other' WHERE code = 'MG-CIT'")),
        lambda uow: uow.session.connection.execute(update(Material).where(Material.code == "MG-CIT").values(name="Other")),
        lambda uow: Session(uow.session.connection).execute(update(Material), [{"code": "MG-CIT", "name": "Other"}]),
        lambda uow: Session(uow.session.connection).bulk_update_mappings(Material, [{"code": "MG-CIT", "name": "Other"}]),
        lambda uow: setattr(uow.session.get_one(Material, "MG-CIT"), "name", "Other"),
        lambda uow: uow.cursor.executemany("UPDATE material SET name = ? WHERE code = ?", [("Middle", "MG-CIT"), ("Other", "MG-CIT")]),
        lambda uow: uow.cursor.execute("INSERT INTO material VALUES ('MG-CIT', 'x', 'g') ON CONFLICT (code) DO UPDATE SET name = 'Other'"),
        lambda uow: uow.cursor.execute("UPDATE material SET name = 'Other' WHERE code = 'MG-CIT' RETURNING name").fetchall(),
        lambda uow: uow.cursor.execute(
            "UPDATE material AS m SET name = 'Other' FROM lot WHERE lot.material_code = m.code AND m.code = 'MG-CIT'"
        ),
    ],
)
def test_whatever_statement_changes_a_row_the_trail_shows_it(station: Station, work: Work) -> None:
    in_a_handler(station, work)
    (image,) = _newest_images(station)
    assert image["table"] == "material"
    assert image["before"]["name"] == "Magnesium citrate"
    assert image["after"]["name"] == "Other"
    assert verified(station).ok


@pytest.mark.req("P06", "P11-06")
def test_inserted_rows_of_every_kind_are_imaged(station: Station) -> None:
    in_a_handler(
        station,
        lambda uow: uow.session.connection.execute(insert(Material), [{"code": f"N{n}", "name": "New", "unit": "g"} for n in range(3)]),
    )
    assert [(i["key"], i["before"]) for i in _newest_images(station)] == [("N0", None), ("N1", None), ("N2", None)]
    in_a_handler(station, lambda uow: Session(uow.session.connection).bulk_save_objects([Material(code="N3", name="New", unit="g")]))
    in_a_handler(station, lambda uow: uow.cursor.execute("INSERT INTO material SELECT 'N4', name, unit FROM material WHERE code = 'N0'"))
    assert verified(station).ok


@pytest.mark.req("P06")
def test_a_commit_without_an_event_or_with_an_unseen_write_is_rolled_back(station: Station) -> None:
    with pytest.raises(UnseenChangeError):
        in_a_handler(station, lambda uow: uow.cursor.execute("INSERT INTO material VALUES ('A', 'B', 'g')"), record=False)
    for statement in ("INSERT INTO auth_counter VALUES ('a', 1)", "INSERT INTO command_outcome VALUES ('a', 1)"):
        with pytest.raises(UnseenChangeError):
            in_a_handler(station, lambda uow, s=statement: uow.cursor.execute(s))
    assert verified(station).ok


@pytest.mark.req("P05", "P11-06")
def test_the_key_of_a_row_is_for_ever(station: Station) -> None:
    with pytest.raises(ForbiddenStatementError, match="key is for ever"):
        in_a_handler(station, lambda uow: uow.cursor.execute("UPDATE material SET code = 'Z' WHERE code = 'MG-CIT'"))


@pytest.mark.req("A14", "P11-08")
def test_a_reader_cannot_write(station: Station, crew: Crew) -> None:
    token = crew.token("D-QA")
    for statement in ("UPDATE material SET name = 'x'", "DELETE FROM auth_counter", "PRAGMA query_only = OFF", "ATTACH ':memory:' AS m"):
        with pytest.raises(sqlcipher3.dbapi2.DatabaseError, match="not authorized"):
            station.read(lambda reader, s=statement: reader.execute(s), token)
    assert verified(station).ok


@pytest.mark.req("P05", "A11-04")
def test_the_mapped_tables_are_the_migrated_ones(station: Station) -> None:
    for table in Base.metadata.tables.values():
        rows = station._commands.run(lambda t=table: station._store.cursor.execute(f"PRAGMA table_info({t.name})").fetchall())
        stored = {row[1]: (row[2], bool(row[3]) or bool(row[5]), bool(row[5])) for row in rows}
        mapped = {c.name: ({"VARCHAR": "TEXT"}.get(str(c.type), str(c.type)), not c.nullable, c.primary_key) for c in table.columns}
        assert mapped == stored, table.name


@pytest.mark.req("P11-04", "Q09")
def test_a_missing_or_wrong_key_is_a_clear_error(tmp_path: Path) -> None:
    root = tmp_path / "station"
    provision_demo_station(root)
    key = root / "keys" / "store.key"
    good = key.read_text()
    key.chmod(0o600)
    key.write_text("00" * 32)
    with pytest.raises(StoreKeyError, match="JOPE-002"):
        open_station(root)
    key.unlink()
    with pytest.raises(StoreKeyError, match="missing"):
        open_station(root)
    key.write_text(good)
    open_station(root).close()


@pytest.mark.req("A11-04")
def test_a_store_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "station"
    provision_demo_station(root, encrypted=False)
    import sqlite3

    connection = sqlite3.connect(root / "store.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(StoreVersionError, match="JOPE-003"):
        open_station(root)


@pytest.mark.req("P11-05")
def test_a_second_instance_is_told_who_holds_the_station(station: Station) -> None:
    with pytest.raises(StationHeldError, match="process "):
        open_station(station.folder.root)
    code = "import sys, pathlib; from jope.bootstrap import open_station; open_station(pathlib.Path(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", code, str(station.folder.root)], capture_output=True, text=True, check=False)
    assert "JOPE-007" in done.stderr


@pytest.mark.req("P11-02")
def test_the_same_code_runs_on_plain_sqlite(tmp_path: Path) -> None:
    root = tmp_path / "plain"
    provision_demo_station(root, encrypted=False)
    station = open_station(root)
    station.close()
    assert (root / "store.db").read_bytes().startswith(b"SQLite format 3")


@pytest.mark.req("P11-02", "Q04")
def test_verify_reads_a_copy_taken_while_the_client_runs_and_after_it(station: Station, tmp_path: Path) -> None:
    assert verified(station).ok
    copy = tmp_path / "copy"
    station.close()
    shutil.copytree(station.folder.root, copy)
    assert StationFolder(copy).store.exists()
    from tests.faults.test_byte_tampers import _verify

    assert _verify(copy).ok


_EVENTS = "SELECT seq FROM audit ORDER BY seq"


@pytest.mark.req("P06", "C01", "P11-02")
def test_what_was_rolled_back_never_disturbs_who_reads_afterwards(station: Station) -> None:
    def read() -> tuple[list[object], list[object]]:
        store = station._store
        whole = store.cursor.execute(_EVENTS).fetchall()
        of_before = begun_and_rolled_back(store)
        reading = store.cursor.execute(_EVENTS)
        found = [reading.fetchone(), reading.fetchone()]
        del of_before  # as another thread does that lets go of an error
        return whole, found + reading.fetchall()

    def begun_and_rolled_back(store: WriteStore) -> object:
        try:
            with store.operational() as cursor:
                cursor.execute(_EVENTS).fetchone()
                raise LookupError
        except LookupError:
            return cursor

    whole, found = station._commands.run(read)
    assert found == whole


@pytest.mark.req("P06", "C01", "P11-02")
@pytest.mark.parametrize("encrypted", [True, False])
def test_a_connection_that_is_given_back_is_disturbed_by_nobody_who_had_it(tmp_path: Path, encrypted: bool) -> None:
    with plain_station(tmp_path / "station", encrypted=encrypted) as station:
        _read_after_another(station)


def _read_after_another(station: Station) -> None:
    engine = open_reader(station._store._writer.location, size=1)
    with engine.connect() as first:
        raw = first.connection.dbapi_connection
        assert raw is not None
        of_before = raw.cursor()
        whole = raw.execute(_EVENTS).fetchall()
        of_before.execute(_EVENTS).fetchone()
    Crew(station).token("D-OPER")  # an event more
    with engine.connect() as second:
        assert second.connection.dbapi_connection is raw
        reading = raw.cursor()
        reading.execute(_EVENTS)
        found = [reading.fetchone(), reading.fetchone()]
        del of_before
        found += reading.fetchall()
    engine.dispose()
    assert found[: len(whole)] == whole
    assert len(found) == len(whole) + 1, "rows came twice, or a state of before was read"

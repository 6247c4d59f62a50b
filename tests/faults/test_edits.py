"""With the store's key in hand: sampled edits over every column of every regulated table and of the ledger, and rows inserted, deleted, reordered."""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from jope.compliance.audit import ledger
from jope.compliance.audit.verification.evidence import Evidence
from jope.compliance.audit.verification.layers import chain_layer
from jope.compliance.audit.verification.report import Finding
from jope.compliance.audit.verification.run import verify_evidence
from jope.kernel.crypto.signing import SigningKey
from jope.kernel.store.images import regulated_tables
from tests.faults.edits import LEDGER_COLUMNS, Cell, OpenStore, all_cells, edit, opened

PER_RUN = 100_000 if os.environ.get("JOPE_NIGHTLY") else 10_000
SHARDS = 4
ALL_LAYERS_EACH = 1 if os.environ.get("JOPE_NIGHTLY") else 50
"""Each so many edits all layers run; after the others, layers run until one names the table."""
AT_ONCE = 25
"""Edits of regulated tables that the replay has to name each, beside the others."""


@pytest.fixture
def store(station_copy: Path) -> Iterator[OpenStore]:
    with opened(station_copy) as found:
        yield found


@pytest.mark.req("P11-02", "C02", "Q04")
def test_honest_store_has_no_finding(store: OpenStore) -> None:
    report = store.verify()
    assert report.findings == ()
    assert report.ok


@pytest.mark.req("P11-02", "C01", "C02")
@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_sampled_edit_is_found_and_named(store: OpenStore, shard: int) -> None:
    random_ = random.Random(20_000 + shard)
    cells = [
        cell for index, cell in enumerate(sorted(all_cells(store), key=lambda c: (c.table, c.column, c.rowid))) if index % SHARDS == shard
    ]
    wanted = PER_RUN // SHARDS
    sampled = (cells * (wanted // len(cells)))[:wanted]
    sampled += [random_.choice(cells) for _ in range(wanted - len(sampled))]
    by_all_layers = sampled[::ALL_LAYERS_EACH]
    for cell in by_all_layers:
        _require_named(store, cell, random_, all_layers=True)
    rest = [cell for number, cell in enumerate(sampled) if number % ALL_LAYERS_EACH]
    keys = {(shape.name, column) for shape in regulated_tables(store.connection.cursor()) for column in shape.key}
    alone = [cell for cell in rest if cell.table in LEDGER_COLUMNS or (cell.table, cell.column) in keys]
    together = [cell for cell in rest if cell not in set(alone)]
    left = not_named(store, together, random_)
    assert len(left) < len(together) // 10, "nearly all are named by table, row and column, beside others"
    for cell in alone + left:
        _require_named(store, cell, random_)
    assert len({(cell.table, cell.column) for cell in sampled}) > 50


def not_named(store: OpenStore, cells: list[Cell], random_: random.Random) -> list[Cell]:
    """Edit cells of regulated tables, several at once, and return those that the replay does not name by table, row and column.

    Among these are values that must be unique, which replaced the row of another cell.
    """
    missed = []
    for start in range(0, len(cells), AT_ONCE):
        round_ = set(cells[start : start + AT_ONCE])
        edited: list[Cell] = []
        with store.attack() as connection:
            for cell in sorted(round_, key=lambda c: (c.table, c.column, c.rowid)):
                if connection.execute(f"SELECT 1 FROM {cell.table} WHERE rowid = ?", (cell.rowid,)).fetchone() and edit(
                    store, cell, random_
                ):
                    edited.append(cell)
            found = verify_evidence(store.evidence, {"replay": store.layers["replay"]}).findings
        named = {(finding.subject, finding.message.split(" is ")[0]) for finding in found}
        missed += [cell for cell in round_ if cell not in edited or (f"{cell.table} {cell.key}", f"Column {cell.column}") not in named]
        missed += [cell for number, cell in enumerate(cells[start : start + AT_ONCE]) if cell in cells[start : start + number]]
    return missed


def _require_named(store: OpenStore, cell: Cell, random_: random.Random, *, all_layers: bool = False) -> None:
    """Edit one cell alone; it must be found, and its table named."""
    with store.attack():
        assert edit(store, cell, random_)
        findings = store.verify().findings if all_layers else store.found_for(cell.table)
    assert findings, f"unnoticed: {cell}"
    assert any(cell.table in f.subject or cell.table == "signature" for f in findings), f"not named: {cell}: {findings[:3]}"
    assert all("cannot read" not in f.message or cell.table.startswith("audit") for f in findings), findings[:3]


@pytest.mark.req("P11-02", "C02")
def test_the_harness_goes_red_on_a_replay_that_overlooks_a_column(store: OpenStore) -> None:
    def overlooking(evidence: Evidence) -> Iterator[Finding]:
        return (finding for finding in honest(evidence) if "Column net" not in finding.message)

    honest = store.layers["replay"]
    cells = [cell for cell in all_cells(store) if cell.table == "weighing" and cell.column in ("net", "tare")]
    assert not_named(store, cells, random.Random(1)) == []
    store.layers["replay"] = overlooking
    assert {cell.column for cell in not_named(store, cells, random.Random(1))} == {"net"}


@pytest.mark.req("P11-02", "P11-17")
def test_deleted_inserted_and_reordered_rows_are_found(store: OpenStore) -> None:
    tables = sorted({cell.table for cell in all_cells(store)})
    for table in tables:
        with store.attack() as connection:
            connection.execute(
                f"DELETE FROM {table} WHERE rowid = (SELECT min(rowid) FROM {table})" if table not in _KEYED else _delete_one(table)
            )
            assert not store.verify().ok, f"a deleted row of {table} went unnoticed"
    with store.attack() as connection:
        connection.execute("INSERT INTO material (code, name, unit) VALUES ('EVIL', 'Unknown', 'g')")
        report = store.verify()
        assert [(f.layer, f.subject) for f in report.findings] == [("replay", "material EVIL")]
    with store.attack() as connection:
        connection.execute("UPDATE audit SET seq = -1 WHERE seq = 10")
        connection.execute("UPDATE audit SET seq = 10 WHERE seq = 11")
        connection.execute("UPDATE audit SET seq = 11 WHERE seq = -1")
        assert any(f.layer == "chain" for f in store.verify().findings)


_KEYED = ("audit_subject", "command_outcome")


def _delete_one(table: str) -> str:
    key = {"audit_subject": "(kind, id, n)", "command_outcome": "(command_id)"}[table]
    return f"DELETE FROM {table} WHERE {key} IN (SELECT {key.strip('()')} FROM {table} LIMIT 1)"


@pytest.mark.req("P11-17", "B04")
def test_a_signature_moved_to_another_record_is_found(store: OpenStore) -> None:
    with store.attack() as connection:
        one, other = (row[0] for row in connection.execute("SELECT id FROM signature WHERE subject_kind = 'weighing' LIMIT 2").fetchall())
        subjects = [connection.execute("SELECT subject_id FROM signature WHERE id = ?", (key,)).fetchone()[0] for key in (one, other)]
        connection.execute("UPDATE signature SET subject_id = ? WHERE id = ?", (subjects[1], one))
        found = [f for f in store.verify().findings if f.layer == "esignatures"]
    assert any(one in f.subject for f in found)


@pytest.mark.req("P11-17", "G02", "C01")
def test_a_batch_released_with_the_signatures_of_another_is_found(store: OpenStore) -> None:
    with store.attack() as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(batch)").fetchall()]
        values = ", ".join("'B-9'" if column == "batch_no" else column for column in columns)
        connection.execute(f"INSERT INTO batch ({', '.join(columns)}) SELECT {values} FROM batch")
        found = [f for f in store.verify().findings if f.layer == "esignatures"]
    assert {f.subject for f in found} == {"batch B-9"}
    assert {f.message.split(" ")[2] for f in found} == {"responsibility", "release", "certification"}


@pytest.mark.req("P11-17", "B07")
def test_a_slot_filled_with_the_signature_of_another_row_is_found(store: OpenStore) -> None:
    slot = "verified_signature, verified_signer, verified_meaning, verified_version"
    with store.attack() as connection:
        connection.execute(f"UPDATE weighing SET ({slot}) = (SELECT {slot} FROM weighing WHERE position = 2) WHERE position = 1")
        (weighing,) = connection.execute("SELECT id FROM weighing WHERE position = 1").fetchone()
        found = [f for f in store.verify().findings if f.layer == "esignatures"]
    assert [f.subject for f in found] == [f"weighing {weighing}"]
    assert "was given for another record" in found[0].message


@pytest.mark.req("B04", "A11d-27")
def test_a_changed_record_shows_as_unsigned(store: OpenStore) -> None:
    with store.attack() as connection:
        connection.execute("UPDATE weighing SET net = '1249.99' WHERE position = 1")
        findings = store.verify().findings
    assert any("UNSIGNED: changed since" in f.message for f in findings)
    assert any(f.layer == "replay" and f.subject.startswith("weighing") for f in findings)


@pytest.mark.req("C02", "C03")
def test_a_chain_recomputed_without_the_signing_key_is_found(store: OpenStore) -> None:
    """Edit an early event and rewrite every leaf, link and hash after it; the attacker signs with a key of their own, or not at all."""
    for key in (SigningKey(secrets.token_bytes(32)), None):
        with store.attack() as connection:
            body = connection.execute("SELECT body FROM audit WHERE seq = 5").fetchone()[0]
            _rewrite(store, connection, {5: body.replace('"outcome":"done"', '"outcome":"gone"')}, key)
            report = store.verify()
        assert not any(f.layer == "chain" for f in report.findings), "the rewrite is meant to leave the chain whole"
        assert any(f.layer == "signatures" for f in report.findings)


def _rewrite(store: OpenStore, connection: object, bodies: dict[int, str], key: SigningKey | None) -> None:
    execute = connection.execute
    origin, head = store.evidence.policy.origin, ledger.Head(0, b"", None)
    for seq, body, sig in execute("SELECT seq, body, sig FROM audit ORDER BY seq").fetchall():
        text = bodies.get(seq, body)
        leaf, prev = ledger.leaf_of(text), ledger.next_prev(origin, head)
        hash_ = ledger.hash_of(prev, leaf)
        seal = sig
        if sig is not None and seq >= min(bodies):
            seal = key.sign(ledger.commit_message(origin, seq, hash_)) if key is not None else None
        execute("UPDATE audit SET body = ?, leaf = ?, prev = ?, hash = ?, sig = ? WHERE seq = ?", (text, leaf, prev, hash_, seal, seq))
        head = ledger.Head(seq, hash_, seal)


@pytest.mark.req("P11-02")
def test_a_dropped_trigger_is_named(station_copy: Path) -> None:
    from jope.bootstrap import SIGNED_RECORDS
    from jope.kernel.crypto.keys import read_key
    from jope.kernel.settings.files import StationFolder
    from jope.kernel.store.engine import StoreLocation, connect
    from jope.kernel.store.schema import sealed_columns
    from jope.services.qualification.verifying import verify_station

    folder = StationFolder(station_copy)
    connection = connect(StoreLocation(folder.store, read_key(folder.keys / "store.key")))
    connection.execute("DROP TRIGGER audit_no_update")
    connection.close()
    report = verify_station(station_copy, SIGNED_RECORDS, sealed_columns())
    assert [(f.layer, f.subject) for f in report.findings] == [("schema", "trigger audit_no_update")]


@pytest.mark.req("P11-02", "Q04")
def test_the_harness_goes_red_on_a_verifier_that_skips_the_replay(store: OpenStore) -> None:
    """Seeded fault: without its replay layer the verifier misses an edited business row, so the harness above can fail."""
    with store.attack() as connection:
        connection.execute("UPDATE lot SET receiving_no = 'RC-0' WHERE lot_no = (SELECT max(lot_no) FROM lot)")
        assert verify_evidence(store.evidence, {"chain": chain_layer}).ok
        assert not store.verify().ok


@pytest.mark.req("P11-02", "C02")
def test_an_image_without_canonical_form_hides_no_other_finding(store: OpenStore) -> None:
    with store.attack() as connection:
        connection.execute("UPDATE audit_payload SET payload = replace(payload, '\"demo\":1', '\"demo\":1.5') WHERE seq = 1")
        connection.execute("UPDATE lot SET receiving_no = 'RC-0'")
        report = store.verify()
    subjects = {f.subject for f in report.findings}
    assert "audit_payload 1" in subjects
    assert any(subject.startswith("lot ") for subject in subjects)

"""A store of an earlier schema that holds records is brought up, and its trail says so."""

from __future__ import annotations

import secrets
from contextlib import closing
from pathlib import Path

import pytest

from jope.bootstrap import SIGNED_RECORDS, open_station
from jope.compliance.audit import ledger
from jope.kernel.canonical import canonical_text
from jope.kernel.clock import SystemClock
from jope.kernel.crypto.keys import StationKeys
from jope.kernel.crypto.signing import SigningKey
from jope.kernel.ids import new_id
from jope.kernel.settings.files import PolicyFile, StationFile, StationFolder
from jope.kernel.store import migrations
from jope.kernel.store.engine import StoreLocation, connect, create
from jope.kernel.store.schema import sealed_columns
from jope.services.qualification.verifying import verify_station

ORIGIN = "jope/OLD/1"
_MIGRATED = "SELECT p.payload FROM audit a JOIN audit_payload p USING (seq) WHERE a.action = 'schema.migrated'"
_STATION = {"station_id": "OLD", "site": "Site", "line": "L1", "zone": "Europe/Vienna", "demo": 0, "settings_revision": 1, "created_us": 1}


def _old_station(root: Path) -> None:
    """A station of revision 0001 with 300 events, made by the parts that wrote it then: no tiles, no checkpoints, no head mark."""
    folder = StationFolder(root)
    root.mkdir()
    keys = StationKeys.create(folder.keys)
    key = SigningKey(keys.ledger)
    settings = StationFile(station_id="OLD", site="Site", line="L1", zone="Europe/Vienna")
    folder.write(settings, PolicyFile(format=1, origin=ORIGIN, genesis_public_key=key.public.hex()))
    folder.blobs.mkdir()
    location = StoreLocation(folder.store, keys.store)
    create(location)
    migrations._upgrade(location, "0001")
    clock = SystemClock()
    with closing(connect(location)) as connection:
        head = ledger.Head(0, b"", None)
        for seq in range(1, 251):
            images = ledger.ImageTexts([("station", "OLD", None, _STATION)] if seq == 1 else [])
            payload, salt = images.payload("", {}), secrets.token_bytes(16)
            now, command_id = clock.now(), new_id()
            body = canonical_text(
                {
                    "v": 1, "seq": seq, "utc": now.utc_us, "boot": now.boot_id, "mono": now.mono_us, "quality": "holdover", "actor": "SYSTEM",
                    "role": "system", "session": "", "station": "OLD", "address": "here", "os_user": "somebody", "action": "station.started",
                    "outcome": "done", "subjects": [{"kind": "station", "id": "OLD", "n": seq, "prev": seq - 1}],
                    "payload": ledger.payload_digest(salt, payload), "prior": images.prior, "next": images.next, "signature": None,
                    "command": command_id, "software": "0.0.9", "settings": 1,
                }
            )  # fmt: skip
            leaf, prev = ledger.leaf_of(body), ledger.next_prev(ORIGIN, head)
            hash_ = ledger.hash_of(prev, leaf)
            head = ledger.Head(seq, hash_, key.sign(ledger.commit_message(ORIGIN, seq, hash_)))
            row = (seq, body, leaf, prev, hash_, head.sig)
            connection.execute("INSERT INTO audit (seq, body, leaf, prev, hash, sig) VALUES (?, ?, ?, ?, ?, ?)", row)
            connection.execute("INSERT INTO audit_payload VALUES (?, ?, ?)", (seq, salt, payload))
            connection.execute("INSERT INTO audit_subject VALUES ('station', 'OLD', ?, ?)", (seq, seq))
            connection.execute("INSERT INTO command_outcome VALUES (?, ?)", (command_id, seq))
        connection.execute(f"INSERT INTO station VALUES ({', '.join('?' * len(_STATION))})", tuple(_STATION.values()))


@pytest.mark.req("C02", "P04", "A11d-20")
def test_a_store_of_the_first_revision_is_brought_up_and_goes_on_as_one_trail(tmp_path: Path) -> None:
    root = tmp_path / "station"
    _old_station(root)
    for _ in range(2):
        station = open_station(root)
        rows = station._commands.run(lambda s=station: s._store.cursor.execute(_MIGRATED).fetchall())
        for _ in range(8):
            station._keeper.checkpoint("test")
        station.close()
        assert len(rows) == 1, "once, at the first start"
        assert '"from_revision":"0001"' in rows[0][0]
        assert f'"to_revision":"{migrations.revisions()[-1]}"' in rows[0][0]
    report = verify_station(root, SIGNED_RECORDS, sealed_columns())
    assert report.findings == ()
    assert {report.layers[name] for name in ("checkpoints", "head_mark", "schema", "replay")} == {"ok"}
    assert report.events > 256

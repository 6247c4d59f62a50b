"""What gives people authority, compared at each start with what the trail left: accounts, roles, grants, settings, rules of signing.

The replay of the whole state takes as long as the trail is; the tables of authority are small, and few events change them. Those events are found by
their actions, and by what they are about: neither index needs a walk, and whoever renames an event in one is found by the other. A commit is read as a
whole, since the image of a row stands in the first event that was recorded after its change, whatever that event is about. Each commit must follow in
itself up to the signature at its end, which is the key's of its epoch: an event that was edited to tell the same lie as the row is found as well. A
commit that was hidden from both indexes, or deleted as a whole, is for the whole chain at night.

(URS A02, D03, N04; 21 CFR 11.10(d), (g).)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from jope.compliance.audit import ledger
from jope.compliance.audit.actions import Action
from jope.compliance.audit.verification.disposals import disposals_of
from jope.compliance.audit.verification.evidence import Evidence
from jope.compliance.audit.verification.layers import Row, Rows, compare_rows, parsed, take_image
from jope.compliance.audit.verification.proofs import epochs_of, key_at
from jope.compliance.audit.verification.report import Finding
from jope.kernel.crypto.signing import VerifyingKey
from jope.kernel.store.images import regulated_tables

LAYER: Final = "authority"
AUTHORITY_TABLES: Final = frozenset(
    {
        "station", "role", "role_permission", "user_account", "role_grant", "setting", "signature_rule",
        "accountability_statement", "accountability_acceptance", "identity_check", "password_used", "user_disabling", "badge",
        "change_request", "adopted_policy", "recovery_code", "account_recovery",
    }
)  # fmt: skip
"""Whose rows say who may do what."""
_ROOMS: Final = frozenset({"user", "badge", "role", "access", "setting", "change", "accountability"})
AUTHORITY_ACTIONS: Final = tuple(
    sorted(
        {action.value for action in Action if action.value.partition(".")[0] in _ROOMS}
        | {
            action.value
            for action in (
                Action.STATION_PROVISIONED,
                Action.STATION_FURNISHED,
                Action.POLICY_ADOPTED,
                Action.SIGNATURE_RULES_SET,
                Action.SCHEMA_MIGRATED,
            )
        }
    )
)
"""One of these stands in every commit that changes a row of those tables."""
AUTHORITY_SUBJECTS: Final = (
    "accountability_acceptance", "accountability_statement", "account", "account_recovery", "adopted_policy", "badge", "change", "identity_check",
    "recovery_code", "role", "role_grant", "setting", "signature_rule", "user_disabling",
)  # fmt: skip
"""Kinds of records that few events are about besides these; a person is not among them, since every weighing is about one.
What changes an account without a request names the account beside its person."""
_EVENTS: Final = (
    f"SELECT seq FROM audit WHERE action IN ({', '.join('?' * len(AUTHORITY_ACTIONS))}) "
    f"UNION SELECT seq FROM audit_subject WHERE kind IN ({', '.join('?' * len(AUTHORITY_SUBJECTS))}) ORDER BY seq"
)
_END_BEFORE: Final = "SELECT seq FROM audit WHERE seq < ? AND sig IS NOT NULL ORDER BY seq DESC LIMIT 1"
_COMMIT: Final = (
    "SELECT a.seq, a.body, a.leaf, a.prev, a.hash, a.sig, p.salt, p.payload FROM audit a LEFT JOIN audit_payload p USING (seq) "
    "WHERE a.seq > ? ORDER BY a.seq"
)


def authority_layer(evidence: Evidence) -> Iterator[Finding]:
    """Replay the tables of authority from the commits that changed them, and compare them with the rows that stand there."""
    disposals = disposals_of(evidence)
    last: Rows = {key: Row(kept.seq, {}, kept) for key, kept in disposals.rows.items() if key[0] in AUTHORITY_TABLES}
    end = 0
    for (seq,) in evidence.connection.execute(_EVENTS, (*AUTHORITY_ACTIONS, *AUTHORITY_SUBJECTS)).fetchall():
        if seq <= end:
            continue
        rows = _commit_of(evidence, seq)
        end = int(rows[-1][0])
        yield from _not_of_the_trail(evidence, rows)
        for number, *_, payload in rows:
            for image in (parsed(payload) or {}).get("images", []):
                kept = disposals.rows.get((image["table"], image["key"]))
                if image["table"] in AUTHORITY_TABLES and (kept is None or kept.seq < number):
                    yield from take_image(number, image, last, layer=LAYER)
    for shape in regulated_tables(evidence.connection.cursor()):
        if shape.name in AUTHORITY_TABLES:
            yield from compare_rows(evidence, shape, last, layer=LAYER)
    for (table, key), row in last.items():
        yield Finding(LAYER, row.seq, f"{table} {key}", "The row that the trail shows is not there; it was deleted.")


def _commit_of(evidence: Evidence, seq: int) -> list[Any]:
    """All events of the commit that event ``seq`` belongs to: from after the signature before it to the next one."""
    before = evidence.connection.execute(_END_BEFORE, (seq,)).fetchone()
    cursor, rows = evidence.connection.execute(_COMMIT, (0 if before is None else before[0],)), list[Any]()
    for row in cursor:
        rows.append(row)
        if row[5] is not None and row[0] >= seq:
            break
    return rows


def _not_of_the_trail(evidence: Evidence, rows: list[Any]) -> Iterator[Finding]:
    """Whether each event follows from its body, its payload and the one before it, and the commit's end is signed by the key of its epoch."""
    disposed, due_prev = disposals_of(evidence).events, None
    for seq, body, leaf, prev, hash_, sig, salt, payload in rows:
        event = parsed(body) or {}
        whole = ledger.leaf_of(body) == leaf and ledger.hash_of(prev, leaf) == hash_ and due_prev in (None, prev)
        said = seq in disposed if payload is None else ledger.payload_digest(salt, payload) == event.get("payload")
        if not (whole and said):
            yield Finding(LAYER, seq, f"audit {seq}", "The event that set this authority was edited.")
        due_prev = hashlib.sha256(b"\x03" + hash_ + (sig or b"")).digest()
    seq, _, _, _, hash_, sig, *_ = rows[-1]
    key = VerifyingKey(key_at(epochs_of(evidence), seq))
    if sig is None or not key.accepts(sig, ledger.commit_message(evidence.policy.origin, seq, hash_)):
        yield Finding(
            LAYER, seq, f"audit {seq}", "The commit that set this authority is not signed by the station; it was forged or changed."
        )

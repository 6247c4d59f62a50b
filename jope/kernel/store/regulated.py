"""Which tables are not regulated. Every other table is: its rows are imaged into the audit trail and never deleted.

A table stands here with its reason; ``jope gates run`` compares the list with the schema.
"""

from __future__ import annotations

from typing import Final

LEDGER_TABLES: Final = frozenset(
    {
        "audit",
        "audit_payload",
        "audit_subject",
        "command_outcome",
        "audit_tile",
        "audit_span",
        "audit_actor_tile",
        "checkpoint",
        "cosignature",
    }
)
"""The trail itself, its projections, tree, checkpoints and what witnesses say of them; written by the ledger alone, append-only."""

OPERATIONAL_TABLES: Final = {
    "auth_counter": "raised before every proof of a password and taken back after a right one; each outcome is an event of its own",
    "station_owner": "who holds the station right now, for the message of a second instance; no record depends on it",
    "alembic_version": "the schema's revision; the schema layer of verification compares the schema itself",
}

ALLOW_LISTED: Final = LEDGER_TABLES | OPERATIONAL_TABLES.keys()

"""The stored trail as anchors see it: checkpoints, consistency proofs and changes of key, each read in a short read-only transaction."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

from jope.compliance.access.reader import Reader
from jope.compliance.audit.actions import Action
from jope.compliance.audit.notes import Checkpoint, read_note
from jope.compliance.audit.tree import TreeReader
from jope.kernel.errors import AnchorDisagreesError, AnchorError
from jope.services.anchoring.asking import MAX_ROTATIONS, AddCheckpoint
from jope.services.anchoring.rotations import Rotation

_NEWEST: Final = "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1"
_BELOW: Final = "SELECT note FROM checkpoint WHERE size < ? AND size > ? ORDER BY size DESC LIMIT 1"
_ROTATIONS: Final = (
    "SELECT a.seq, a.body, a.prev, a.sig, p.salt, p.payload FROM audit a JOIN audit_payload p USING (seq) "
    "WHERE a.action = ? AND a.seq > ? AND a.seq <= ? ORDER BY a.seq LIMIT ?"
)
_COSIGNED: Final = "SELECT coalesce(max(size), 0) FROM cosignature WHERE witness = ?"


class StoredTrail:
    """The trail of a station; ``reading`` opens a reader over all of it."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Reader]]) -> None:
        self._reading = reading

    def newest(self) -> Checkpoint | None:
        """The newest checkpoint."""
        with self._reading() as reader:
            return _note(reader.execute(_NEWEST))

    def cosigned(self, witness: str) -> int:
        """The largest size that a witness is known to have cosigned."""
        with self._reading() as reader:
            return int(reader.execute(_COSIGNED, (witness,))[0][0])

    def request(self, old: int) -> AddCheckpoint:
        """What is shown to a witness that remembers ``old``.

        Raises:
            AnchorDisagreesError: the trail is shorter.
            AnchorError: there is no checkpoint to show.
        """
        with self._reading() as reader:
            shown = _note(reader.execute(_NEWEST))
            if shown is None:
                raise AnchorError("There is no checkpoint yet.", remedy="One is made at the start of the station.")
            if shown.size < old:
                raise AnchorDisagreesError(f"The witness saw {old} events, the newest checkpoint here covers {shown.size}.")
            rows = reader.execute(_ROTATIONS, (Action.KEY_ROTATED.value, old, shown.size, MAX_ROTATIONS + 1))
            if len(rows) > MAX_ROTATIONS:
                shown = _note(reader.execute(_BELOW, (rows[-1][0], old)))
                if shown is None:
                    raise AnchorError(f"No checkpoint stands between {old} and the {MAX_ROTATIONS} changes of key after it.")
                rows = [row for row in rows if row[0] <= shown.size]
            return _request(reader.cursor, old, shown, rows)


def _request(cursor: Any, old: int, shown: Checkpoint, rows: list[Any]) -> AddCheckpoint:
    tree = TreeReader(cursor, shown.size)
    proof = tree.consistency(old) if 0 < old < shown.size else []
    rotations = tuple(
        Rotation(body, bytes(salt), payload, bytes(prev), bytes(sig), tuple(tree.inclusion(seq)))
        for seq, body, prev, sig, salt, payload in rows
    )
    return AddCheckpoint(old, tuple(proof), rotations, shown)


def _note(rows: list[Any]) -> Checkpoint | None:
    return read_note(rows[0][0]) if rows else None

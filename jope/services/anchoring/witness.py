"""The witness's rules: when it cosigns, and what it answers otherwise (C2SP tlog-witness; RFC 9162, section 2.1.4.2).

In this order:

1. 400 the request is malformed. 404 nobody registered the trail. 403 the connection's certificate is not the one pinned for the trail.
2. 409, with the remembered size: the tree is smaller than what was cosigned. 400 the old size is larger than the tree.
   409 the old size is not the remembered one.
3. 403 a change of key does not follow from the newest known key, or the note is not signed by the key that follows (``rotations.py``).
4. 422 the trail is not the continuation of what was cosigned: another root at the same size, or a proof that does not hold. The note is kept as evidence.
5. 503 the witness's own clock stands before its last cosignature, or its memory of this trail is damaged.
6. 200 with the cosignature, after size, root, note and key are on the disk.

C2SP asks for the signature before the old size. Here the old size comes first, because it says which changes of key are needed; it is told only to the
holder of the certificate that is pinned for the trail. At the same size with another root C2SP's first version says 409; this one says 422, as its successor.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

import structlog

from jope.compliance.audit.merkle import EMPTY_ROOT, extends
from jope.compliance.audit.notes import ED25519, Checkpoint, key_id_of
from jope.kernel.clock import JUMP_LIMIT_US, Clock
from jope.kernel.crypto.signing import SigningKey
from jope.kernel.errors import AnchorRefusedError, WitnessError, WitnessRequestError
from jope.services.anchoring.asking import AddCheckpoint, read_request
from jope.services.anchoring.memory import OriginFolder, State, WitnessFolder
from jope.services.anchoring.rotations import Epoch

log = structlog.get_logger("jope.witness")
SIZE_TYPE: Final = "text/x.tlog.size"
TEXT_TYPE: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: the status of HTTP, a text, and its type."""

    status: int
    text: str
    type: str = TEXT_TYPE


class Witness:
    """Cosigns checkpoints. Thread-safe: one request is decided and made durable at a time."""

    def __init__(self, folder: WitnessFolder, key: SigningKey, clock: Clock) -> None:
        self.folder = folder
        self.name = folder.name
        self._key = key
        self._clock = clock
        self._guard = threading.Lock()

    def add_checkpoint(self, body: str, client_pin: bytes) -> Answer:
        """Answer a request for a cosignature from the holder of a certificate (its SHA-256)."""
        try:
            request = read_request(body)
            with self._guard:
                return self._decide(request, client_pin)
        except WitnessRequestError as error:
            return Answer(400, f"{error}\n")
        except AnchorRefusedError as error:
            return Answer(403, f"{error}\n")
        except (WitnessError, OSError) as error:
            log.error("not cosigned", error=str(error))
            return Answer(503, "The witness cannot cosign now; see its log.\n")

    def newest(self, id_: str, client_pin: bytes) -> Answer:
        """The newest cosigned note of a trail by the id of its origin; 404 where there is none."""
        for folder in self.folder.all_origins():
            if folder.folder.name == id_:
                if folder.registration().client_pin != client_pin:
                    return Answer(403, "This certificate may not ask for this trail.\n")
                try:
                    state = folder.state()
                except WitnessError as error:
                    log.error("memory damaged", error=str(error))
                    return Answer(503, "The witness's memory of this trail is damaged; see its log.\n")
                return Answer(200, state.note) if state.size else Answer(404, "Nothing was cosigned yet.\n")
        return Answer(404, "Nobody registered this trail.\n")

    def _decide(self, request: AddCheckpoint, client_pin: bytes) -> Answer:
        shown = request.checkpoint
        folder = self.folder.origin(shown.origin)
        if folder is None:
            return Answer(404, "Nobody registered this trail.\n")
        if folder.registration().client_pin != client_pin:
            return Answer(403, "This certificate may not speak for this trail.\n")
        state = folder.state()
        if shown.size < state.size:
            log.warning("smaller tree", origin=shown.origin, size=shown.size, remembered=state.size)
            return Answer(409, f"{state.size}\n", SIZE_TYPE)
        if request.old > shown.size:
            return Answer(400, "The old size is larger than the tree.\n")
        if request.old != state.size:
            return Answer(409, f"{state.size}\n", SIZE_TYPE)
        epoch = _epoch_after(request, state.epoch)
        if not shown.is_signed_by(epoch.public):
            raise AnchorRefusedError("The checkpoint is not signed by the key that is due.")
        if not _continues(request, state):
            folder.keep_refused(shown.note)
            log.error("fork", origin=shown.origin, size=shown.size, remembered=state.size)
            return Answer(422, "This trail is not the continuation of the one that was cosigned.\n")
        return self._cosigned(folder, state, shown, epoch)

    def _cosigned(self, folder: OriginFolder, state: State, shown: Checkpoint, epoch: Epoch) -> Answer:
        now_us = self._clock.now().utc_us
        posix = now_us // 1_000_000
        if now_us + JUMP_LIMIT_US < state.posix * 1_000_000:
            raise WitnessError("The witness's clock stands before its last cosignature.", remedy="Correct the clock.")
        own = key_id_of(shown.origin, ED25519, epoch.public)
        plain = Checkpoint(shown.origin, shown.size, shown.root, tuple(s for s in shown.signatures if s.key_id == own))
        cosigned = plain.cosigned(self.name, self._key, max(posix, state.posix))
        folder.remember(state.after(cosigned, epoch, max(posix, state.posix)))
        return Answer(200, cosigned.signatures[-1].line)


def _epoch_after(request: AddCheckpoint, known: Epoch) -> Epoch:
    """The epoch whose key signs the shown checkpoint.

    Raises:
        AnchorRefusedError: a change of key does not follow, or lies before what was cosigned.
    """
    for rotation in request.rotations:
        known = rotation.follows(known, request.checkpoint)
        if known.first <= request.old + 1:
            raise AnchorRefusedError("A change of key lies before what was cosigned.")
    if known.first > request.checkpoint.size + 1:
        raise AnchorRefusedError("A change of key lies behind the checkpoint.")
    return known


def _continues(request: AddCheckpoint, state: State) -> bool:
    shown = request.checkpoint
    if state.size == 0:
        return not request.proof and (shown.size > 0 or shown.root == EMPTY_ROOT)
    return extends(state.root, state.size, shown.root, shown.size, request.proof)

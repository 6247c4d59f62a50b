"""The anchors of a policy: witnesses that cosign, and a table of another server. The folder is in ``folder.py``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from jope.compliance.audit.notes import Checkpoint, read_note
from jope.kernel.clock import Clock
from jope.kernel.errors import (
    AnchorConflictError,
    AnchorDisagreesError,
    AnchorError,
    AnchorRefusedError,
    AnchorUnreachableError,
    CheckpointError,
    PinError,
)
from jope.kernel.settings.files import WitnessAnchor
from jope.services.anchoring.asking import AddCheckpoint
from jope.services.anchoring.client import DEADLINE_SECONDS, WitnessClient
from jope.services.anchoring.ports import AnchorTable, Kept, Trail
from jope.services.anchoring.settingup import ClientIdentity
from jope.services.anchoring.wire import Response

_SIZE: Final = re.compile(r"(0|[1-9][0-9]{0,15})\n")
MAX_STEPS: Final = 64
"""How many requests one round takes at most; each carries up to 30 days of keys."""
_DISAGREE: Final = "This trail and the witness disagree: "


class WitnessTarget:
    """One witness. ``identity`` is asked for at each round, so that a station may be enrolled while it runs."""

    kind = "witness"
    every_us = 0

    def __init__(
        self, anchor: WitnessAnchor, identity: Callable[[], ClientIdentity | None], clock: Clock, *, seconds: float = DEADLINE_SECONDS
    ) -> None:
        self.name = anchor.name
        self._anchor = anchor
        self._public = bytes.fromhex(anchor.public_key)
        self._identity = identity
        self._clock = clock
        self._seconds = seconds
        self._client: WitnessClient | None = None
        self._stopped = False

    def keep(self, trail: Trail) -> Kept:
        """Have the newest checkpoint cosigned, over as many steps as days of keys ask for.

        Raises:
            AnchorDisagreesError: the witness remembers another trail, or a longer one, or less than it cosigned.
            AnchorRefusedError, AnchorUnreachableError, PinError: as named.
        """
        client = self._connected()
        cosigned = old = trail.cosigned(self.name)
        for _ in range(MAX_STEPS):
            request = trail.request(old)
            response = client.add_checkpoint(request)
            if response.status == 409:
                old = self._remembered(response, old, cosigned, request.checkpoint)
                continue
            self._require_done(response)
            kept = self._cosignature(request, response)
            old = cosigned = kept.size
            newest = trail.newest()
            if newest is None or newest.size == kept.size:
                return kept
        raise AnchorError(f"The witness {self.name} is still behind after {MAX_STEPS} steps.")

    def abort(self) -> None:
        """End a running request."""
        self._stopped = True
        if self._client is not None:
            self._client.abort()

    def _connected(self) -> WitnessClient:
        identity = self._identity()
        if identity is None:
            raise AnchorRefusedError("This station has no client certificate.", remedy="Run 'jope witness enrol' and register it.")
        self._client = WitnessClient(self._anchor, identity, self._clock, seconds=self._seconds)
        if self._stopped:
            self._client.abort()
        return self._client

    def _remembered(self, response: Response, old: int, cosigned: int, shown: Checkpoint) -> int:
        """The size that the witness remembers, where the trail can go on from there."""
        found = _SIZE.fullmatch(response.text)
        if found is None:
            raise AnchorUnreachableError("The witness's answer names no size.")
        size = int(found.group(1))
        if size > shown.size:
            raise AnchorDisagreesError(f"{_DISAGREE}it saw {size} events, the newest checkpoint here covers {shown.size}.")
        if size < cosigned:
            raise AnchorDisagreesError(f"{_DISAGREE}it remembers {size} events and cosigned {cosigned} before; its memory was put back.")
        if size == old:
            raise AnchorRefusedError("The witness asks for the size that it was given.")
        return size

    def _require_done(self, response: Response) -> None:
        said = response.text.strip().replace("\n", " ")[:200]
        if response.status == 422:
            raise AnchorDisagreesError(f"{_DISAGREE}what it cosigned is not the beginning of this trail.")
        if response.status in (400, 403, 404, 405, 413):
            raise AnchorRefusedError(f"The witness {self.name} refuses ({response.status}): {said}")
        if response.status != 200:
            raise AnchorUnreachableError(f"The witness {self.name} cannot cosign now ({response.status}): {said}")

    def _cosignature(self, request: AddCheckpoint, response: Response) -> Kept:
        shown = request.checkpoint
        try:
            point = read_note(shown.note + response.text)
        except CheckpointError as error:
            raise PinError(f"The witness {self.name} answers with something that is no cosignature.") from error
        for signature in point.signatures[len(shown.signatures) :]:
            one = Checkpoint(shown.origin, shown.size, shown.root, (signature,))
            posix = one.cosigned_at(self.name, self._public)
            if posix:
                return Kept(shown.size, signature.line, posix)
        raise PinError(f"The answer of the witness {self.name} is not signed by its pinned key.")


class TableTarget:
    """A table of another server, the historian's for one. It gives no proof; what it holds is read back."""

    kind = "table"
    every_us = 0

    def __init__(self, name: str, table: AnchorTable) -> None:
        self.name = name
        self._table = table

    def keep(self, trail: Trail) -> Kept:
        """Add the newest checkpoint and read the newest row back.

        Raises:
            AnchorDisagreesError: the table holds a longer trail of this origin, or another one.
            AnchorUnreachableError: the server does not answer.
        """
        shown = trail.newest()
        if shown is None:
            raise AnchorError("There is no checkpoint yet.", remedy="One is made at the start of the station.")
        before = self._table.newest(shown.origin)
        if before is not None:
            _require_continued(self.name, read_note(before.note), shown, trail)
        self._table.insert(shown.origin, shown.size, shown.note)
        row = self._table.newest(shown.origin)
        if row is None or row.note != shown.note:
            raise AnchorConflictError(f"The table {self.name} gives back another checkpoint than it was given.")
        return Kept(shown.size, "", row.posix)

    def abort(self) -> None:
        """Nothing runs for longer than the table's own deadline."""


def _require_continued(name: str, held: Checkpoint, shown: Checkpoint, trail: Trail) -> None:
    """The trail still is what the table holds: the proof from there is made from the store, and checked as a witness would."""
    from jope.compliance.audit.merkle import extends

    if held.size > shown.size:
        raise AnchorDisagreesError(f"The table {name} holds {held.size} events, the newest checkpoint here covers {shown.size}.")
    if held.size == shown.size:
        same = held.root == shown.root
    else:
        request = trail.request(held.size)
        same = extends(held.root, held.size, request.checkpoint.root, request.checkpoint.size, request.proof)
    if not same:
        raise AnchorDisagreesError(f"What the table {name} holds is not the beginning of this trail; it was rewritten.")

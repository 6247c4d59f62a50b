"""The text of a request for a cosignature (C2SP tlog-witness, ``add-checkpoint``). No I/O.

::

    old 4711
    PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
    key {"body":"...","payload":"...","prev":"...","proof":[...],"salt":"...","sig":"..."}

    jope/LINE-3/1
    4790
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — jope/LINE-3/1 Az3grl...

The ``key`` lines are this product's own addition (``rotations.py``); a request without a change of key is one of C2SP to the byte.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from jope.compliance.audit.notes import Checkpoint, read_note
from jope.kernel.errors import CheckpointError, WitnessRequestError
from jope.services.anchoring.rotations import Rotation, read_rotation

PATH = "/add-checkpoint"
MAX_PROOF_NODES = 63
MAX_ROTATIONS = 30
"""How many changes of key one request carries; at 2 KB each they stay well below the largest body that a witness reads."""
_OLD = re.compile(r"^old (0|[1-9][0-9]{0,15})$")
_KEY = "key "


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """What a station shows to a witness: a checkpoint, the size that it believes the witness remembers, and the proof from there."""

    old: int
    proof: tuple[bytes, ...]
    rotations: tuple[Rotation, ...]
    checkpoint: Checkpoint

    @property
    def text(self) -> str:
        """The body of the request."""
        proof = "".join(f"{base64.b64encode(node).decode('ascii')}\n" for node in self.proof)
        keys = "".join(f"{_KEY}{rotation.line}\n" for rotation in self.rotations)
        return f"old {self.old}\n{proof}{keys}\n{self.checkpoint.note}"


def read_request(text: str) -> AddCheckpoint:
    """Read a request.

    Raises:
        WitnessRequestError: malformed.
    """
    head, gap, note = text.partition("\n\n")
    first, *rest = head.split("\n")
    old = _OLD.match(first)
    if not gap or old is None:
        raise WitnessRequestError("The request does not begin with the old size.")
    nodes = [line for line in rest if not line.startswith(_KEY)]
    keys = rest[len(nodes) :]
    if rest[: len(nodes)] != nodes or len(nodes) > MAX_PROOF_NODES or len(keys) > MAX_ROTATIONS:
        raise WitnessRequestError("The request carries too many lines, or in another order.")
    try:
        checkpoint = read_note(note)
    except CheckpointError as error:
        raise WitnessRequestError(error.message) from error
    rotations = tuple(read_rotation(line.removeprefix(_KEY)) for line in keys)
    return AddCheckpoint(int(old.group(1)), tuple(_node(line) for line in nodes), rotations, checkpoint)


def _node(line: str) -> bytes:
    try:
        node = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError) as error:
        raise WitnessRequestError("A line of the proof is not base64.") from error
    if len(node) != 32 or base64.b64encode(node).decode("ascii") != line:
        raise WitnessRequestError("A line of the proof is not the one form of 32 bytes.")
    return node

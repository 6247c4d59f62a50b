"""What the anchors of a policy remember, asked now: for a verification that is told to look outside. Nothing hangs for longer than the deadlines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jope.compliance.audit.notes import Checkpoint, read_note
from jope.kernel.clock import Clock
from jope.kernel.errors import AnchorRefusedError, AnchorUnreachableError, JopeError
from jope.kernel.settings.files import FolderAnchor, PolicyFile, WitnessAnchor
from jope.services.anchoring.client import WitnessClient
from jope.services.anchoring.folder import FolderTarget
from jope.services.anchoring.settingup import ClientIdentity


@dataclass(frozen=True, slots=True)
class Remembered:
    """What one anchor holds of a trail, or why that is not known."""

    name: str
    checkpoints: tuple[Checkpoint, ...] = ()
    problem: str = ""


def ask_anchors(policy: PolicyFile, identity: Callable[[], ClientIdentity | None], clock: Clock) -> tuple[Remembered, ...]:
    """Ask each anchor of a policy. One that cannot be asked says so in its answer; none raises."""
    return tuple(_asked(anchor, policy.origin, identity, clock) for anchor in policy.live_anchors())


def _asked(anchor: WitnessAnchor | FolderAnchor, origin: str, identity: Callable[[], ClientIdentity | None], clock: Clock) -> Remembered:
    try:
        return Remembered(anchor.name, _held(anchor, origin, identity, clock))
    except JopeError as error:
        return Remembered(anchor.name, problem=error.message)


def _held(
    anchor: WitnessAnchor | FolderAnchor, origin: str, identity: Callable[[], ClientIdentity | None], clock: Clock
) -> tuple[Checkpoint, ...]:
    if isinstance(anchor, FolderAnchor):
        return FolderTarget(anchor).read(origin)
    who = identity()
    if who is None:
        raise AnchorRefusedError("There is no client certificate here to ask the witness with.")
    response = WitnessClient(anchor, who, clock).newest(origin)
    if response.status == 404:
        return ()
    if response.status != 200:
        raise AnchorUnreachableError(f"The witness answers {response.status}: {response.text.strip()[:200]}")
    point = read_note(response.text)
    if point.cosigned_at(anchor.name, bytes.fromhex(anchor.public_key)) is None:
        raise AnchorRefusedError("What the witness shows does not carry its own cosignature.")
    return (point,)

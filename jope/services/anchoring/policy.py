"""What a station's policy names as anchors, as parts of the program: targets to keep checkpoints in, and the port behind the guard of a release."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from jope.compliance.audit.actions import Action
from jope.kernel.clock import Clock
from jope.kernel.settings.files import PolicyFile, WitnessAnchor
from jope.kernel.store.rows import RowSession
from jope.services.anchoring.folder import FolderTarget
from jope.services.anchoring.ports import AnchorTarget
from jope.services.anchoring.settingup import ClientIdentity
from jope.services.anchoring.targets import WitnessTarget

_NEWEST_OF: Final = (
    "SELECT p.payload FROM audit_subject s JOIN audit a USING (seq) JOIN audit_payload p USING (seq) "
    "WHERE s.kind = 'anchor' AND s.id = ? AND a.action = ? ORDER BY s.n DESC LIMIT 1"
)


def targets_of(policy: PolicyFile, identity: Callable[[], ClientIdentity | None], clock: Clock) -> tuple[AnchorTarget, ...]:
    """The anchors that a station gives its checkpoints to."""
    return tuple(
        WitnessTarget(anchor, identity, clock) if isinstance(anchor, WitnessAnchor) else FolderTarget(anchor)
        for anchor in policy.live_anchors()
    )


class PolicyAnchors:
    """How far the anchors of a policy reach, from what the trail says of them (``plant.batches.ports.Anchors``)."""

    def __init__(self, policy: PolicyFile) -> None:
        self.needed = policy.release_needs_anchor
        self._names = tuple(anchor.name for anchor in policy.live_anchors())

    def reach(self, session: RowSession) -> int:
        """The largest size that one of the anchors said it keeps."""
        return max((self._of(session, name) for name in self._names), default=0)

    @staticmethod
    def _of(session: RowSession, name: str) -> int:
        payload = session.value(_NEWEST_OF, name, Action.LOG_ANCHORED.value)
        return 0 if payload is None else int(json.loads(payload)["details"]["size"])

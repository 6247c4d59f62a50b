"""What verification looks at: a connection that reads, the pinned policy, and optional keys. Signing keys are never needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from jope.compliance.audit.head_mark import Mark
from jope.compliance.audit.notes import Checkpoint
from jope.compliance.audit.verification.report import Finding
from jope.kernel.crypto.sealing import FieldSealer
from jope.kernel.settings.files import PolicyFile
from jope.kernel.store.migrations import SchemaRow

_BATCH = 2000


class LayerAbsentError(Exception):
    """What a layer needs is not there (a key, an anchor), which is not a finding."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The material of one verification. ``sealer`` is None where the image key is not at hand."""

    connection: Any
    policy: PolicyFile
    expected_schema: tuple[SchemaRow, ...]
    sealed: frozenset[tuple[str, str]]
    sealer: FieldSealer | None
    mark: Mark | None = None
    """The head mark beside the station's keys."""
    beside_keys: bool = False
    """Whether the store stands in its station, where a head mark must be."""
    anchors: tuple[Checkpoint, ...] = ()
    """Checkpoints of this trail that were kept elsewhere."""
    memory: dict[str, Any] = field(default_factory=dict)
    """What one layer worked out and another needs too."""
    progress: Callable[[str, float], None] = lambda _layer, _share: None
    """Told the layer that begins and the share of all layers that is done."""

    def rows(self, sql: str, parameters: tuple[Any, ...] = ()) -> Iterator[Any]:
        """The rows of a query, in pieces, so that memory stays flat."""
        cursor = self.connection.execute(sql, parameters)
        while chunk := cursor.fetchmany(_BATCH):
            yield from chunk


Layer = Callable[[Evidence], Iterator[Finding]]
"""One layer of verification: findings over the evidence."""

"""What may be asked of exports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from jope.compliance.commands import Command


class Scope(StrEnum):
    """How much leaves the station."""

    SUBJECT = "subject"
    """Every event about one record, with a proof for each."""
    TRAIL = "trail"
    """The whole trail."""
    STATION = "station"
    """The whole trail, every business table and every batch record, readable without the product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportData(Command):
    """Make a bundle. The export is an event before the file exists (URS C13, O07). ``kind`` and ``id`` name the record of a subject's export."""

    scope: Scope = Scope.SUBJECT
    kind: str = ""
    id: str = ""

    @property
    def subject(self) -> dict[str, Any] | None:
        """The record as manifest and event name it; None for more than one record."""
        return {"kind": self.kind, "id": self.id} if self.scope is Scope.SUBJECT else None

    @property
    def filed_under(self) -> tuple[str, str]:
        """What the event is about: the record itself, so that the event closes the count of its events; else the trail."""
        return (self.kind, self.id) if self.scope is Scope.SUBJECT else ("ledger", "trail")

    @property
    def request(self) -> dict[str, Any]:
        """What was asked; the event holds its digest and the manifest its text."""
        return {"command": self.command_id, "format": 1, "scope": self.scope.value, "subject": self.subject}

"""What may be asked of reporting."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintBatchRecord(Command):
    """Print the record of a batch. The print is an event before the paper exists (URS C13, O07)."""

    batch_no: str

"""What may be asked about labels (URS F09, F16)."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintLabel(Command):
    """Print the first label of a weighing. ``shown_sha256`` is of the bytes whose picture the person saw; no others are sent."""

    weighing_id: str
    device_id: str
    shown_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprintLabel(Command):
    """Print a further label of a weighing, with the next copy number and the reason why."""

    weighing_id: str
    device_id: str
    shown_sha256: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveLabel(Command):
    """A person looked at the printer and says by signature whether a label came out of which nobody knew."""

    print_id: str
    came_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginLabel(Command):
    """The station is about to send a label."""

    print_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndLabel(Command):
    """The station notes what became of a label: ``printed``, ``refused`` or ``unknown``. ``evidence`` is what the printer said, line by line."""

    print_id: str
    outcome: str
    message: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class LabelAsked:
    """The label that will be sent, and its copy number."""

    print_id: str
    copy_no: int

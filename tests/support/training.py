"""Procedures and what is required, at a station of tests: four-eyes commands are carried out at once, as an approved change would."""

from __future__ import annotations

import dataclasses
from typing import Any

from jope.compliance.bus.dispatch import CommandBus
from jope.compliance.commands import Command
from jope.compliance.training.commands import PublishSop, ReadAndUnderstood, RequireTraining
from tests.support.demo import Crew

DOCUMENT = b"1. Look at the line from end to end.\n2. Answer each check after you looked.\n"


def carried_out(crew: Crew, command: Command, who: str = "D-QA") -> Any:
    """The outcome of a four-eyes command whose change request was approved."""
    parts = crew.station.bus._parts
    declarations = {kind: dataclasses.replace(d, four_eyes=None) for kind, d in parts.declarations.items()}
    return CommandBus(dataclasses.replace(parts, declarations=declarations)).dispatch(command, crew.token(who))


def published(crew: Crew, sop_id: str = "SOP-017", number: int = 1, **changed: Any) -> PublishSop:
    """A version that is effective."""
    hash_ = crew.station.keep_document(changed.pop("document", DOCUMENT), crew.token("D-QA"))
    fields: dict[str, Any] = {
        "title": "Line clearance", "document_hash": hash_, "document_name": f"{sop_id}-{number}.txt", "effective_from": "2026-01-01",
        "validity_months": 0, "reason": "periodic revision",
    }  # fmt: skip
    command = PublishSop(sop_id=sop_id, number=number, **(fields | changed))
    carried_out(crew, command)
    return command


def required(crew: Crew, key: str, sop_id: str = "SOP-017", kind: str = "action") -> RequireTraining:
    """A requirement that is in force."""
    command = RequireTraining(kind=kind, key=key, sop_id=sop_id, reason="nobody does it untrained")
    carried_out(crew, command)
    return command


def read(crew: Crew, who: str, sop_id: str = "SOP-017", number: int = 1) -> Any:
    """A person reads and signs."""
    return crew.sign(who, ReadAndUnderstood(sop_id=sop_id, number=number))

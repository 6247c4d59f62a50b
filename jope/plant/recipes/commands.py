"""What may be asked about master recipes."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True)
class RecipeLine:
    """One material of a formula: target and limits as decimal texts in ``unit``."""

    position: int
    material_code: str
    target: str
    low: str
    high: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRecipeVersion(Command):
    """Write a new version of a master recipe as a draft."""

    recipe_id: str
    version: int
    product: str
    batch_size: str
    unit: str
    lines: tuple[RecipeLine, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveRecipeVersion(Command):
    """Approve a draft and make it effective; the version effective before is superseded."""

    recipe_id: str
    version: int

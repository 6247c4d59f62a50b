"""How an action is signed, as data, and the least that the program itself demands of it (URS B03; domain.md "Signature meanings").

The matrix may demand more than the program, never less: a stored row that is weaker than the declaration of its command is not followed, and a start says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from jope.compliance.commands import FULL_EACH_TIME, Command, Declaration, Meaning, offered_meanings

LEAST_OFFERED: Final = 3
"""A choice between fewer meanings would be a choice that is made beforehand."""


class Signing(StrEnum):
    """How an action is signed, weakest first."""

    NONE = "none"
    SIGN = "sign"
    SIGN_VERIFY = "sign_verify"


_STRENGTH: Final = tuple(Signing)


@dataclass(frozen=True, slots=True)
class SignatureRule:
    """How one action is signed. ``number`` is its version in the matrix, 0 for what the program itself demands.

    ``meaning`` is the one that counts, ``offered`` those that the signer chooses from, ``verifying`` the command by which the second person
    completes the action, ``series`` whether it may be signed inside a series with the password alone.
    """

    action: str
    number: int
    signing: Signing
    meaning: Meaning | None
    offered: tuple[Meaning, ...]
    verifying: str
    series: bool

    @classmethod
    def read(cls, row: Any) -> SignatureRule:
        """From (action, number, signing, meaning, offered, verifying, series) as stored."""
        action, number, signing, meaning, offered, verifying, series = row
        chosen = tuple(Meaning(m) for m in json.loads(offered))
        return cls(action, number, Signing(signing), None if meaning is None else Meaning(meaning), chosen, verifying, bool(series))


def floor_of(declaration: Declaration) -> SignatureRule:
    """The least that the program demands, and what the matrix begins with."""
    action, meaning = declaration.command.__name__, declaration.meaning
    if meaning is None:
        return SignatureRule(action, 0, Signing.NONE, None, (), "", False)
    verifying = "" if declaration.verifying is None else declaration.verifying.__name__
    signing = Signing.SIGN_VERIFY if verifying else Signing.SIGN
    return SignatureRule(action, 0, signing, meaning, offered_meanings(meaning), verifying, False)


def floors_of(declarations: Mapping[type[Command], Declaration]) -> dict[str, SignatureRule]:
    """The floor of each action that people ask for, by its name. What the station does, and coming and going, is not in the matrix."""
    return {d.command.__name__: floor_of(d) for d in declarations.values() if d.meaning is not None or d.of_people}


def faults_of(rule: SignatureRule, floor: SignatureRule) -> Iterator[str]:
    """What is wrong with a stored rule against the floor of its action, in sentences without a full stop."""
    if _STRENGTH.index(rule.signing) < _STRENGTH.index(floor.signing):
        yield f"{rule.action} is '{rule.signing}' and the program demands '{floor.signing}'"
    if floor.meaning is not None and rule.meaning is not floor.meaning:
        yield f"{rule.action} is signed as '{rule.meaning}' and the program demands '{floor.meaning}'"
    if rule.verifying != floor.verifying:
        yield f"{rule.action} names '{rule.verifying}' to verify it and the program '{floor.verifying}'"
    if rule.meaning is not None and (rule.meaning not in rule.offered or len(set(rule.offered)) < LEAST_OFFERED):
        yield f"{rule.action} offers no choice of at least {LEAST_OFFERED} meanings with its own among them"
    if rule.series and (rule.meaning is None or rule.meaning in FULL_EACH_TIME):
        yield f"{rule.action} may not be signed in a series"


def in_force(stored: SignatureRule | None, floor: SignatureRule) -> SignatureRule:
    """The rule to follow: the stored one, or the floor where there is none or it is faulty."""
    if stored is None or any(faults_of(stored, floor)):
        return floor
    return stored


def first_version(floor: SignatureRule) -> SignatureRule:
    """What the matrix begins with: what the program demands, and no series."""
    return replace(floor, number=1)

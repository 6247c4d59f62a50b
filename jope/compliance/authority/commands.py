"""What may be asked about roles and about access as a whole. Instants are UTC microseconds."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRole(Command):
    """A new role with what it may do."""

    role: str
    title: str
    permissions: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRole(Command):
    """A role may do something else from now on: ``permissions`` is all that it holds then."""

    role: str
    permissions: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointDeputy(Command):
    """A person holds another's role too, for a time."""

    employee_id: str
    stands_for: str
    from_us: int
    until_us: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlass(Command):
    """A person takes the emergency role for at most four hours, at once and alone; alarmed, marked on everything, reviewed after."""

    grant_id: str
    minutes: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndBreakGlass(Command):
    """The emergency is over before its time."""

    grant_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewBreakGlass(Command):
    """Another person looks at what was done in the emergency."""

    grant_id: str
    review: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAccessReview(Command):
    """List every account with what it may do and when it was last used."""

    review_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAccessLine(Command):
    """Decide on one account of a list: ``keep``, ``change`` or ``disable``."""

    review_id: str
    account: str
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAccessReview(Command):
    """Every line of the list is signed."""

    review_id: str

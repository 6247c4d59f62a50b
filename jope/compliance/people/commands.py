"""What may be asked about people's accounts. Whoever names dates gives them as YYYY-MM-DD in the site's zone, or an empty text for none."""

from __future__ import annotations

from dataclasses import dataclass, field

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUser(Command):
    """A new account. Nobody signs in with it before the person's identity was checked and a first password was given out.

    ``access_from`` is the first day and ``access_until`` the last.
    """

    employee_id: str
    name: str
    role: str
    line: str
    access_from: str = ""
    access_until: str = ""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeUser(Command):
    """Another name, role, line or time of access for an account."""

    employee_id: str
    name: str
    role: str
    line: str
    access_from: str = ""
    access_until: str = ""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnableUser(Command):
    """A disabled account may be used again, with a new first password."""

    employee_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockUser(Command):
    """A locked account may be used again, after its person's identity was checked before a witness. ``how`` says by what."""

    employee_id: str
    how: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetCredential(Command):
    """A person's password is void; a first password may be given out."""

    employee_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueBadge(Command):
    """A badge that fills in an employee id. ``badge_digest`` is ``badges.badge_digest`` of its number, ``identity_check_id`` a check of its own."""

    employee_id: str
    badge_digest: str
    identity_check_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordIdentityCheck(Command):
    """Whoever saw the person and a document signs that they are who they say. The document is kept by its hash."""

    check_id: str
    employee_id: str
    how: str
    document_name: str
    document_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCredential(Command):
    """Give out a first password that is good for choosing one's own, and for nothing else."""

    employee_id: str
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeBadge(Command):
    """A lost or returned badge is void at once."""

    employee_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDisabling(Command):
    """Look at the disabling of an account after it was done."""

    disabling_id: str
    review: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFactorTest(Command):
    """A test of the badge reader or of a second factor, by its procedure. ``next_due`` is a date."""

    test_id: str
    kind: str
    device: str
    procedure: str
    passed: bool
    next_due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAccess(Command):
    """The station disables an account whose last day is over."""

    employee_id: str

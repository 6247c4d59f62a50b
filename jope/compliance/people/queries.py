"""Read people's accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import Reader, needs
from jope.compliance.identity.model import AccountState, CredentialState
from jope.compliance.identity.queries import granted_roles, permissions_of_role
from jope.kernel.clock import site_date

_ACCOUNTS: Final = (
    "SELECT u.employee_id, u.name, u.role, r.title, u.line, u.state, u.password_state, u.identified, u.admitted, u.access_from_us, u.access_until_us, "
    "u.created_us, (SELECT max(opened_us) FROM session s WHERE s.employee_id = u.employee_id), "
    "(SELECT id FROM badge b WHERE b.employee_id = u.employee_id AND b.state = 'active') FROM user_account u JOIN role r ON r.role = u.role"
)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account. ``standing`` is a word for where it stands; times are UTC microseconds; ``badge`` is the digest of the badge in use, empty for none."""

    employee_id: str
    name: str
    role: str
    role_title: str
    line: str
    state: str
    standing: str
    identified: bool
    admitted: bool
    password_state: str
    access_from_us: int | None
    access_until_us: int | None
    created_us: int
    last_used_us: int | None
    badge: str
    roles_for_a_time: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role in its version in force, with the number of people who hold it."""

    role: str
    title: str
    number: int
    administrative: bool
    permissions: frozenset[Permission]
    people: int


@dataclass(frozen=True, slots=True)
class DisablingRow:
    """The disabling of an account that waits for its review."""

    disabling_id: str
    employee_id: str
    disabled_by: str
    reason: str
    disabled_us: int


@dataclass(frozen=True, slots=True)
class BadgeRow:
    """A badge by the digest of its number; times are UTC microseconds."""

    digest: str
    employee_id: str
    state: str
    issued_us: int
    revoked_us: int | None
    identity_check_id: str


@dataclass(frozen=True, slots=True)
class FactorTestRow:
    """A test of a badge reader or of a second factor. ``overdue`` says that it is the newest of its device and the next one is late."""

    test_id: str
    kind: str
    device: str
    procedure: str
    passed: bool
    tested_us: int
    tested_by: str
    next_due: str
    overdue: bool


@needs(Permission.USER_READ)
def accounts(reader: Reader) -> tuple[AccountRow, ...]:
    """All accounts, those in use first."""
    rows = reader.execute(f"{_ACCOUNTS} ORDER BY u.admitted DESC, u.employee_id")
    return tuple(_account(reader, *row) for row in rows)


@needs(Permission.USER_READ)
def account(reader: Reader, *, employee_id: str) -> AccountRow:
    """One account.

    Raises:
        NotFoundError: there is none.
    """
    row = reader.one(f"{_ACCOUNTS} WHERE u.employee_id = ?", (employee_id,), missing=f"There is no account {employee_id}.")
    return _account(reader, *row)


@needs(Permission.USER_READ)
def roles(reader: Reader) -> tuple[RoleRow, ...]:
    """All roles."""
    rows = reader.execute(
        "SELECT role, title, number, administrative, (SELECT count(*) FROM user_account u WHERE u.role = r.role AND u.admitted = 1) "
        "FROM role r ORDER BY title"
    )
    return tuple(
        RoleRow(role, title, number, bool(inside), permissions_of_role(reader.cursor, role), people)
        for role, title, number, inside, people in rows
    )


@needs(Permission.USER_READ)
def identity_checks(reader: Reader, *, employee_id: str) -> tuple[tuple[str, str, str, int], ...]:
    """The identity checks of a person that no badge has used: (id, how, document, UTC microseconds), newest first."""
    rows = reader.execute(
        "SELECT id, how, document_name, checked_us FROM identity_check c WHERE employee_id = ? "
        "AND NOT EXISTS (SELECT 1 FROM badge b WHERE b.identity_check_id = c.id) ORDER BY checked_us DESC",
        (employee_id,),
    )
    return tuple((str(a), str(b), str(c), int(d)) for a, b, c, d in rows)


@needs(Permission.USER_READ)
def badges(reader: Reader) -> tuple[BadgeRow, ...]:
    """Every badge that was ever given out, those in use first."""
    rows = reader.execute(
        "SELECT id, employee_id, state, issued_us, revoked_us, identity_check_id FROM badge ORDER BY state, employee_id, issued_us DESC"
    )
    return tuple(BadgeRow(*row) for row in rows)


@needs(Permission.USER_READ)
def factor_tests(reader: Reader) -> tuple[FactorTestRow, ...]:
    """Tests of badge readers and second factors, newest first. A date is late when it is over in the site's zone."""
    rows = reader.execute(
        "SELECT id, kind, device, procedure, passed, tested_us, performed_signer, next_due, next_due < ? AND NOT EXISTS "
        "(SELECT 1 FROM factor_test n WHERE n.kind = t.kind AND n.device = t.device AND n.tested_us > t.tested_us) "
        "FROM factor_test t ORDER BY tested_us DESC, id",
        (site_date(reader.now_us, reader.zone),),
    )
    return tuple(FactorTestRow(a, b, c, d, bool(e), f, g, h, bool(i)) for a, b, c, d, e, f, g, h, i in rows)


@needs(Permission.USER_READ)
def disablings_to_review(reader: Reader) -> tuple[DisablingRow, ...]:
    """What one person disabled and nobody has looked at yet, oldest first."""
    rows = reader.execute(
        "SELECT id, employee_id, disabled_by, reason, disabled_us FROM user_disabling WHERE reviewed_signature IS NULL ORDER BY disabled_us"
    )
    return tuple(DisablingRow(*row) for row in rows)


def ended_access(reader: Reader) -> tuple[str, ...]:
    """Accounts whose last day is over and that are not disabled yet."""
    rows = reader.execute("SELECT employee_id FROM user_account WHERE access_until_us <= ? AND admitted = 1", (reader.now_us,))
    return tuple(str(employee_id) for (employee_id,) in rows)


def _account(
    reader: Reader, employee_id: str, name: str, role: str, title: str, line: str, state: str, password_state: str, identified: int,
    admitted: int, from_us: int | None, until_us: int | None, created_us: int, used_us: int | None, badge: str | None,
) -> AccountRow:  # fmt: skip
    granted = tuple(grant.role for grant in granted_roles(reader.cursor, employee_id, reader.judged_us))
    standing = _standing(state, password_state, bool(identified), bool(admitted), from_us, reader.judged_us)
    return AccountRow(
        employee_id, name, role, title, line, state, standing, bool(identified), bool(admitted), password_state, from_us, until_us, created_us,
        used_us, badge or "", granted,
    )  # fmt: skip


def _standing(state: str, password_state: str, identified: bool, admitted: bool, from_us: int | None, now_us: int) -> str:
    """One word for where an account stands."""
    if not admitted:
        return "disabled"
    if not identified:
        return "identity check due"
    if password_state == CredentialState.NONE:
        return "first password due"
    if state != AccountState.ACTIVE:
        return state
    if from_us is not None and now_us < from_us:
        return "not begun"
    return "first sign-in due" if password_state == CredentialState.ONE_TIME else "active"

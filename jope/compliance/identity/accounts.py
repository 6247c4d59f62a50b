"""An account by its employee id, for whoever changes it or shows it on a sheet."""

from __future__ import annotations

from jope.compliance.identity.authentication import forget_failures
from jope.compliance.identity.model import AccountState, UserAccount
from jope.kernel.errors import NotFoundError
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork


def account_named(session: RowSession, employee_id: str) -> UserAccount:
    """The account of this id.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(UserAccount, employee_id)
    if found is None:
        raise NotFoundError(f"There is no account {employee_id}.")
    return found


def unlock_account(uow: UnitOfWork, user: UserAccount) -> None:
    """The account is active again, and its failures are counted anew."""
    user.state = AccountState.ACTIVE.value
    forget_failures(uow, user.employee_id)

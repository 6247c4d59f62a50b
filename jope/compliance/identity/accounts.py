"""An account by its employee id, for whoever changes it or shows it on a sheet."""

from __future__ import annotations

from jope.compliance.identity.model import UserAccount
from jope.kernel.errors import NotFoundError
from jope.kernel.store.rows import RowSession


def account_named(session: RowSession, employee_id: str) -> UserAccount:
    """The account of this id.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(UserAccount, employee_id)
    if found is None:
        raise NotFoundError(f"There is no account {employee_id}.")
    return found

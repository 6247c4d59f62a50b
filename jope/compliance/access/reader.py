"""The one way to read: a short query-only transaction on a connection that shows the reader's line alone (URS A14; ``scope.py``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from jope.compliance.access.permissions import Permission
from jope.kernel.errors import NotFoundError, PermissionDeniedError

ALL_LINES: Final = "*"


_Query = TypeVar("_Query", bound=Callable[..., Any])
_PERMISSION: Final = "__jope_permission__"
_SENSITIVE: Final = "__jope_sensitive__"


def needs(permission: Permission) -> Callable[[_Query], _Query]:
    """Declare that a query may be asked only by whoever holds the permission."""

    def declare(query: _Query) -> _Query:
        query.__dict__[_PERMISSION] = permission
        return query

    return declare


def sensitive(about: Callable[[Mapping[str, Any]], Iterable[str]]) -> Callable[[_Query], _Query]:
    """Declare that a query may look people over: ``about`` gives their employee ids from the query's arguments; empty texts mean nobody.

    Such a read is an event before it is answered (URS C13).
    """

    def declare(query: _Query) -> _Query:
        query.__dict__[_SENSITIVE] = about
        return query

    return declare


def looked_over(query: Callable[..., Any], arguments: Mapping[str, Any]) -> frozenset[str]:
    """Whom a query looks over."""
    about = getattr(query, _SENSITIVE, None)
    return frozenset(about(arguments)) if about is not None else frozenset()


def require_reader(query: Callable[..., Any], held: frozenset[Permission], role: str) -> None:
    """Let a query pass for who may ask it.

    Raises:
        PermissionDeniedError: the role does not hold the query's permission.
    """
    needed: Permission | None = getattr(query, _PERMISSION, None)
    if needed is not None and needed not in held:
        raise PermissionDeniedError(f"The role '{role}' may not read this ({needed.value}).")


class Reader:
    """What a query function is given.

    ``line`` is the reader's scope, ``*`` for all lines of the station: the connection shows no row of another one. ``employee_id`` is who reads, empty for
    the station itself. ``trail_us`` is the latest time that the whole trail holds with a clock that was not suspect.
    """

    def __init__(
        self,
        cursor: Any,
        *,
        line: str,
        zone: str,
        now_us: int,
        records: Mapping[str, Any],
        scopes: Mapping[str, Any],
        employee_id: str = "",
        duties: Any = None,
        trail_us: int = 0,
    ) -> None:
        self.cursor = cursor
        self.employee_id = employee_id
        self.duties = duties
        """What people do here, for the training matrix."""
        self.line = line
        self.zone = zone
        self.now_us = now_us
        self.trail_us = trail_us
        self.records = records
        self.scopes = scopes

    @property
    def judged_us(self) -> int:
        """The time that dates and ends are judged by, UTC microseconds: the clock's, and never before the newest trusted event of the trail."""
        return max(self.now_us, self.trail_us)

    @property
    def whole(self) -> bool:
        """Whether the reader sees every line."""
        return self.line == ALL_LINES

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """Run a fixed SELECT and fetch its rows."""
        return list(self.cursor.execute(sql, tuple(parameters)).fetchall())

    def one(self, sql: str, parameters: Sequence[Any] = (), *, missing: str) -> Any:
        """The first row.

        Raises:
            NotFoundError: there is none; ``missing`` is the sentence.
        """
        row = self.cursor.execute(sql, tuple(parameters)).fetchone()
        if row is None:
            raise NotFoundError(missing)
        return row

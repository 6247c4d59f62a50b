"""The declarative base of all rooms' tables, and small types shared by them. The tables themselves stand in ``sql/store``."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

SEALED: dict[str, Any] = {"sealed": True}
"""Column info of what may stand in a row image only sealed: names, password hashes, identity evidence."""


class Base(DeclarativeBase):
    """Base of every mapped table."""

    metadata: ClassVar[MetaData] = MetaData()

    def __init__(self, **values: Any) -> None:
        """A new row; columns that are not named are empty.

        Raises:
            TypeError: a name is not a column's.
        """
        empty = _empty(type(self))
        if not values.keys() <= empty.keys():
            raise TypeError(f"{type(self).__name__} has no column {sorted(values.keys() - empty.keys())}")
        held = vars(self)
        held.update(empty)
        held.update(values)


@cache
def _empty(model: type[Base]) -> dict[str, None]:
    """Every column of a table, with nothing in it."""
    return dict.fromkeys(model.__mapper__.columns.keys())


def sealed_columns() -> frozenset[tuple[str, str]]:
    """All (table, column) pairs that are sealed in images."""
    return frozenset((t.name, c.name) for t in Base.metadata.tables.values() for c in t.columns if c.info.get("sealed"))

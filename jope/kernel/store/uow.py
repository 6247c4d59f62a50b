"""The unit of work: one transaction of the one writer, from BEGIN IMMEDIATE to an acknowledged COMMIT.

What it promises: no regulated row changes without an image in the trail (``total_changes`` must equal the rows imaged and the rows the ledger wrote),
at least one audit event per commit, or everything is rolled back. Nothing but this class begins or ends a transaction: the authorizer
refuses COMMIT to everyone else (ledger.md "Commit"; URS P06).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Protocol

import sqlcipher3.dbapi2
from sqlalchemy.exc import DBAPIError

from jope.kernel.errors import DiskFullError, ForbiddenStatementError, SavedNeverthelessError, StoreUnavailableError, UnseenChangeError
from jope.kernel.store.engine import Writer
from jope.kernel.store.images import RowImage
from jope.kernel.store.rows import RowSession

_DB_ERRORS = (sqlite3.Error, sqlcipher3.dbapi2.Error)


class Pen(Protocol):
    """What a recorder gives to one unit of work: it collects events and writes them when the images are complete."""

    def complete(self, uow: UnitOfWork) -> None:
        """Write the events of this commit. Raises ``UnseenChangeError`` when there is none."""


class Recorder(Protocol):
    """The ledger, as the store knows it."""

    def begin(self, uow: UnitOfWork) -> Pen:
        """Check that the stored head is the head in memory and open a pen."""

    def committed(self, pen: Pen) -> None:
        """COMMIT returned: advance the head in memory."""

    def tell(self, pen: Pen) -> None:
        """Tell who listens, after everything that belongs to the commit is done."""

    def outcome_unknown(self) -> None:
        """COMMIT failed: the head in memory is to be read again."""


class UnitOfWork:
    """One running transaction. Handlers use ``session`` and ``audit``; they never commit."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.session = RowSession(writer.orm, writer.connection.cursor())
        self.audit: Any = None
        self.ledger_rows = 0
        self.operational_rows = 0
        self._changes_at_start = writer.connection.total_changes
        self.after_commit: list[Callable[[], None]] = []

    @property
    def cursor(self) -> Any:
        """A raw cursor inside this transaction, for the ledger."""
        return self._writer.connection.cursor()

    @property
    def change_count(self) -> int:
        """How many changes of regulated rows were seen so far; flushes first."""
        self.session.flush()
        return len(self._writer.capture.changes)

    def images(self, start: int = 0, stop: int | None = None) -> list[RowImage]:
        """The images of the rows whose changes stand between two change counts."""
        changes = self._writer.capture.changes
        if not changes:
            return []
        return self._writer.capture.images(self.cursor, list(enumerate(changes))[start:stop])

    def require_reconciled(self) -> None:
        """Compare what SQLite counted with what was seen.

        Raises:
            UnseenChangeError: some row changed that no image and no ledger row accounts for.
        """
        counted = self._writer.connection.total_changes - self._changes_at_start
        seen = len(self._writer.capture.changes) + self.ledger_rows + self.operational_rows
        if counted != seen:
            raise UnseenChangeError(
                f"The commit changed {counted} rows, but {seen} are accounted for.",
                remedy="Nothing was saved. Report this; it is a fault of the program.",
            )


class WriteStore:
    """The writing side of a store. All methods run on the command thread."""

    def __init__(self, writer: Writer, recorder: Recorder) -> None:
        self._writer = writer
        self._recorder = recorder
        self.revision = 0
        """Counts the commits that changed, or may have changed, what stands in regulated tables and in the trail."""

    @property
    def cursor(self) -> Any:
        """A raw cursor of the writing connection outside a transaction, for look-ups on the command thread."""
        return self._writer.connection.cursor()

    def looking(self) -> RowSession:
        """Rows outside a transaction, to look before one begins. What it gives out is never written."""
        return RowSession(self._writer.orm, self.cursor)

    @contextmanager
    def unit_of_work(self) -> Iterator[UnitOfWork]:
        """A transaction that commits when the block ends and rolls back when it raises.

        Raises:
            UnseenChangeError: an unaccounted change, or no audit event.
            DiskFullError, StoreUnavailableError: the storage failed; whether the commit stands is told by the command id.
            SavedNeverthelessError: it is committed, and a listener failed.
        """
        with self._transaction() as uow:
            pen = uow.audit = self._recorder.begin(uow)
            yield uow
            uow.session.flush()
            pen.complete(uow)
            uow.require_reconciled()
            self.revision += 1
        try:
            self._recorder.committed(pen)
            for listener in uow.after_commit:
                listener()
            self._recorder.tell(pen)
        except Exception as error:  # the border behind the commit: nothing that fails here may read as "not saved"
            raise SavedNeverthelessError(f"The change is saved, but what follows it failed ({type(error).__name__}).") from error

    @contextmanager
    def operational(self) -> Iterator[Any]:
        """A transaction on allow-listed operational tables only; a change of a regulated row rolls it back. Yields a raw cursor."""
        with self._transaction() as uow:
            cursor = uow.cursor
            yield cursor
            if self._writer.capture.changes:
                raise UnseenChangeError("An operational write touched a regulated row.")

    @contextmanager
    def _transaction(self) -> Iterator[UnitOfWork]:
        self._writer.capture.changes.clear()
        with _STORAGE_ERRORS:
            self._in_store(lambda: self._writer.connection.execute("BEGIN IMMEDIATE"))
        uow = UnitOfWork(self._writer)
        try:
            with _STORAGE_ERRORS:
                yield uow
                uow.session.flush()
            self._commit()
        except BaseException:
            self._rollback()
            raise
        finally:
            self._writer.capture.changes.clear()

    def _commit(self) -> None:
        try:
            with _STORAGE_ERRORS:
                self._in_store(self._writer.connection.commit)
        except BaseException:
            self._recorder.outcome_unknown()
            raise

    def _rollback(self) -> None:
        if self._writer.connection.in_transaction:
            self._in_store(self._writer.connection.rollback)

    def _in_store(self, work: Callable[[], object]) -> None:
        """Begin, commit or roll back with the authorizer open for this moment.

        COMMIT and ROLLBACK go through the connection's methods, which compile anew each time: as texts they would stay in its cache of compiled
        statements, and whoever sent the same text later would pass the authorizer.
        """
        self._writer.authorizer.in_store = True
        try:
            work()
        finally:
            self._writer.authorizer.in_store = False


class _StorageErrors:
    """Around whatever touches the store: an error of SQLite leaves as one of the store's own. One for all, because each commit passes it thrice."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, DBAPIError):
            raise _translated(_first_cause(error)) from error
        if isinstance(error, _DB_ERRORS):
            raise _translated(error) from error


_STORAGE_ERRORS = _StorageErrors()


def _first_cause(error: DBAPIError) -> BaseException:
    """What failed first: after a failed flush the session tries to roll back, which only the store may do, and that refusal hides the reason."""
    first = error
    while isinstance(first.__context__, DBAPIError):
        first = first.__context__
    return first.orig if first.orig is not None else first


def _translated(error: BaseException) -> Exception:
    text = str(error)
    if "JOPE-009" in text or "not authorized" in text or "prohibited" in text or "may not be modified" in text:
        return ForbiddenStatementError(f"The store refused a statement: {text.removeprefix('JOPE-009 ')}.", remedy="Nothing was saved.")
    if "full" in text:
        return DiskFullError("The disk is full; nothing was saved.")
    if isinstance(error, sqlite3.IntegrityError | sqlcipher3.dbapi2.IntegrityError):
        return ForbiddenStatementError(f"A rule of the schema refused the change: {text}.", remedy="Nothing was saved.")
    return StoreUnavailableError(f"The store failed: {text}.")

"""The file of samples, ``samples.db``: encrypted like the store, append-only, apart from the records because it grows by other rules.

One connection writes, in the keeper's thread; readers open their own. A commit is durable (WAL, synchronous=FULL) before anything is told to be kept.
Sequence numbers count up by one for each producer and epoch. A file that was made anew or put back from a copy begins a new epoch, so that no number
ever names two values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from jope.kernel.canonical import canonical_text
from jope.kernel.errors import StoreDamagedError, StoreVersionError
from jope.kernel.store.engine import DATABASE_ERRORS, StoreLocation, connect, create
from jope.kernel.store.migrations import schema_folder, statements
from jope.plant.devices.sampling.contexts import NOTHING, SampleContext
from jope.plant.devices.tags import TagScalar

SCHEMA_VERSION: Final = 2
_PLACES: Final = "tag_time"
"""The spool of the index by tag and time: it follows behind the values, because an index kept with each commit would rewrite a page for every tag."""
_PLACED_AT_ONCE: Final = 10_000
"""So many values wait for their place in it. A reader looks through the newest ones instead, which takes milliseconds."""
_MOST_PLACED: Final = 5 * _PLACED_AT_ONCE
"""At most so many are placed in one commit, so that a file of before is caught up with step by step."""
_KEY_PURPOSE: Final = b"jope samples v1"
NONE_KIND, BOOLEAN_KIND, INTEGER_KIND, FLOAT_KIND, DECIMAL_KIND, TEXT_KIND = range(6)
_KIND_OF: Final[dict[type, int]] = {bool: BOOLEAN_KIND, int: INTEGER_KIND, float: FLOAT_KIND, Decimal: DECIMAL_KIND, str: TEXT_KIND}
_INT64: Final = 1 << 63
_INSERT: Final = (
    "INSERT INTO sample (n, producer, epoch, seq, tag, time_us, source_us, server_us, recv_us, mono_us, kind, value, status, flags, context, frame) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

_Row = tuple[Any, ...]
"""The columns of ``_INSERT``, in order."""
_delivery = itemgetter(1, 8, 9, 14, 15)
"""What the values of one delivery have in common: producer, time of receipt, monotonic time, context and (none) frame."""
_own = itemgetter(4, 5, 6, 7, 10, 11, 12, 13)
"""What each value has for itself: tag, times, kind, value, status, flags."""
_TOGETHER: Final = 50
_INSERT_TOGETHER: Final = (
    "INSERT INTO sample (n, producer, epoch, seq, recv_us, mono_us, context, frame, tag, time_us, source_us, server_us, kind, value, status, flags) "
    "SELECT ?1 + column1, ?2, ?3, ?4 + column1, ?5, ?6, ?7, ?8, column2, column3, column4, column5, column6, column7, column8, column9 FROM (VALUES "
    + ", ".join(f"({place}, ?, ?, ?, ?, ?, ?, ?, ?)" for place in range(_TOGETHER)) + ")"
)  # fmt: skip


def sample_location(folder: Path, store_key: bytes | None) -> StoreLocation:
    """Where the samples of a station are. Their key is derived from the store's (HKDF-SHA256, RFC 5869); None for a plain file."""
    key = None if store_key is None else HKDF(hashes.SHA256(), 32, None, _KEY_PURPOSE).derive(store_key)
    return StoreLocation(folder / "samples.db", key)


class NewSample(NamedTuple):
    """One value on its way into the file. ``time_us`` is when it counts: the device's time where it is to be trusted, the station's otherwise."""

    producer: str
    tag: str
    unit: str
    time_us: int
    source_us: int | None
    server_us: int | None
    recv_us: int
    mono_us: int
    value: TagScalar | None
    status: int
    flags: int
    context: SampleContext
    frame: bytes | None


@dataclass(frozen=True, slots=True)
class NewGap:
    """Values of a producer that were lost for good, on its way into the file."""

    producer: str
    from_us: int
    to_us: int
    known_lost: int | None
    reason: str
    recorded_us: int


class SampleWriter:
    """The one writing connection. Everything happens in the thread that opened it."""

    def __init__(self, location: StoreLocation, station_id: str, *, now_us: int, new_epoch: bool = False) -> None:
        """Open the file, or make it.

        Args:
            location: of the file.
            station_id: whose samples these are.
            now_us: UTC microseconds, noted where an epoch begins.
            new_epoch: begin a new epoch although the file is there, because it was put back from a copy.

        Raises:
            StoreKeyError, StoreDamagedError: the file cannot be opened.
            StoreVersionError: a newer program wrote it.
        """
        is_new = not location.path.exists()
        if is_new:
            create(location)
        self._connection = connect(location)
        self._connection.execute("PRAGMA synchronous = FULL")
        self._migrate()
        if is_new or new_epoch or self._number("SELECT count(*) FROM origin") == 0:
            sql = "INSERT INTO origin (station_id, epoch, opened_us) SELECT ?, coalesce(max(epoch), 0) + 1, ? FROM origin"
            self._connection.execute(sql, (station_id, now_us))
        self.epoch = self._number("SELECT max(epoch) FROM origin")
        self._next_n = self._number("SELECT coalesce(max(n), 0) FROM sample") + 1
        self._placed = self._number("SELECT coalesce(max(last_n), 0) FROM spool WHERE consumer = ?", (_PLACES,))
        self._producers: dict[str, int] = {}
        self._next_seq: dict[int, int] = {}
        self._tags: dict[tuple[str, str], int] = {}
        self._contexts: dict[SampleContext, int] = {}

    def append(self, samples: Sequence[NewSample], gaps: Sequence[NewGap] = ()) -> None:
        """Keep values and gaps, all of them or none.

        Raises:
            sqlite3.Error: nothing was kept; the disk may be full.
        """
        n, seqs, placed = self._next_n, dict(self._next_seq), self._placed
        known = dict(self._producers), dict(self._tags), dict(self._contexts)
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        try:
            rows, epoch = [], self.epoch
            bound, bound_id = NOTHING, None  # most values of a commit were taken in one and the same context
            for producer, tag, unit, time_us, source_us, server_us, recv_us, mono_us, value, status, flags, context, frame in samples:
                producer_id = self._producers.get(producer) or self._producer(producer)
                tag_id = self._tags.get((tag, unit)) or self._tag(tag, unit)
                if context is not bound:
                    bound, bound_id = context, self._contexts.get(context) or self._context(context)
                seq = seqs.get(producer_id) or self._first_seq(producer_id)
                seqs[producer_id] = seq + 1
                kind, kept = (FLOAT_KIND, value) if type(value) is float else stored(value)
                rows.append(
                    (
                        n,
                        producer_id,
                        epoch,
                        seq,
                        tag_id,
                        time_us,
                        source_us,
                        server_us,
                        recv_us,
                        mono_us,
                        kind,
                        kept,
                        status,
                        flags,
                        bound_id,
                        frame,
                    )
                )
                n += 1
            self._insert(rows)
            for gap in gaps:
                execute(
                    "INSERT INTO gap (producer, from_us, to_us, known_lost, reason, recorded_us) VALUES (?, ?, ?, ?, ?, ?)",
                    (self._producer(gap.producer), gap.from_us, gap.to_us, gap.known_lost, gap.reason, gap.recorded_us),
                )
            if n - 1 - placed >= _PLACED_AT_ONCE:
                placed = self._place(min(n - 1, placed + _MOST_PLACED))
            execute("COMMIT")
        except BaseException:
            self._producers, self._tags, self._contexts = known
            if self._connection.in_transaction:
                execute("ROLLBACK")
            raise
        self._next_n, self._next_seq, self._placed = n, seqs, placed

    def advance(self, consumer: str, last_n: int) -> None:
        """A consumer has taken everything up to ``last_n``.

        Raises:
            sqlite3.IntegrityError: that would go back.
        """
        sql = "INSERT INTO spool (consumer, last_n) VALUES (?, ?) ON CONFLICT (consumer) DO UPDATE SET last_n = excluded.last_n"
        self._connection.execute(sql, (consumer, last_n))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _insert(self, rows: list[_Row]) -> None:
        """Add rows; those of one delivery share what they have in common, because binding a parameter costs as much as storing it."""
        execute = self._connection.execute
        single: list[_Row] = []
        for _, group in groupby(rows, key=_delivery):
            delivery = list(group)
            whole = len(delivery) // _TOGETHER * _TOGETHER
            for start in range(0, whole, _TOGETHER):
                n, producer, epoch, seq, _, _, _, _, recv_us, mono_us, *_, context, frame = delivery[start]
                own = chain.from_iterable(map(_own, delivery[start : start + _TOGETHER]))
                execute(_INSERT_TOGETHER, (n, producer, epoch, seq, recv_us, mono_us, context, frame, *own))
            single += delivery[whole:]
        self._connection.executemany(_INSERT, single)

    def _place(self, last_n: int) -> int:
        """Take the values up to ``last_n`` into the index by tag and time. Returns how far it has come."""
        sql = "INSERT INTO tag_time (tag, time_us, n) SELECT tag, time_us, n FROM sample WHERE n > ? AND n <= ? ORDER BY tag, time_us, n"
        self._connection.execute(sql, (self._placed, last_n))
        self.advance(_PLACES, last_n)
        return last_n

    def _migrate(self) -> None:
        found = self._number("PRAGMA user_version")
        if found > SCHEMA_VERSION:
            raise StoreVersionError(f"The samples have schema {found}; this program knows up to {SCHEMA_VERSION}.")
        if found == SCHEMA_VERSION:
            return
        if found == 0 and self._number("SELECT count(*) FROM sqlite_master"):
            raise StoreDamagedError("The file of samples has tables but no schema revision.")
        self._connection.execute("BEGIN IMMEDIATE")
        for number in range(found + 1, SCHEMA_VERSION + 1):
            (path,) = (schema_folder().parent / "samples").glob(f"{number:04}_*.sql")
            for statement in statements(path.read_text("utf-8")):
                self._connection.execute(statement)
        self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        self._connection.execute("COMMIT")

    def _number(self, sql: str, parameters: tuple[object, ...] = ()) -> int:
        return int(self._connection.execute(sql, parameters).fetchone()[0])

    def _producer(self, name: str) -> int:
        found = self._connection.execute("SELECT id FROM producer WHERE name = ?", (name,)).fetchone()
        number = found[0] if found else self._connection.execute("INSERT INTO producer (name, version) VALUES (?, '')", (name,)).lastrowid
        self._producers[name] = int(number)
        return int(number)

    def _tag(self, name: str, unit: str) -> int:
        found = self._connection.execute("SELECT id FROM tag WHERE name = ? AND unit = ?", (name, unit)).fetchone()
        number = found[0] if found else self._connection.execute("INSERT INTO tag (name, unit) VALUES (?, ?)", (name, unit)).lastrowid
        self._tags[name, unit] = int(number)
        return int(number)

    def _context(self, context: SampleContext) -> int | None:
        if context == NOTHING:
            return None
        key = (context.batch_no, context.phase, context.recipe, context.recipe_version, context.correlation_id)
        where = "batch_no = ? AND phase = ? AND recipe = ? AND recipe_version = ? AND correlation_id = ?"
        found = self._connection.execute(f"SELECT id FROM context WHERE {where}", key).fetchone()
        sql = "INSERT INTO context (batch_no, phase, recipe, recipe_version, correlation_id) VALUES (?, ?, ?, ?, ?)"
        number = int(found[0] if found else self._connection.execute(sql, key).lastrowid)
        self._contexts[context] = number
        return number

    def _first_seq(self, producer: int) -> int:
        sql = "SELECT coalesce(max(seq), 0) + 1 FROM sample WHERE n > ? AND producer = ? AND epoch = ?"
        # The newest row of a producer is near the end of the file; only where it is not, the whole file is looked through.
        near = self._number(sql, (max(0, self._next_n - 200_000), producer, self.epoch))
        return near if near > 1 else self._number(sql, (0, producer, self.epoch))


def stored(value: TagScalar | None) -> tuple[int, object]:
    """Kind and stored form of a value. Decimals, and integers beyond 64 bits, are kept as texts with all their digits."""
    if value is None:
        return NONE_KIND, None
    kind = _KIND_OF[type(value)]
    if kind == DECIMAL_KIND:
        return kind, f"{value:f}"
    if kind == BOOLEAN_KIND:
        return kind, int(value)
    if kind == INTEGER_KIND and not -_INT64 <= int(value) < _INT64:
        return DECIMAL_KIND, str(value)
    return kind, value


def restored(kind: int, value: Any) -> TagScalar | None:
    """The value of a kind and a stored form."""
    if kind == BOOLEAN_KIND:
        return bool(value)
    if kind == DECIMAL_KIND:
        return Decimal(value)
    found: TagScalar | None = value
    return found


@dataclass(frozen=True, slots=True)
class StoredSample:
    """One value as it was kept."""

    n: int
    producer: str
    epoch: int
    seq: int
    tag: str
    unit: str
    time_us: int
    source_us: int | None
    server_us: int | None
    recv_us: int
    mono_us: int
    value: TagScalar | None
    status: int
    flags: int
    context: SampleContext
    frame: bytes | None


@dataclass(frozen=True, slots=True)
class StoredGap:
    """Values that were lost for good, and why."""

    producer: str
    from_us: int
    to_us: int
    known_lost: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a range of samples was when somebody decided on it (URS K04): SHA-256 in hex, how many rows, and what was asked for, as canonical text."""

    sha256: str
    rows: int
    query_definition: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """What a tag did in one interval: its lowest and highest usable number, how many there were, and how many could not be used."""

    start_us: int
    low: Decimal | None
    high: Decimal | None
    last: Decimal | None
    good: int
    bad: int


_SELECT: Final = (
    "SELECT s.n, p.name, s.epoch, s.seq, t.name, t.unit, s.time_us, s.source_us, s.server_us, s.recv_us, s.mono_us, s.kind, s.value, s.status, s.flags, "
    "c.batch_no, c.phase, c.recipe, c.recipe_version, c.correlation_id, s.frame "
    "FROM sample s JOIN producer p ON p.id = s.producer JOIN tag t ON t.id = s.tag LEFT JOIN context c ON c.id = s.context "
)


_UNPLACED: Final = "n > coalesce((SELECT last_n FROM spool WHERE consumer = ?), 0)"
"""What the index by tag and time has not taken in yet."""


class SampleReader:
    """A reading connection. Used by one thread at a time; beside the writer, which it never waits for."""

    def __init__(self, location: StoreLocation) -> None:
        """Open the file for reading.

        Raises:
            StoreKeyError, StoreDamagedError: it is not there, or cannot be opened.
            StoreVersionError: another program wrote it.
        """
        self._connection = connect(location)
        self._connection.execute("PRAGMA query_only = ON")
        found = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        if found != SCHEMA_VERSION:
            self._connection.close()
            remedy = (
                "Open the station that they belong to once: it brings them up to date."
                if found < SCHEMA_VERSION
                else "Use the newer program."
            )
            raise StoreVersionError(f"The samples have schema {found}; this program reads {SCHEMA_VERSION}.", remedy=remedy)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def newest_n(self) -> int:
        """The number of the newest value, 0 where there is none."""
        return int(self._connection.execute("SELECT coalesce(max(n), 0) FROM sample").fetchone()[0])

    def pending(self, consumer: str) -> int:
        """How many values wait for a consumer."""
        return self.newest_n() - self.cursor_of(consumer)

    def cursor_of(self, consumer: str) -> int:
        """The number of the last value that a consumer has taken."""
        row = self._connection.execute("SELECT last_n FROM spool WHERE consumer = ?", (consumer,)).fetchone()
        return int(row[0]) if row else 0

    def after(self, n: int, limit: int) -> tuple[StoredSample, ...]:
        """The next values after number ``n``, oldest first."""
        return self._samples("WHERE s.n > ? ORDER BY s.n LIMIT ?", (n, limit))

    def newest(self, tag: str, *, count: int = 1) -> tuple[StoredSample, ...]:
        """The newest values of a tag, newest first."""
        placed = "SELECT * FROM (SELECT n, time_us FROM tag_time WHERE tag = {} ORDER BY time_us DESC, n DESC LIMIT ?)"
        ids = self._ids((tag,))
        places = " UNION ALL ".join(
            [placed.format(one) for one in ids] + [f"SELECT n, time_us FROM sample WHERE {_UNPLACED} AND tag IN ({_list(ids)})"]
        )
        where = f"WHERE s.n IN (SELECT n FROM ({places}) ORDER BY time_us DESC, n DESC LIMIT ?) ORDER BY s.time_us DESC, s.n DESC"
        return self._samples(where, (*(count for _ in ids), _PLACES, count))

    def between(self, tag: str, from_us: int, to_us: int, *, limit: int = 100_000) -> tuple[StoredSample, ...]:
        """The values of a tag in ``[from_us, to_us)`` by the time at which they count, oldest first."""
        places, parameters = self._places((tag,), from_us, to_us)
        return self._samples(f"WHERE s.n IN ({places}) ORDER BY s.time_us, s.n LIMIT ?", (*parameters, limit))

    def of_batch(self, batch_no: str, *, limit: int = 100_000) -> tuple[StoredSample, ...]:
        """The values that were taken in a batch, in the order in which they were kept."""
        return self._samples("WHERE c.batch_no = ? ORDER BY s.n LIMIT ?", (batch_no, limit))

    def tags(self) -> tuple[tuple[str, str], ...]:
        """Names and units of the tags that were ever heard, by name."""
        return tuple((str(a), str(b)) for a, b in self._connection.execute("SELECT name, unit FROM tag ORDER BY name, unit").fetchall())

    def buckets(self, tag: str, from_us: int, to_us: int, count: int) -> tuple[Bucket, ...]:
        """A tag in ``count`` intervals of ``[from_us, to_us)``; intervals without values are left out. For drawing, never for judging."""
        width = max(1, -(-(to_us - from_us) // max(1, count)))
        places, parameters = self._places((tag,), from_us, to_us)
        sql = (
            "SELECT (s.time_us - ?) / ? AS bucket, min(CASE WHEN s.status < 1073741824 THEN s.value + 0.0 END), "
            "max(CASE WHEN s.status < 1073741824 THEN s.value + 0.0 END), sum(s.status < 1073741824), sum(s.status >= 1073741824), max(s.n) "
            f"FROM sample s WHERE s.n IN ({places}) AND s.kind < 5 GROUP BY bucket ORDER BY bucket"
        )
        rows = self._connection.execute(sql, (from_us, width, *parameters)).fetchall()
        return tuple(
            Bucket(from_us + row[0] * width, _decimal(row[1]), _decimal(row[2]), self._number_of(row[5]), int(row[3]), int(row[4]))
            for row in rows
        )

    def gaps(self, from_us: int, to_us: int) -> tuple[StoredGap, ...]:
        """Gaps that touch ``[from_us, to_us)``, oldest first."""
        sql = (
            "SELECT p.name, g.from_us, g.to_us, g.known_lost, g.reason FROM gap g JOIN producer p ON p.id = g.producer "
            "WHERE g.to_us >= ? AND g.from_us < ? ORDER BY g.from_us, g.n"
        )
        return tuple(StoredGap(*row) for row in self._connection.execute(sql, (from_us, to_us)).fetchall())

    def fingerprint(self, tags: Iterable[str], from_us: int, to_us: int) -> Fingerprint:
        """The SHA-256 of everything that was kept of some tags in ``[from_us, to_us)``, in the order of keeping.

        Each row enters as one line of canonical JSON with all its fields, so that whoever has the rows can compute it again. A value that arrives later for the
        same range gives another fingerprint: that is the point.
        """
        names = sorted(set(tags))
        query = canonical_text({"tags": names, "from_us": from_us, "to_us": to_us, "order": "n", "fields": "all", "format": 1})
        digest, count = hashlib.sha256(query.encode()), 0
        places, parameters = self._places(names, from_us, to_us)
        for row in self._connection.execute(f"{_SELECT} WHERE s.n IN ({places}) ORDER BY s.n", parameters):
            fields = [None if part is None else part.hex() if isinstance(part, bytes) else repr(part) for part in row]
            digest.update(b"\n" + canonical_text(fields).encode())
            count += 1
        return Fingerprint(digest.hexdigest(), count, query)

    def check(self) -> tuple[str, ...]:
        """What is wrong with the file: damage, and numbers that are missing in a producer's sequence. Empty where nothing is.

        Reads the whole file.
        """
        try:
            found = [str(row[0]) for row in self._connection.execute("PRAGMA integrity_check(10)").fetchall()]
        except DATABASE_ERRORS as error:
            raise StoreDamagedError(f"The samples cannot be read: {error}.") from error
        problems = [] if found == ["ok"] else found
        sql = (
            "SELECT p.name, s.epoch, min(s.seq), max(s.seq), count(*) FROM sample s JOIN producer p ON p.id = s.producer GROUP BY s.producer, s.epoch "
            "HAVING min(s.seq) <> 1 OR max(s.seq) <> count(*)"
        )
        for name, epoch, first, last, count in self._connection.execute(sql).fetchall():
            problems.append(f"{name}, epoch {epoch}: {count} values numbered {first} to {last}.")
        placed = self.cursor_of(_PLACES)
        counts = "SELECT (SELECT count(*) FROM sample WHERE n <= ?), (SELECT count(*) FROM tag_time), "
        sql = (
            counts
            + "(SELECT count(*) FROM tag_time i JOIN sample s ON s.n = i.n AND s.tag = i.tag AND s.time_us = i.time_us WHERE i.n <= ?)"
        )
        kept, listed, true = self._connection.execute(sql, (placed, placed)).fetchone()
        if not kept == listed == true:
            problems.append(f"The index by tag and time has {listed} entries, {true} of them true, for {kept} values.")
        return tuple(problems)

    def _ids(self, names: Iterable[str]) -> tuple[int, ...]:
        """The tags of these names; one name has had several units, perhaps."""
        wanted = tuple(names)
        marks = ", ".join("?" * len(wanted))
        return tuple(int(row[0]) for row in self._connection.execute(f"SELECT id FROM tag WHERE name IN ({marks}) ORDER BY id", wanted))

    def _places(self, names: Iterable[str], from_us: int, to_us: int) -> tuple[str, tuple[object, ...]]:
        """A query for the numbers of the values of some tags in ``[from_us, to_us)``, with its parameters."""
        where = f"tag IN ({_list(self._ids(names))}) AND time_us >= ? AND time_us < ?"
        sql = f"SELECT n FROM tag_time WHERE {where} UNION ALL SELECT n FROM sample WHERE {_UNPLACED} AND {where}"
        return sql, (from_us, to_us, _PLACES, from_us, to_us)

    def _number_of(self, n: int) -> Decimal | None:
        row = self._connection.execute("SELECT kind, value, status FROM sample WHERE n = ?", (n,)).fetchone()
        return None if row[2] >= 1073741824 or row[0] == NONE_KIND else _decimal(row[1])

    def _samples(self, where: str, parameters: tuple[object, ...]) -> tuple[StoredSample, ...]:
        rows = self._connection.execute(_SELECT + where, parameters).fetchall()
        return tuple(_sample(*row) for row in rows)


def _sample(
    n: int, producer: str, epoch: int, seq: int, tag: str, unit: str, time_us: int, source_us: int | None, server_us: int | None, recv_us: int,
    mono_us: int, kind: int, value: Any, status: int, flags: int, batch_no: str | None, phase: str, recipe: str, recipe_version: str,
    correlation_id: str, frame: bytes | None,
) -> StoredSample:  # fmt: skip
    """One row of ``_SELECT``."""
    context = NOTHING if batch_no is None else SampleContext(batch_no, phase, recipe, recipe_version, correlation_id)
    return StoredSample(
        n,
        producer,
        epoch,
        seq,
        tag,
        unit,
        time_us,
        source_us,
        server_us,
        recv_us,
        mono_us,
        restored(kind, value),
        status,
        flags,
        context,
        frame,
    )


def _list(ids: Iterable[int]) -> str:
    return ", ".join(map(str, ids))


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))

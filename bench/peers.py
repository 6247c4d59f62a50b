"""Other libraries that keep a history, each changing one row with an attributable history in one durable commit on plain SQLite (WAL, FULL).

The row is loaded through the library's own mapper, changed and saved, as ours is; the event-sourced aggregate stays in memory.

None of them chains or signs its history, or encrypts the file; ours does all three. Asked: ours is faster than django-simple-history and than
SQLAlchemy-Continuum in the same run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from bench.floors import Floor
from bench.ledgers import WHO, Ledger
from bench.measure import Asked, Contender, Report, interleaved

PLAIN = "bare durable INSERT, plain SQLite"
CIPHER = "bare durable INSERT, SQLCipher"
OURS = "Jope: ORM row + image, chained, signed, encrypted"
OURS_SQL = "Jope: the same with the row changed in SQL"
DJANGO = "django-simple-history"
CONTINUUM = "SQLAlchemy-Continuum"
EVENTS = "eventsourcing"


class DjangoHistory:
    """A Django model with django-simple-history."""

    def __init__(self, folder: Path) -> None:
        import django
        from django.conf import settings

        options = {"init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", "transaction_mode": "IMMEDIATE"}
        settings.configure(
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "django.db"), "OPTIONS": options}},
            INSTALLED_APPS=["simple_history", "bench"],
            USE_TZ=True,
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        )
        django.setup()
        from django.db import connection, models, transaction
        from simple_history.models import HistoricalRecords

        class Material(models.Model):
            code = models.CharField(max_length=32, primary_key=True)
            name = models.CharField(max_length=200)
            unit = models.CharField(max_length=8)
            history = HistoricalRecords(
                history_user_id_field=models.CharField(max_length=32, null=True), history_user_getter=_who, history_user_setter=_set_who
            )

            class Meta:
                app_label = "bench"

        with connection.schema_editor() as editor:
            editor.create_model(Material)
            editor.create_model(Material.history.model)
        self._atomic = transaction.atomic
        born: Any = Material(code="M-1", name="before", unit="g")
        born._history_user = WHO.employee_id
        born.save()
        self._load = Material.objects.get
        if Material.history.first().history_user_id != WHO.employee_id:
            raise RuntimeError("the history names nobody")
        self._count = Material.history.count
        self.pragmas = _pragmas(connection.cursor())

    def change(self, name: str) -> None:
        """One row and its history, one commit."""
        with self._atomic():
            row: Any = self._load(pk="M-1")
            row.name = name
            row._history_user, row._change_reason = WHO.employee_id, "measured"
            row.save()

    def kept(self) -> int:
        """How many history rows there are."""
        return int(self._count())


def _who(historical_instance: Any) -> str | None:
    found: str | None = historical_instance.history_user_id
    return found


def _set_who(historical_instance: Any, user: str | None) -> None:
    historical_instance.history_user_id = user


class ContinuumHistory:
    """A SQLAlchemy model with SQLAlchemy-Continuum."""

    def __init__(self, folder: Path) -> None:
        import sqlalchemy as sa
        from sqlalchemy.orm import Session, configure_mappers, declarative_base
        from sqlalchemy_continuum import make_versioned
        from sqlalchemy_continuum.plugins import Plugin

        class Attribution(Plugin):
            def transaction_args(self, uow: Any, session: Any) -> dict[str, str]:
                return {"remote_addr": WHO.employee_id}

        make_versioned(user_cls=None, plugins=[Attribution()])
        base: Any = declarative_base()

        class Material(base):
            __tablename__ = "material"
            __versioned__: ClassVar[dict[str, Any]] = {}
            code = sa.Column(sa.String, primary_key=True)
            name = sa.Column(sa.String, nullable=False)
            unit = sa.Column(sa.String, nullable=False)

        configure_mappers()
        engine = sa.create_engine(f"sqlite:///{folder / 'continuum.db'}")

        @sa.event.listens_for(engine, "connect")
        def _settings(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")

        base.metadata.create_all(engine)
        self._session = Session(engine)
        self._row: Any = Material(code="M-1", name="before", unit="g")
        self._session.add(self._row)
        self._session.commit()
        self.pragmas = _pragmas(self._session.connection().connection.cursor())
        self._session.rollback()

    def change(self, name: str) -> None:
        """One row, loaded again as after every commit, and its version, one commit."""
        self._row.name = name
        self._session.commit()

    def kept(self) -> int:
        """How many history rows there are."""
        import sqlalchemy as sa

        return int(self._session.execute(sa.text("SELECT count(*) FROM material_version")).scalar_one())


class EventSourced:
    """An aggregate of the eventsourcing library in its SQLite recorder."""

    def __init__(self, folder: Path) -> None:
        from eventsourcing.application import Application
        from eventsourcing.domain import Aggregate, event

        class Material(Aggregate):
            def __init__(self, code: str, name: str) -> None:
                self.code = code
                self.name = name

            @event("Renamed")
            def rename(self, name: str, who: str, why: str) -> None:
                self.name = name

        environment = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(folder / "events.db")}
        self._application: Any = Application(env=environment)
        self._material: Any = Material("M-1", "before")
        self._application.save(self._material)
        recorder: Any = self._application.recorder
        with recorder.datastore.get_connection(commit=False) as connection:
            self.pragmas = _pragmas(connection.cursor())

    def change(self, name: str) -> None:
        """One event, one commit."""
        self._material.rename(name, WHO.employee_id, "measured")
        self._application.save(self._material)

    def kept(self) -> int:
        """How many events there are."""
        return int(self._application.recorder.max_notification_id())


def _pragmas(cursor: Any) -> str:
    """Journal mode and synchronous level of a peer's own connection, to show that the comparison is fair."""
    found = []
    for name in ("journal_mode", "synchronous"):
        cursor.execute(f"PRAGMA {name}")
        found.append(str(cursor.fetchone()[0]))
    return "/".join(found)


def measure(ground: Path, *, rounds: int) -> Report:
    """Interleave two floors, ours and the three peers."""
    plain, cipher, ledger = Floor(ground, encrypted=False), Floor(ground, encrypted=True), Ledger(ground)
    peers: dict[str, Any] = {DJANGO: DjangoHistory(ground), CONTINUUM: ContinuumHistory(ground), EVENTS: EventSourced(ground)}
    ledger.add_material("M-1")
    numbers = iter(range(10**9))
    contenders = [
        Contender(PLAIN, plain.insert, 2),
        Contender(CIPHER, cipher.insert, 2),
        Contender(OURS, lambda: ledger.change_material("M-1", f"name {next(numbers)}"), 2),
        Contender(OURS_SQL, lambda: ledger.change_material_in_sql("M-1", f"name {next(numbers)}"), 2),
        *(Contender(name, _changing(peer, numbers), 2) for name, peer in peers.items()),
    ]
    before = {name: peer.kept() for name, peer in peers.items()}
    report = interleaved("peers: one audited change of a row", contenders, rounds=rounds)
    for name, peer in peers.items():
        written = peer.kept() - before[name]
        if written < 2 * rounds:
            raise RuntimeError(f"{name} kept {written} history rows of {2 * rounds}")
        report.notes[f"{name} journal mode/synchronous"] = peer.pragmas
    report.compare(*(Asked(name, PLAIN) for name in (CIPHER, OURS, OURS_SQL, *peers)), Asked(OURS, CIPHER))
    report.compare(Asked(OURS, DJANGO, 1.0), Asked(OURS, CONTINUUM, 1.0), Asked(OURS, EVENTS))
    for held in (plain, cipher, ledger):
        held.close()
    return report


def _changing(peer: Any, numbers: Any) -> Any:
    return lambda: peer.change(f"name {next(numbers)}")

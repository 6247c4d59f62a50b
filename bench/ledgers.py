"""A ledger over a real store, as the station opens it, for appending to it without a station around it."""

from __future__ import annotations

import secrets
from pathlib import Path

from jope.compliance.audit.actions import Action
from jope.compliance.audit.head_mark import HeadMark
from jope.compliance.audit.recorder import LedgerIdentity, LedgerRecorder
from jope.compliance.bus.stream import EventStream
from jope.compliance.commands import Principal
from jope.kernel.clock import SystemClock
from jope.kernel.crypto.epoch_keys import EpochKeys
from jope.kernel.crypto.keys import write_key
from jope.kernel.crypto.sealing import FieldSealer
from jope.kernel.crypto.signing import SigningKey
from jope.kernel.ids import new_id
from jope.kernel.store.command_thread import CommandThread
from jope.kernel.store.engine import StoreLocation, create, open_writer
from jope.kernel.store.migrations import require_current
from jope.kernel.store.schema import sealed_columns
from jope.kernel.store.uow import UnitOfWork, WriteStore
from jope.plant.materials.model import Material

WHO = Principal("B-OPER", "operator", frozenset(), "L3", "bench-session", "BENCH-1", "bench", "bench")


class Ledger:
    """Appends events on the store's one writing connection."""

    def __init__(self, folder: Path, *, encrypted: bool = True) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        location = StoreLocation(folder / f"store-{'cipher' if encrypted else 'plain'}.db", secrets.token_bytes(32) if encrypted else None)
        create(location)
        require_current(location)
        self.clock = SystemClock()
        seed, sealer = secrets.token_bytes(32), FieldSealer(secrets.token_bytes(32))
        keys = folder / f"keys-{'cipher' if encrypted else 'plain'}"
        keys.mkdir(parents=True)
        write_key(keys / "ledger.key", seed)
        identity = LedgerIdentity("jope/BENCH-1/1", SigningKey(seed).public, "bench", 1)
        mark = HeadMark(keys / "head.mark", identity.origin)
        self._writer = open_writer(location)
        self.recorder = LedgerRecorder(identity, EpochKeys(keys), sealer, sealed_columns(), self.clock, mark)
        self.store = WriteStore(self._writer, self.recorder)
        self._commands: CommandThread | None = None

    def _sign_in(self, uow: UnitOfWork) -> None:
        uow.audit.principal, uow.audit.instant, uow.audit.command_id = WHO, self.clock.now(), new_id()

    def append(self) -> None:
        """One chained and signed event without a business row."""
        with self.store.unit_of_work() as uow:
            self._sign_in(uow)
            uow.audit.record(Action.RECORD_PRINTED, ("batch", "B-BENCH"), reason="measured")

    def add_material(self, code: str) -> None:
        """A business row to change later."""
        with self.store.unit_of_work() as uow:
            self._sign_in(uow)
            uow.session.add(Material(code=code, name="before", unit="g"))
            uow.audit.record(Action.LOT_RECEIVED, ("material", code))

    def change_material(self, code: str, name: str) -> None:
        """An audited write: a row updated through the ORM, its image, its event, chained and signed, one durable commit."""
        with self.store.unit_of_work() as uow:
            self._sign_in(uow)
            uow.session.get_one(Material, code).name = name
            uow.audit.record(Action.LOT_RECEIVED, ("material", code), reason="measured")

    def change_material_in_sql(self, code: str, name: str) -> None:
        """The same write without the ORM: what the ledger itself costs. The image comes from the triggers either way."""
        with self.store.unit_of_work() as uow:
            self._sign_in(uow)
            uow.cursor.execute("UPDATE material SET name = ? WHERE code = ?", (name, code))
            uow.audit.record(Action.LOT_RECEIVED, ("material", code), reason="measured")

    def stream(self) -> EventStream:
        """Its stream of events, with a command thread of its own."""
        self._commands = CommandThread()
        return EventStream(self.store, self._commands, self.clock, WHO)

    def close(self) -> None:
        """Let go of the file."""
        if self._commands is not None:
            self._commands.close()
        self._writer.engine.dispose()
        self._writer.connection.close()

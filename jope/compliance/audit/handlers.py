"""What happens with the ledger itself: checkpoints, epochs, migrations (URS C01, C02, B01; ledger.md)."""

from __future__ import annotations

from jope.compliance.access.permissions import Permission
from jope.compliance.audit.actions import Action
from jope.compliance.audit.commands import MakeCheckpoint, NoteMigration, RotateKey
from jope.compliance.commands import Acting, handles
from jope.kernel.crypto.epoch_keys import EpochKeys
from jope.kernel.store.uow import UnitOfWork


@handles(MakeCheckpoint, permission=Permission.SYSTEM, subject=lambda c: ("ledger", "checkpoint"), regulated=False)
def make_checkpoint(command: MakeCheckpoint, uow: UnitOfWork, acting: Acting) -> None:
    """A heartbeat, and a signed note over the trail up to and with it."""
    uow.audit.record(Action.LOG_HEARTBEAT, ("ledger", "checkpoint"), details={"cause": command.cause})
    uow.audit.checkpoint = True


@handles(RotateKey, permission=Permission.SYSTEM, subject=lambda c: ("ledger", "key"), regulated=False, ports=frozenset({"epoch_keys"}))
def rotate_key(command: RotateKey, uow: UnitOfWork, acting: Acting, *, epoch_keys: EpochKeys) -> None:
    """Name the next key. This commit is the outgoing key's last signature."""
    key = epoch_keys.prepare()
    epoch = uow.session.value("SELECT count(*) FROM audit WHERE action = ?", Action.KEY_ROTATED.value) + 2
    uow.audit.record(Action.KEY_ROTATED, ("ledger", "key"), details={"epoch": epoch, "public_key": key.public.hex()})
    uow.audit.next_key = key
    uow.after_commit.append(epoch_keys.promote)


@handles(NoteMigration, permission=Permission.SYSTEM, subject=lambda c: ("ledger", "schema"), regulated=False)
def note_migration(command: NoteMigration, uow: UnitOfWork, acting: Acting) -> None:
    """Write down that the schema is another one since here."""
    uow.audit.record(
        Action.SCHEMA_MIGRATED,
        ("ledger", "schema"),
        details={
            "from_revision": command.from_revision, "to_revision": command.to_revision, "from_fingerprint": command.from_fingerprint,
            "to_fingerprint": command.to_fingerprint,
        },
    )  # fmt: skip

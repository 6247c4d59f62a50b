"""What happens with the ledger itself: checkpoints, epochs, migrations (URS C01, C02, B01; ledger.md)."""

from __future__ import annotations

import json

from jope.compliance.access.permissions import Permission
from jope.compliance.audit.actions import Action
from jope.compliance.audit.commands import (
    BeginVerification,
    EndVerification,
    MakeCheckpoint,
    NoteAttestation,
    NoteMigration,
    NoteQuestion,
    NoteSensitiveRead,
    RotateKey,
)
from jope.compliance.audit.model import VerificationRun
from jope.compliance.commands import Acting, handles
from jope.kernel.crypto.epoch_keys import EpochKeys
from jope.kernel.errors import NotFoundError, RefusedError
from jope.kernel.ids import new_id
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


@handles(
    NoteSensitiveRead,
    permission=Permission.AUDIT_READ,
    subject=lambda c: ("user", c.employee_id),
    regulated=False,
    while_idle=True,
)
def note_sensitive_read(command: NoteSensitiveRead, uow: UnitOfWork, acting: Acting) -> None:
    """Write down who looks whom over, and by which query.

    Raises:
        NotFoundError: there is no such person.
    """
    if not uow.session.value("SELECT count(*) FROM user_account WHERE employee_id = ?", command.employee_id):
        raise NotFoundError(f"There is no person {command.employee_id}.")
    uow.audit.record(Action.DATA_READ, ("user", command.employee_id), details={"query": command.query})


@handles(NoteQuestion, permission=Permission.SIGN_IN, subject=lambda c: ("query", c.query), regulated=False, while_idle=True)
def note_question(command: NoteQuestion, uow: UnitOfWork, acting: Acting) -> None:
    """Write down what is asked, before it is answered."""
    details = {"query": command.query, "arguments": json.loads(command.arguments)}
    uow.audit.record(Action.DATA_READ, ("query", command.query), details=details)


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


@handles(NoteAttestation, permission=Permission.SYSTEM, subject=lambda c: ("ledger", "attestation"), regulated=False)
def note_attestation(command: NoteAttestation, uow: UnitOfWork, acting: Acting) -> None:
    """Write down what a start found: the checks, and how far the trail was verified."""
    if command.head_hash:
        now = acting.now.utc_us
        uow.session.add(
            VerificationRun(
                id=new_id(), full=0, cause="start", begun_us=now, ended_us=now, verdict="ok", findings=0, head_seq=command.head_seq,
                head_hash=command.head_hash, root=command.root, layers="{}",
            )
        )  # fmt: skip
    uow.audit.record(
        Action.STATION_ATTESTED,
        ("ledger", "attestation"),
        details={
            "ok": command.ok, "checks": json.loads(command.results), "from_seq": command.from_seq, "head_seq": command.head_seq,
            **({"after": command.after} if command.after else {}),
        },
    )  # fmt: skip


@handles(
    BeginVerification,
    permission=Permission.AUDIT_READ,
    subject=lambda c: ("verification", c.run_id),
    regulated=False,
    in_read_only=True,
)
def begin_verification(command: BeginVerification, uow: UnitOfWork, acting: Acting) -> None:
    """The job's begin: who asked for it and why."""
    uow.session.add(
        VerificationRun(
            id=command.run_id, full=1, cause=command.cause, begun_us=acting.now.utc_us, ended_us=None, verdict="", findings=0, head_seq=0,
            head_hash="", root="", layers="{}",
        )
    )  # fmt: skip
    uow.audit.record(Action.LEDGER_VERIFICATION_BEGUN, ("verification", command.run_id), details={"cause": command.cause})


@handles(EndVerification, permission=Permission.SYSTEM, subject=lambda c: ("verification", c.run_id), regulated=False)
def end_verification(command: EndVerification, uow: UnitOfWork, acting: Acting) -> None:
    """The job's end, with its result row. Findings raise an alarm of the highest priority; a good verdict returns it.

    Raises:
        NotFoundError: no such verification was begun.
        RefusedError: it has ended already.
    """
    run = uow.session.get(VerificationRun, command.run_id)
    if run is None:
        raise NotFoundError("No such verification was begun.")
    if run.ended_us is not None:
        raise RefusedError("The verification has ended already.", remedy="Nothing is left to do.")
    run.ended_us, run.verdict, run.findings = acting.now.utc_us, command.verdict, command.findings
    run.head_seq, run.head_hash, run.root = command.head_seq, command.head_hash, command.root
    run.layers = command.layers
    details = {"verdict": command.verdict, "findings": command.findings, "first": command.first_finding, "head_seq": command.head_seq}
    uow.audit.record(Action.LEDGER_VERIFIED, ("verification", command.run_id), details=details)

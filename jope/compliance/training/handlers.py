"""What happens with training (URS I01-I03, B13; 21 CFR 11.10(i); 211.25).

Procedures and requirements change by four eyes; a training record is signed: by the person who read, or by a trainer who is somebody else.
"""

from __future__ import annotations

from typing import Any

from jope.compliance.access.permissions import Permission
from jope.compliance.audit.actions import Action
from jope.compliance.commands import (
    Acting,
    FourEyesRule,
    GuardContext,
    Meaning,
    Risk,
    SheetRow,
    SigningSheet,
    handles,
)
from jope.compliance.signatures.records import SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.compliance.training import commands as c
from jope.compliance.training import guards as g
from jope.compliance.training.guards import effective_version, requirement_id, version_id, version_named
from jope.compliance.training.model import How, SopState, SopVersion, TrainingRecord, TrainingRequirement
from jope.compliance.training.standing import last_day
from jope.kernel.clock import site_date
from jope.kernel.store.uow import UnitOfWork

TRAINING_RECORD = SignedRecord(
    "training", "training_record", "id",
    ("id", "employee_id", "sop_version_id", "document_hash", "how", "trainer", "note", "completed_us", "valid_until"),
)  # fmt: skip


def _sop(command: Any) -> tuple[str, str]:
    return ("sop", version_id(command.sop_id, command.number))


def _requirement(command: Any) -> tuple[str, str]:
    return ("training_requirement", requirement_id(command.kind, command.key, command.sop_id))


def _months(months: int) -> str:
    return f"{months} months" if months else "no end"


# --- procedures ------------------------------------------------------------------------------------------------------


def _publish_diff(command: c.PublishSop, context: GuardContext) -> tuple[SheetRow, ...]:
    before = effective_version(context.session, command.sop_id)
    return (
        SheetRow("Procedure", "" if before is None else before.sop_id, command.sop_id),
        SheetRow("Title", "" if before is None else before.title, command.title),
        SheetRow("Version", "" if before is None else str(before.number), str(command.number)),
        SheetRow("Document", "" if before is None else before.document_name, command.document_name),
        SheetRow("Hash of the document", "" if before is None else before.document_hash, command.document_hash),
        SheetRow("Effective from", "" if before is None else before.effective_from, command.effective_from),
        SheetRow("Training is good for", "" if before is None else _months(before.validity_months), _months(command.validity_months)),
    )


@handles(
    c.PublishSop,
    permission=Permission.TRAINING_REQUEST,
    subject=_sop,
    guards=(g.reason_is_given, g.version_is_well_formed, g.version_is_the_next, g.document_is_kept),
    guard_ports=frozenset({"documents"}),
    four_eyes=FourEyesRule(risk=Risk.MEDIUM, diff=_publish_diff, approve=Permission.CHANGE_APPROVE),
)
def publish_sop(command: c.PublishSop, uow: UnitOfWork, acting: Acting) -> None:
    """Make the version effective; the one before is superseded in the same transaction."""
    before = effective_version(uow.session, command.sop_id)
    if before is not None:
        before.state = SopState.SUPERSEDED.value
        uow.session.flush()
    row = SopVersion(
        id=version_id(command.sop_id, command.number), sop_id=command.sop_id, number=command.number, title=command.title,
        document_hash=command.document_hash, document_name=command.document_name, effective_from=command.effective_from,
        validity_months=command.validity_months, state=SopState.EFFECTIVE.value, published_us=acting.now.utc_us,
    )  # fmt: skip
    uow.session.add(row)
    uow.audit.record(Action.SOP_PUBLISHED, ("sop", row.id), reason=command.reason)


def _withdraw_diff(command: c.WithdrawSop, context: GuardContext) -> tuple[SheetRow, ...]:
    found = version_named(context.session, command.sop_id, command.number)
    same = f"{found.sop_id} ({found.title}), version {found.number}"
    return (SheetRow("Procedure", same, same), SheetRow("State", found.state, SopState.WITHDRAWN.value))


@handles(
    c.WithdrawSop,
    permission=Permission.TRAINING_REQUEST,
    subject=_sop,
    guards=(g.reason_is_given, g.version_is_effective, g.nothing_requires_it),
    four_eyes=FourEyesRule(risk=Risk.MEDIUM, diff=_withdraw_diff, approve=Permission.CHANGE_APPROVE),
)
def withdraw_sop(command: c.WithdrawSop, uow: UnitOfWork, acting: Acting) -> None:
    """Withdraw the effective version."""
    row = version_named(uow.session, command.sop_id, command.number)
    row.state = SopState.WITHDRAWN.value
    uow.audit.record(Action.SOP_WITHDRAWN, ("sop", row.id), reason=command.reason)


# --- requirements ----------------------------------------------------------------------------------------------------


def _requirement_diff(command: c.RequireTraining | c.ReleaseRequirement, context: GuardContext) -> tuple[SheetRow, ...]:
    states = ("not required", "required")
    before, after = states if isinstance(command, c.RequireTraining) else states[::-1]
    what = f"{command.kind} {command.key}"
    return (SheetRow("For", what, what), SheetRow(f"Training on {command.sop_id}", before, after))


@handles(
    c.RequireTraining,
    permission=Permission.TRAINING_REQUEST,
    subject=_requirement,
    guards=(g.reason_is_given, g.duty_exists, g.sop_is_effective, g.training_is_not_required),
    guard_ports=frozenset({"duties"}),
    four_eyes=FourEyesRule(risk=Risk.MEDIUM, diff=_requirement_diff, approve=Permission.CHANGE_APPROVE),
)
def require_training(command: c.RequireTraining, uow: UnitOfWork, acting: Acting) -> None:
    """From here on the action, or the signature, waits for the training."""
    key = requirement_id(command.kind, command.key, command.sop_id)
    row = uow.session.get(TrainingRequirement, key)
    if row is None:
        row = TrainingRequirement(
            id=key, kind=command.kind, key=command.key, sop_id=command.sop_id, active=1, since_us=acting.now.utc_us
        )  # fmt: skip
        uow.session.add(row)
    row.active, row.since_us = 1, acting.now.utc_us
    uow.audit.record(Action.TRAINING_REQUIRED, _requirement(command), reason=command.reason)


@handles(
    c.ReleaseRequirement,
    permission=Permission.TRAINING_REQUEST,
    subject=_requirement,
    guards=(g.reason_is_given, g.training_is_required),
    four_eyes=FourEyesRule(risk=Risk.HIGH, diff=_requirement_diff, approve=Permission.CHANGE_APPROVE),
)
def release_requirement(command: c.ReleaseRequirement, uow: UnitOfWork, acting: Acting) -> None:
    """The training is asked for no more."""
    row = uow.session.get_one(TrainingRequirement, requirement_id(command.kind, command.key, command.sop_id))
    row.active, row.since_us = 0, acting.now.utc_us
    uow.audit.record(Action.TRAINING_RELEASED, _requirement(command), reason=command.reason)


# --- records ---------------------------------------------------------------------------------------------------------


def _same(label: str, value: str) -> SheetRow:
    return SheetRow(label, value, value)


def _document_rows(version: SopVersion, context: GuardContext) -> tuple[SheetRow, ...]:
    until = last_day(site_date(context.now.utc_us, context.zone), version.validity_months)
    digest = version.document_hash
    return (
        _same("Procedure", f"{version.sop_id} ({version.title})"),
        _same("Version", f"{version.number}, effective from {version.effective_from}"),
        _same("Document", version.document_name),
        _same("Hash of the document", " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))),
        SheetRow("Training is good until", "", until or "no end"),
    )


def _read_sheet(command: c.ReadAndUnderstood, context: GuardContext) -> SigningSheet:
    version = version_named(context.session, command.sop_id, command.number)
    who = context.principal.employee_id
    rows = (*_document_rows(version, context), SheetRow("Read and understood by", "", who))
    return signing_sheet(f"Read and understood: {version.id}", ("training", f"{who}:{version.id}"), Meaning.RESPONSIBILITY, rows)


@handles(
    c.ReadAndUnderstood,
    permission=Permission.SIGN_IN,
    subject=_sop,
    signature=Meaning.RESPONSIBILITY,
    sheet=_read_sheet,
    guards=(g.version_is_effective, g.is_not_read_for_good),
)
def read_and_understood(command: c.ReadAndUnderstood, uow: UnitOfWork, acting: Acting) -> c.Trained:
    """Write down that the signer has read and understood the version."""
    version = version_named(uow.session, command.sop_id, command.number)
    row = _record(version, acting.principal.employee_id, How.READ, None, "", acting, command.command_id)
    acting.signed().onto(row, "signed", kind="training", subject_id=row.id, version=1)
    uow.session.add(row)
    uow.audit.record(Action.SOP_READ, ("training", row.id), ("sop", version.id), ("user", row.employee_id))
    return c.Trained(row.id, row.valid_until)


def _instruction_sheet(command: c.RecordInstruction, context: GuardContext) -> SigningSheet:
    version = version_named(context.session, command.sop_id, command.number)
    rows = (
        *_document_rows(version, context),
        SheetRow("Instructed", "", command.employee_id),
        SheetRow("Trainer", "", context.principal.employee_id),
        SheetRow("How understanding was seen", "", command.note),
    )
    return signing_sheet(
        f"Instruction: {version.id}", ("training", f"{command.employee_id}:{version.id}"), Meaning.VERIFIED, rows
    )  # fmt: skip


@handles(
    c.RecordInstruction,
    permission=Permission.TRAINING_REQUEST,
    subject=_sop,
    signature=Meaning.VERIFIED,
    sheet=_instruction_sheet,
    guards=(g.version_is_effective, g.trainer_is_another, g.trainee_works_here, g.trainer_is_trained, g.note_is_given),
)
def record_instruction(command: c.RecordInstruction, uow: UnitOfWork, acting: Acting) -> c.Trained:
    """Write down that the signer has instructed somebody else."""
    version = version_named(uow.session, command.sop_id, command.number)
    trainer = acting.principal.employee_id
    row = _record(version, command.employee_id, How.INSTRUCTED, trainer, command.note, acting, command.command_id)
    acting.signed().onto(row, "signed", kind="training", subject_id=row.id, version=1)
    uow.session.add(row)
    subjects = (("training", row.id), ("sop", version.id), ("user", row.employee_id), ("user", trainer))
    uow.audit.record(Action.SOP_INSTRUCTED, *subjects, reason=command.note)
    return c.Trained(row.id, row.valid_until)


def _record(
    version: SopVersion, employee_id: str, how: How, trainer: str | None, note: str, acting: Acting, record_id: str
) -> TrainingRecord:
    return TrainingRecord(
        id=record_id, employee_id=employee_id, sop_version_id=version.id, document_hash=version.document_hash, how=how.value, trainer=trainer,
        note=note, completed_us=acting.now.utc_us, valid_until=last_day(site_date(acting.now.utc_us, acting.zone), version.validity_months),
    )  # fmt: skip

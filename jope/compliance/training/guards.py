"""Guards of the training room, and how its rows are found."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final, cast

from sqlalchemy import select

from jope.compliance.commands import GuardContext, GuardVerdict
from jope.compliance.training import commands as c
from jope.compliance.training.due import standing_of
from jope.compliance.training.model import Gated, SopState, SopVersion, TrainingRequirement
from jope.compliance.training.ports import Documents, Duties
from jope.compliance.training.standing import TrainingState
from jope.kernel.clock import site_date
from jope.kernel.errors import NotFoundError
from jope.kernel.store.rows import RowSession

_SOP_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")
_CLAUSE: Final = "11.10(i)"
_LONGEST_VALIDITY: Final = 600


def version_id(sop_id: str, number: int) -> str:
    """The key of a version."""
    return f"{sop_id}:{number}"


def requirement_id(kind: str, key: str, sop_id: str) -> str:
    """The key of a requirement."""
    return f"{kind}:{key}:{sop_id}"


def effective_version(session: RowSession, sop_id: str) -> SopVersion | None:
    """The effective version of a procedure, None where it has none."""
    return session.scalar(select(SopVersion).where(SopVersion.sop_id == sop_id, SopVersion.state == SopState.EFFECTIVE))


def version_named(session: RowSession, sop_id: str, number: int) -> SopVersion:
    """A version of a procedure.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(SopVersion, version_id(sop_id, number))
    if found is None:
        raise NotFoundError(f"There is no version {number} of {sop_id}.")
    return found


def is_date(text: str) -> bool:
    """Whether a text is a date, ISO 8601."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def reason_is_given(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Why."""
    if command.reason.strip():
        return None
    return GuardVerdict("reason_is_given", "A reason is missing.", "Write why.", "11.10(e)")


def version_is_well_formed(command: c.PublishSop, context: GuardContext) -> GuardVerdict | None:
    """Number, date, title and validity can be what they say."""
    whole = _SOP_ID.fullmatch(command.sop_id) and command.title.strip() and command.document_name.strip() and command.number >= 1
    if whole and is_date(command.effective_from) and 0 <= command.validity_months <= _LONGEST_VALIDITY:
        return None
    words = "The procedure's number, title, document, date or validity is malformed."
    return GuardVerdict(
        "version_is_well_formed", words, "Use up to 40 letters, digits and . _ / - for the number, and a date like 2026-11-20.", _CLAUSE
    )


def version_is_the_next(command: c.PublishSop, context: GuardContext) -> GuardVerdict | None:
    """A version is followed by a higher one."""
    newest = context.session.value("SELECT max(number) FROM sop_version WHERE sop_id = ?", command.sop_id)
    if newest is None or command.number > newest:
        return None
    return GuardVerdict("version_is_the_next", f"Version {newest} of {command.sop_id} is there already.", "Take a higher number.", _CLAUSE)


def document_is_kept(command: c.PublishSop, context: GuardContext) -> GuardVerdict | None:
    """What people will sign for is in the station, under the hash that they will see."""
    if cast("Documents", context.ports["documents"]).holds(command.document_hash):
        return None
    return GuardVerdict("document_is_kept", "The station does not keep this document.", "Choose the document's file again.", _CLAUSE)


def version_is_effective(command: Any, context: GuardContext) -> GuardVerdict | None:
    """It is the version that people are trained on now."""
    found = version_named(context.session, command.sop_id, command.number)
    if found.state == SopState.EFFECTIVE:
        return None
    words = f"Version {found.number} of {found.sop_id} is {found.state}."
    return GuardVerdict("version_is_effective", words, "Take the effective version.", _CLAUSE)


def nothing_requires_it(command: c.WithdrawSop, context: GuardContext) -> GuardVerdict | None:
    """A requirement without a procedure would ask nothing."""
    held = context.session.value("SELECT key FROM training_requirement WHERE sop_id = ? AND active = 1 ORDER BY key", command.sop_id)
    if held is None:
        return None
    return GuardVerdict("nothing_requires_it", f"'{held}' still asks for this training.", "Release its requirements first.", _CLAUSE)


def duty_exists(command: c.RequireTraining, context: GuardContext) -> GuardVerdict | None:
    """The action, or signatures of the meaning, are work of people here."""
    known = command.kind in {kind.value for kind in Gated}
    if known and command.key in cast("Duties", context.ports["duties"]).keys(command.kind):
        return None
    words = f"There is no {command.kind} '{command.key}' that training can be required for."
    return GuardVerdict("duty_exists", words, "Name an action of people's work, or a meaning.", _CLAUSE)


def sop_is_effective(command: c.RequireTraining, context: GuardContext) -> GuardVerdict | None:
    """People can be trained on it."""
    if effective_version(context.session, command.sop_id) is not None:
        return None
    return GuardVerdict("sop_is_effective", f"{command.sop_id} has no effective version.", "Publish it first.", _CLAUSE)


def training_is_not_required(command: c.RequireTraining, context: GuardContext) -> GuardVerdict | None:
    """It is required once."""
    found = context.session.get(TrainingRequirement, requirement_id(command.kind, command.key, command.sop_id))
    if found is None or not found.active:
        return None
    return GuardVerdict("training_is_not_required", "This training is required already.", "Nothing is left to do.", _CLAUSE)


def training_is_required(command: c.ReleaseRequirement, context: GuardContext) -> GuardVerdict | None:
    """There is something to release."""
    found = context.session.get(TrainingRequirement, requirement_id(command.kind, command.key, command.sop_id))
    if found is not None and found.active:
        return None
    return GuardVerdict("training_is_required", "This training is not required.", "Nothing is left to do.", _CLAUSE)


def is_not_read_for_good(command: c.ReadAndUnderstood, context: GuardContext) -> GuardVerdict | None:
    """What is signed once and has no end is not signed again."""
    today = site_date(context.now.utc_us, context.zone)
    found = standing_of(context.session.cursor, context.principal.employee_id, command.sop_id, today)
    if found is None or found.state is not TrainingState.TRAINED or found.valid_until or found.number < command.number:
        return None
    return GuardVerdict("is_not_read_for_good", "You have signed this version already.", "Nothing is left to do.", _CLAUSE)


def trainer_is_another(command: c.RecordInstruction, context: GuardContext) -> GuardVerdict | None:
    """Nobody instructs themselves."""
    if command.employee_id != context.principal.employee_id:
        return None
    return GuardVerdict(
        "trainer_is_another", "You cannot instruct yourself.", "Read and sign it, or let another trainer instruct you.", _CLAUSE
    )


def trainer_is_trained(command: c.RecordInstruction, context: GuardContext) -> GuardVerdict | None:
    """Whoever instructs is trained on the same version."""
    today = site_date(context.now.utc_us, context.zone)
    found = standing_of(context.session.cursor, context.principal.employee_id, command.sop_id, today)
    if found is not None and found.state is TrainingState.TRAINED and found.number >= command.number:
        return None
    return GuardVerdict("trainer_is_trained", "You are not trained on this version yourself.", "Read and sign it first.", _CLAUSE)


def trainee_works_here(command: c.RecordInstruction, context: GuardContext) -> GuardVerdict | None:
    """The trainee is a person of this station who is not disabled."""
    state = context.session.value("SELECT state FROM user_account WHERE employee_id = ?", command.employee_id)
    if state not in (None, "disabled"):
        return None
    words = f"There is no person {command.employee_id} with an account that is in use."
    return GuardVerdict("trainee_works_here", words, "Check the employee id.", _CLAUSE)


def note_is_given(command: c.RecordInstruction, context: GuardContext) -> GuardVerdict | None:
    """How it was seen that they understood."""
    if command.note.strip():
        return None
    return GuardVerdict("note_is_given", "A note is missing.", "Write how you saw that they understood.", _CLAUSE)

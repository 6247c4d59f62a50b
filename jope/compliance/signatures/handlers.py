"""What happens to the matrix, the statement and its acceptances."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jope.compliance.access.permissions import Permission
from jope.compliance.audit.actions import Action
from jope.compliance.commands import (
    Acting,
    Command,
    FourEyesRule,
    GuardContext,
    GuardVerdict,
    Meaning,
    Risk,
    Seal,
    SheetRow,
    SigningSheet,
    handles,
    offered_meanings,
)
from jope.compliance.signatures.actions import SIGNED_ACTION, content_of
from jope.compliance.signatures.commands import AcceptAccountability, ChangeSignatureRule, FillSignatureMatrix, IssueStatement
from jope.compliance.signatures.matrix import RULE, STATEMENT
from jope.compliance.signatures.model import AccountabilityAcceptance, AccountabilityStatement, SignedAction, StoredRule
from jope.compliance.signatures.records import SignedRecord
from jope.compliance.signatures.rules import SignatureRule, Signing, faults_of, first_version
from jope.compliance.signatures.sheets import signing_sheet
from jope.compliance.signatures.statements import STATEMENTS, Statement, has_accepted, statements_in_force
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork

ACCEPTANCE_RECORD = SignedRecord(
    "accountability_acceptance", "accountability_acceptance", "id", ("id", "employee_id", "number", "language", "hash", "accepted_us")
)
ACTION_RECORD = SignedRecord(SIGNED_ACTION, "signed_action", "id", ("id", "action", "subject_kind", "subject_id", "content", "signed_us"))


@handles(
    FillSignatureMatrix,
    permission=Permission.SYSTEM,
    subject=lambda c: ("station", "signing"),
    regulated=False,
    ports=frozenset({"signature_floors"}),
)
def fill_signature_matrix(
    command: FillSignatureMatrix, uow: UnitOfWork, acting: Acting, *, signature_floors: dict[str, SignatureRule]
) -> None:
    """Write first versions down, each a subject of the event."""
    rules = [first_version(signature_floors[action]) for action in command.actions]
    uow.session.add_all(_stored(rule, acting.now.utc_us) for rule in rules)
    subjects = tuple((RULE, rule.action) for rule in rules)
    uow.audit.record(Action.SIGNATURE_RULES_SET, ("station", "signing"), *subjects, reason="first version: what the program demands")


@handles(IssueStatement, permission=Permission.SYSTEM, subject=lambda c: (STATEMENT, str(c.number)), regulated=False)
def issue_statement(command: IssueStatement, uow: UnitOfWork, acting: Acting) -> None:
    """Write the texts of a version down."""
    texts = [s for s in STATEMENTS if s.number == command.number]
    uow.session.add_all(_issued(text, acting.now.utc_us) for text in texts)
    hashes = {text.language: text.hash for text in texts}
    uow.audit.record(Action.STATEMENT_ISSUED, (STATEMENT, str(command.number)), details={"hashes": hashes})


def _stored(rule: SignatureRule, since_us: int) -> StoredRule:
    return StoredRule(
        id=f"{rule.action}:{rule.number}", action=rule.action, number=rule.number, signing=rule.signing.value,
        meaning=None if rule.meaning is None else rule.meaning.value, offered=json.dumps([m.value for m in rule.offered]),
        verifying=rule.verifying, series=int(rule.series), since_us=since_us,
    )  # fmt: skip


def _issued(text: Statement, since_us: int) -> AccountabilityStatement:
    return AccountabilityStatement(
        id=f"{text.number}:{text.language}", number=text.number, language=text.language, text=text.text, hash=text.hash, since_us=since_us
    )


# --- accepting the statement -----------------------------------------------------------------------------------------


def _shown(command: AcceptAccountability, context: GuardContext) -> Statement | None:
    texts = statements_in_force(context.session.cursor)
    return next((s for s in texts if (s.number, s.language) == (command.number, command.language)), None)


def statement_is_in_force(command: AcceptAccountability, context: GuardContext) -> GuardVerdict | None:
    """Only the newest version can be accepted."""
    if _shown(command, context) is not None:
        return None
    return GuardVerdict("statement_is_in_force", "This statement is not the one in force.", "Open it again and read it.", "11.10(j)")


def statement_is_not_accepted(command: AcceptAccountability, context: GuardContext) -> GuardVerdict | None:
    """It is accepted once."""
    if not has_accepted(context.session.cursor, context.principal.employee_id):
        return None
    return GuardVerdict("statement_is_not_accepted", "You have accepted this statement.", "Nothing is left to do.", "11.10(j)")


def _acceptance_sheet(command: AcceptAccountability, context: GuardContext) -> SigningSheet:
    shown = _shown(command, context) or Statement(command.number, command.language, "")
    who = context.principal.employee_id
    digest = " ".join(shown.hash[at : at + 8] for at in range(0, len(shown.hash), 8))
    rows = (
        SheetRow("Statement", shown.text, shown.text),
        SheetRow("Hash of the text", digest, digest),
        SheetRow("Accepted by", "", who),
    )
    subject = ("accountability_acceptance", f"{who}:{command.number}")
    return signing_sheet(f"Accountability statement, version {command.number}", subject, Meaning.RESPONSIBILITY, rows)


@handles(
    AcceptAccountability,
    permission=Permission.SIGN_IN,
    subject=lambda c: (STATEMENT, str(c.number)),
    signature=Meaning.RESPONSIBILITY,
    sheet=_acceptance_sheet,
    guards=(statement_is_in_force, statement_is_not_accepted),
    regulated=False,  # whoever puts the station's clock right signs that, and may sign it as the first thing
    opens_signing=True,
)
def accept_accountability(command: AcceptAccountability, uow: UnitOfWork, acting: Acting) -> None:
    """Write the acceptance down; from here on the person signs."""
    who = acting.principal.employee_id
    text = next(s for s in statements_in_force(uow.cursor) if s.language == command.language)
    row = AccountabilityAcceptance(
        id=f"{who}:{command.number}", employee_id=who, number=command.number, language=command.language, hash=text.hash,
        accepted_us=acting.now.utc_us,
    )  # fmt: skip
    acting.signed().onto(row, "accepted", kind="accountability_acceptance", subject_id=row.id, version=1)
    uow.session.add(row)
    subjects = (("accountability_acceptance", row.id), (STATEMENT, str(command.number)), ("user", who))
    uow.audit.record(Action.STATEMENT_ACCEPTED, *subjects, details={"number": command.number, "language": command.language})


# --- what the matrix alone has signed --------------------------------------------------------------------------------


def keep_signed_action(uow: UnitOfWork, command: Command, subject: tuple[str, str], acting: Acting, seal: Seal) -> None:
    """Put the seal of an action that has no signed record of its own onto one that says what was asked."""
    row: Any = SignedAction(
        id=command.command_id, action=type(command).__name__, subject_kind=subject[0], subject_id=subject[1], content=content_of(command),
        signed_us=acting.now.utc_us,
    )  # fmt: skip
    seal.onto(row, "signed", kind=SIGNED_ACTION, subject_id=row.id, version=1)
    uow.session.add(row)


# --- the matrix changes by four eyes ---------------------------------------------------------------------------------


def _floors(context: GuardContext) -> Mapping[str, SignatureRule]:
    found: Any = context.ports["signature_floors"]
    floors: Mapping[str, SignatureRule] = found
    return floors


def _asked_rule(command: ChangeSignatureRule, session: RowSession, floor: SignatureRule) -> SignatureRule:
    """The next version of an action's rule, as it was asked for."""
    number = int(session.value("SELECT count(*) FROM signature_rule WHERE action = ?", command.action)) + 1
    meaning = Meaning(command.meaning) if command.meaning else None
    offered = () if meaning is None else offered_meanings(meaning)
    return SignatureRule(command.action, number, Signing(command.signing), meaning, offered, floor.verifying, command.series)


def rule_is_well_formed(command: ChangeSignatureRule, context: GuardContext) -> GuardVerdict | None:
    """The action is in the matrix, and is signed in one of the three ways, with a meaning where it is signed."""
    known = command.signing in set(Signing) and (not command.meaning or command.meaning in set(Meaning))
    if command.action in _floors(context) and known and (command.signing == Signing.NONE) == (not command.meaning):
        return None
    return GuardVerdict(
        "rule_is_well_formed", "This action, way of signing or meaning is not one of the matrix.", "Look at the matrix.", "11.50(a)(3)"
    )


def rule_is_not_weaker(command: ChangeSignatureRule, context: GuardContext) -> GuardVerdict | None:
    """It demands no less than the program."""
    if rule_is_well_formed(command, context) is not None:
        return None
    floor = _floors(context)[command.action]
    fault = next(iter(faults_of(_asked_rule(command, context.session, floor), floor)), "")
    if not fault:
        return None
    return GuardVerdict("rule_is_not_weaker", f"{fault}.", "Ask for a rule that demands as much, or more.", "11.50(a)(3)")


def rule_changes(command: ChangeSignatureRule, context: GuardContext) -> GuardVerdict | None:
    """Something is another than before."""
    if _shown_rule(context.session, command.action) != _words(command.signing, command.meaning, command.series):
        return None
    return GuardVerdict("rule_changes", "The action is signed so already.", "Nothing is left to do.", "11.50(a)(3)")


def _words(signing: str, meaning: str | None, series: object) -> str:
    return f"{signing} {meaning or ''}{', in a series' if series else ''}".strip()


def _shown_rule(session: RowSession, action: str) -> str:
    sql = "SELECT signing, meaning, series FROM signature_rule WHERE action = ? ORDER BY number DESC LIMIT 1"
    row = session.cursor.execute(sql, (action,)).fetchone()
    return "" if row is None else _words(*row)


def _rule_diff(command: ChangeSignatureRule, context: GuardContext) -> tuple[SheetRow, ...]:
    before = _shown_rule(context.session, command.action)
    return (
        SheetRow("Action", command.action, command.action),
        SheetRow("Signed", before, _words(command.signing, command.meaning, command.series)),
    )


@handles(
    ChangeSignatureRule,
    permission=Permission.SETTING_REQUEST,
    subject=lambda c: (RULE, c.action),
    guards=(rule_is_well_formed, rule_is_not_weaker, rule_changes),
    guard_ports=frozenset({"signature_floors"}),
    ports=frozenset({"signature_floors"}),
    four_eyes=FourEyesRule(risk=Risk.HIGH, approve=Permission.CHANGE_APPROVE, diff=_rule_diff),
)
def change_signature_rule(
    command: ChangeSignatureRule, uow: UnitOfWork, acting: Acting, *, signature_floors: dict[str, SignatureRule]
) -> None:
    """The next version of the action's rule; the matrix follows it from this commit on."""
    rule = _asked_rule(command, uow.session, signature_floors[command.action])
    uow.session.add(_stored(rule, acting.now.utc_us))
    uow.audit.record(Action.SIGNATURE_RULES_SET, (RULE, command.action), reason=command.reason, details={"number": rule.number})

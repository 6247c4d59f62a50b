"""What the change machine must know of the commands it holds: their declarations, and how an approved one is run."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from jope.compliance.access.permissions import ADMINISTRATION
from jope.compliance.access.reader import ALL_LINES
from jope.compliance.access.scope import lines_of
from jope.compliance.audit.actions import Action
from jope.compliance.changes.model import ChangeRequest
from jope.compliance.changes.stored import command_of, command_text, rows_text, text_hash
from jope.compliance.commands import (
    Acting,
    Authority,
    ChangeStored,
    Command,
    Declaration,
    FourEyesRule,
    GuardContext,
    Principal,
)
from jope.kernel.errors import ChangeMovedError, GuardRefusedError, RefusedError, StoreDamagedError
from jope.kernel.store.uow import UnitOfWork

PersonOf = Callable[[Any, str, Principal, int], tuple[Principal, str]]
"""(cursor, employee id, where, now in UTC microseconds) -> the person's principal and name."""
_HOUR_US = 3_600_000_000
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Changes:
    """Stores four-eyes commands and runs the approved ones. Implements the bus's ``FourEyes`` port; a port of its own room's handlers."""

    def __init__(self, declarations: Mapping[type[Command], Declaration], ports: Mapping[str, object], person: PersonOf) -> None:
        self._declared = {d.command.__name__: d for d in declarations.values() if d.four_eyes is not None}
        self._ports = ports
        self._person = person

    def store(self, uow: UnitOfWork, command: Command, declaration: Declaration, context: GuardContext) -> ChangeStored:
        """A new draft of whoever asks."""
        rule = _rule(declaration)
        diff = rows_text(rule.diff(command, context))
        kind, subject_id = declaration.subject(command)
        row = ChangeRequest(
            id=f"CR-{uow.session.value('SELECT count(*) FROM change_request') + 1:05d}", command=type(command).__name__,
            content=command_text(command), subject_kind=kind, subject_id=subject_id, risk=rule.risk.value, reason=_reason(command),
            needed=rule.approvers, emergency=0, diff=diff, diff_hash=text_hash(diff), requester=context.principal.employee_id, state="draft",
            outcome="", deviation="", drafted_us=context.now.utc_us, submitted_us=None, approved_us=None, executed_us=None, ended_us=None,
            expires_us=context.now.utc_us + rule.hours * _HOUR_US, ratify_by_us=None,
            submission_signature=None, submission_signer=None, submission_meaning=None, submission_version=None,
            approval_signature=None, approval_signer=None, approval_meaning=None, approval_version=None,
            further_signature=None, further_signer=None, further_meaning=None, further_version=None,
            rejection_signature=None, rejection_signer=None, rejection_meaning=None, rejection_version=None,
        )  # fmt: skip
        uow.session.add(row)
        uow.audit.record(Action.CHANGE_DRAFTED, ("change", row.id), (kind, subject_id), reason=row.reason, details={"command": row.command})
        return ChangeStored(row.id)

    def rule(self, row: ChangeRequest) -> FourEyesRule:
        """How a stored command is approved."""
        return _rule(self._declaration(row))

    def command(self, row: ChangeRequest) -> Command:
        """The stored command. It is given under an id of the request, so that it is done once."""
        return command_of(self._declaration(row).command, row.content, command_id=f"{row.id}-{row.drafted_us}")

    def concerned(self, row: ChangeRequest) -> frozenset[str]:
        """The people whom a request is about."""
        return self.rule(row).concerns(self.command(row))

    def diff(self, row: ChangeRequest, context: GuardContext) -> str:
        """What the stored command would change as things stand now, as canonical JSON."""
        return rows_text(self.rule(row).diff(self.command(row), context))

    def is_emergency(self, row: ChangeRequest) -> bool:
        """Whether this very command may be executed before it is approved."""
        return self.rule(row).emergency(self.command(row))

    def run(self, row: ChangeRequest, uow: UnitOfWork, acting: Acting) -> Any:
        """Run an approved command with what its requester may do now, under the names of all who asked for and approved it.

        Raises:
            RefusedError: the requester may not ask for it any more, an approver is no longer one, or it is refused as things stand now.
            ChangeMovedError: it would change something else than was shown.
        """
        declaration, command = self._declaration(row), self.command(row)
        requester = self._requester(row, declaration, uow, acting)
        context = GuardContext(uow.session, requester, acting.now, acting.zone, self._ports)
        for guard in declaration.guards:
            verdict = guard(command, context)
            if verdict is not None:
                raise GuardRefusedError(verdict.message, remedy=verdict.remedy)
        if self.diff(row, context) != row.diff:
            raise ChangeMovedError("What this request changes is not any more as it was shown to its approvers.")
        approvers = tuple(who for who in (row.approval_signer, row.further_signer) if who is not None)
        self._require_approvers(row, approvers, uow, acting)
        authority = Authority(row.id, row.requester, approvers)
        uow.audit.principal = requester
        uow.audit.marks = {
            **requester.marks(),
            "change": row.id,
            "requested_by": row.requester,
            "approved_by": list(approvers),
            "emergency": bool(row.emergency),
        }
        ports = {name: self._ports[name] for name in declaration.ports}
        return declaration.handler(command, uow, Acting(requester, acting.now, acting.zone, None, authority), **ports)

    def _requester(self, row: ChangeRequest, declaration: Declaration, uow: UnitOfWork, acting: Acting) -> Principal:
        standing = uow.session.value("SELECT state FROM user_account WHERE employee_id = ?", row.requester)
        if standing == "disabled":
            raise RefusedError("The account of the requester is disabled.", remedy="Somebody else asks for it.")
        requester = self._person(uow.cursor, row.requester, acting.principal, acting.now.utc_us)[0]
        if declaration.permission not in requester.permissions:
            raise RefusedError("The requester may not ask for this any more.", remedy="Somebody else asks for it.")
        command = self.command(row)
        lines = set(lines_of(uow.cursor, command, declaration.subject(command), row.requester))
        if requester.line != ALL_LINES and lines - {requester.line}:
            raise RefusedError("The requester may not ask for this on that line any more.", remedy="Somebody else asks for it.")
        return requester

    def _require_approvers(self, row: ChangeRequest, approvers: tuple[str, ...], uow: UnitOfWork, acting: Acting) -> None:
        """Whoever approved it may have been disabled since, or have become an administrator."""
        for who in approvers:
            if uow.session.value("SELECT state FROM user_account WHERE employee_id = ?", who) == "disabled":
                raise RefusedError(f"The account of {who}, who approved it, is disabled.", remedy="Ask for the change anew.")
        outside = row.approval_signer
        if outside is not None and stands_inside(self._person(uow.cursor, outside, acting.principal, acting.now.utc_us)[0]):
            raise RefusedError(f"{outside}, who approved it, stands inside administration by now.", remedy="Ask for the change anew.")

    def _declaration(self, row: ChangeRequest) -> Declaration:
        found = self._declared.get(row.command)
        if found is None:
            raise StoreDamagedError(f"The change request {row.id} holds a command that this program does not know.")
        return found


def title_of(command: str) -> str:
    """A command's name in words: ``CreateUser`` is "Create user"."""
    first, *others = _WORDS.split(command)
    return " ".join([first, *(word.lower() for word in others)])


def stands_inside(principal: Principal) -> bool:
    """Whether a person stands inside administration."""
    return bool(principal.permissions & ADMINISTRATION)


def _rule(declaration: Declaration) -> FourEyesRule:
    assert declaration.four_eyes is not None, "only four-eyes commands are stored"
    return declaration.four_eyes


def _reason(command: Any) -> str:
    reason: str = command.reason
    if not reason.strip():
        raise RefusedError("A reason is missing.", remedy="Write why this is changed.")
    return reason

"""How a command is declared: what it asks, who may ask it, how it is signed and which guards stand before it.

Only declarations live here. The bus reads them; the ports named at the end are implemented in other rooms and joined in ``jope.bootstrap``.
A handler never commits, never checks a password and never asks who is signed in: all that is declared (house.md "One way through").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from jope.compliance.access.permissions import Permission
from jope.kernel.ids import new_id

if TYPE_CHECKING:
    from jope.kernel.clock import Instant
    from jope.kernel.store.rows import RowSession


class Meaning(StrEnum):
    """Meanings of a signature, a fixed list (URS B03; 21 CFR 11.50(a)(3))."""

    AUTHORSHIP = "authorship"
    PERFORMED = "performed"
    VERIFIED = "verified"
    REVIEW = "review"
    APPROVAL = "approval"
    RESPONSIBILITY = "responsibility"
    RELEASE = "release"
    CERTIFICATION = "certification"
    REJECTION = "rejection"
    VOID = "void"


class Risk(StrEnum):
    """The risk class of a change, as an approver is shown it (URS D05)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Outcome(StrEnum):
    """How a command ended (URS C06)."""

    DONE = "done"
    DENIED = "denied"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Base of all commands. The id makes a repeated command return its first outcome (reliability.md rule 2)."""

    command_id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureInput:
    """What the signature dialog collects. ``shown_hash`` is the record hash of the sheet that the signer saw.

    ``series`` is the token of a running series of signatures: its person then gives the password alone, and ``employee_id`` is empty
    (21 CFR 11.200(a)(1)(i)).
    """

    employee_id: str
    password: str = field(repr=False)
    meaning: Meaning
    shown_hash: str
    reason: str = ""
    series: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line of a signing sheet: a label and the value before and after; equal when nothing changes."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SigningSheet:
    """What a signer is shown and what is frozen inside the seal: the record, what will change, and the hash over all of it.

    ``offered`` are the meanings to choose from; ``series`` says whether the action may be signed inside a series.
    """

    title: str
    subject_kind: str
    subject_id: str
    meaning: Meaning
    rows: tuple[SheetRow, ...]
    record_hash: str
    reason_due: bool = False
    offered: tuple[Meaning, ...] = ()
    series: bool = False


@dataclass(frozen=True, slots=True)
class GuardVerdict:
    """What a guard says when it refuses: the missing thing, who can resolve it, and the clause it comes from.

    ``others`` are the further conditions that are not met, where all of them were asked.
    """

    guard: str
    message: str
    remedy: str
    clause: str
    others: tuple[GuardVerdict, ...] = ()


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts: the person or the station itself, with the role held at the time and where the action came from.

    ``deputies`` are roles held for a time beside the own one, ``emergency`` the break-glass grant that is used, ``until_us`` when any of this ends (UTC
    microseconds). In an emergency ``line`` is every line, ``emergency_may`` what the emergency role holds, and ``own_line`` where the rest is done.
    """

    employee_id: str
    role: str
    permissions: frozenset[Permission]
    line: str
    session_id: str
    station: str
    address: str
    os_user: str
    deputies: tuple[str, ...] = ()
    emergency: str = ""
    until_us: int | None = None
    emergency_may: frozenset[Permission] = frozenset()
    own_line: str = ""

    def line_for(self, permission: Permission) -> str:
        """The line on which a permission is used: emergency access reaches over all lines with what its role holds, and with nothing else."""
        return self.own_line if self.emergency and permission not in self.emergency_may else self.line

    def marks(self) -> dict[str, Any]:
        """What every event of this person says of roles that are held for a time."""
        deputies = {"deputy_for_roles": list(self.deputies)} if self.deputies else {}
        return {**deputies, **({"emergency_access": self.emergency} if self.emergency else {})}


@dataclass(frozen=True, slots=True)
class GuardContext:
    """What guards may look at: the database inside the transaction (or a reader), the principal and the time to judge by."""

    session: RowSession
    principal: Principal
    now: Instant
    zone: str
    ports: Mapping[str, object] = field(default_factory=dict)
    """The ports that are wired; a guard takes those that its command declares as ``guard_ports``."""
    found: dict[tuple[str, ...], Any] = field(default_factory=dict, compare=False)
    """What one guard read and its neighbours need too; good for this context, whose database stands still."""


class Seal(Protocol):
    """The signature of the running command, before it is stored. The handler puts it onto the record that is signed."""

    signature_id: str

    def onto(self, row: Any, slot: str, *, kind: str, subject_id: str, version: int) -> None:
        """Fill the slot ``<slot>_signature``, ``_signer``, ``_meaning``, ``_version`` of a row and remember what is signed."""

    def name(self, *, kind: str, subject_id: str, version: int) -> None:
        """Remember what is signed where the slot stands in another row; see ``fill``."""

    def fill(self, row: Any, slot: str) -> None:
        """Fill a slot with the signature whose subject was named."""


@dataclass(frozen=True, slots=True)
class Authority:
    """The change request under which a four-eyes command runs: who asked for it and who approved it."""

    request_id: str
    requester: str
    approvers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Acting:
    """What a handler is told beside its command: who acts, when, the site's zone, the seal of a signed command, and the change request of an approved one.

    Under a change request the principal is the requester, with what that person may do now.
    """

    principal: Principal
    now: Instant
    zone: str
    seal: Seal | None
    authority: Authority | None = None

    def signed(self) -> Seal:
        """The seal of a command that is declared as signed."""
        assert self.seal is not None, "the command is not declared as signed"
        return self.seal


Guard = Callable[[Any, GuardContext], GuardVerdict | None]
"""A named predicate: returns None when it lets the command pass."""
SheetMaker = Callable[[Any, GuardContext], SigningSheet]
SubjectOf = Callable[[Any], tuple[str, str]]
DiffMaker = Callable[[Any, GuardContext], tuple[SheetRow, ...]]


def _nobody(_: Any) -> frozenset[str]:
    return frozenset()


def _never(_: Any) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class FourEyesRule:
    """How a command that nobody gives alone is approved (URS D01, D05, D06).

    ``diff`` shows what it would change, before and after; it is made at the submission and again at the execution, and must be the same. At least one
    approver always stands outside administration. ``concerns`` names the people whom a command is about: none of them approves it.
    ``emergency`` says whether this very command may be executed at once, with the approval after it.
    """

    risk: Risk
    diff: DiffMaker
    approve: Permission
    approvers: int = 1
    hours: int = 168
    """How long it may wait for its approvals, from the submission on."""
    concerns: Callable[[Any], frozenset[str]] = _nobody
    emergency: Callable[[Any], bool] = _never


@dataclass(frozen=True, slots=True)
class ChangeStored:
    """A four-eyes command was given: it waits as a draft under this number."""

    request_id: str


_NOT_WORK: Final = frozenset({Permission.SYSTEM, Permission.STATION_PROVISION, Permission.SIGN_IN})


@dataclass(frozen=True, slots=True)
class Declaration:
    """Everything the bus must know of one command."""

    command: type[Command]
    handler: Callable[..., Any]
    permission: Permission
    meaning: Meaning | None
    sheet: SheetMaker | None
    guards: tuple[Guard, ...]
    ports: frozenset[str]
    guard_ports: frozenset[str]
    keep_refusal: Callable[..., bool] | None
    subject: SubjectOf
    four_eyes: FourEyesRule | None
    regulated: bool
    witness: bool
    authenticates: bool
    while_idle: bool
    always: bool
    in_read_only: bool
    verifying: type[Command] | None
    opens_signing: bool
    beforehand: str

    @property
    def of_people(self) -> bool:
        """Whether it is work that people ask for: not coming and going, not the station's own."""
        return not self.authenticates and not self.while_idle and self.permission not in _NOT_WORK

    @property
    def waits_for_training(self) -> bool:
        """Whether training can be required for it: work of people, but not what leads towards safety or writes down what has happened already."""
        return self.of_people and not self.always

    def guards_before_proof(self) -> tuple[Guard, ...]:
        """The guards that can be asked before it is known who signs. Those that compare persons wait for a second person's proof."""
        if not self.witness:
            return self.guards
        return tuple(g for g in self.guards if "another" not in getattr(g, "__name__", ""))


_Handler = TypeVar("_Handler", bound=Callable[..., Any])
HANDLED = "__jope_declaration__"


def handles(
    command: type[Command],
    *,
    permission: Permission,
    subject: SubjectOf,
    signature: Meaning | None = None,
    sheet: SheetMaker | None = None,
    guards: tuple[Guard, ...] = (),
    ports: frozenset[str] = frozenset(),
    guard_ports: frozenset[str] = frozenset(),
    keep_refusal: Callable[..., bool] | None = None,
    four_eyes: FourEyesRule | None = None,
    regulated: bool = True,
    witness: bool = False,
    authenticates: bool = False,
    while_idle: bool = False,
    always: bool = False,
    in_read_only: bool = False,
    verifying: type[Command] | None = None,
    opens_signing: bool = False,
    beforehand: str = "",
) -> Callable[[_Handler], _Handler]:
    """Declare the function below as the handler of ``command``.

    ``subject`` names the record a refusal is filed under. ``ports`` are names of ports the handler takes as keyword arguments,
    ``guard_ports`` those that its guards take from their context.
    ``keep_refusal`` writes what a refusal must leave behind (a rejected weighing) in the refusal's own transaction, and says whether it recorded
    the refusal's event. ``regulated`` commands wait while the clock is wrong. A ``witness`` command is the second person's: whoever signs is the
    one who acts, at a workstation where another person is signed in. An ``authenticates`` command carries employee id and password itself and
    needs no session; a ``while_idle`` one (lock, sign out) works in a session that is idle or locked. What leads towards safety, or
    writes down what has happened already, is done ``always``: no throttle stands before it. A station that is read-only still does what is
    ``in_read_only``: people lock and sign out, and have the trail verified. ``verifying`` is the second person's command that completes a signed
    and verified action. ``opens_signing`` is the one signature that is given before the accountability statement was accepted, because it
    accepts it. ``beforehand`` names a port that prepares what takes long, between proof and transaction and off the command thread; the handler is given
    its answer as ``prepared``.
    """
    if (signature is None) != (sheet is None):
        raise TypeError(f"{command.__name__}: a signature needs a sheet and a sheet needs a signature")

    def declare(handler: _Handler) -> _Handler:
        declaration = Declaration(
            command,
            handler,
            permission,
            signature,
            sheet,
            guards,
            ports,
            guard_ports,
            keep_refusal,
            subject,
            four_eyes,
            regulated,
            witness,
            authenticates,
            while_idle,
            always or while_idle,
            in_read_only or while_idle,
            verifying,
            opens_signing,
            beforehand,
        )
        setattr(handler, HANDLED, declaration)
        return handler

    return declare


def declarations_of(*modules: object) -> Mapping[type[Command], Declaration]:
    """The declarations found in handler modules.

    Raises:
        TypeError: two handlers claim one command.
    """
    found: dict[type[Command], Declaration] = {}
    for module in modules:
        for value in vars(module).values():
            declaration = getattr(value, HANDLED, None)
            if not isinstance(declaration, Declaration):
                continue
            if found.get(declaration.command, declaration) is not declaration:
                raise TypeError(f"{declaration.command.__name__} has two handlers")
            found[declaration.command] = declaration
    return found


class Reauthentication(Protocol):
    """Checks employee id and password again, for a signature. Raises the failure counter before it looks."""

    def prove(self, employee_id: str, password: str, *, purpose: str, workstation: str) -> None:
        """Return when the password is right. Blocks for the time of one Argon2id run; never called on the command thread.

        Raises:
            AuthenticationError, AccountLockedError, AccountDisabledError, ThrottledError: as named.
        """

    def settle(self, uow: Any, employee_id: str) -> None:
        """Take the failure counter back inside the commit that writes the outcome of the proven command."""


class Sealing(Protocol):
    """Seals a signature over the frozen record inside the running unit of work."""

    def open(self, sheet: SigningSheet, signer: Principal, *, reason: str, now: Instant, opened_by: str = "") -> Seal:
        """A seal for the handler to put onto the record.

        Args:
            opened_by: the fully signed signature that opened the series which this one is given in with the password alone.
        """

    def close(self, seal: Seal, uow: Any) -> None:
        """Freeze the record as it stands now and hand the signature to the pen.

        Raises:
            SignatureError: the handler did not put the seal onto a record.
        """


class Training(Protocol):
    """Knows whether a person is trained for what they ask, as the training requirements stand (URS B13, I02)."""

    def missing(self, cursor: Any, employee_id: str, action: str, meaning: Meaning | None, now: Instant) -> str | None:
        """The missing training in a sentence, or None.

        Args:
            cursor: a raw cursor of the store.
            employee_id: who asks.
            action: the command's name.
            meaning: what they would sign it with, None for an unsigned command.
            now: the time to judge validity by.
        """


class FourEyes(Protocol):
    """Stores a command as a change request instead of running it; its approval dispatches the command again under both names."""

    def store(self, uow: Any, command: Command, declaration: Declaration, context: GuardContext) -> ChangeStored:
        """Store the command as the draft of a change request, with its event, in the running unit of work."""


class Deviations(Protocol):
    """Opens a deviation for another room, inside the transaction of what went wrong; ``plant/quality`` implements it (URS H06)."""

    def open(
        self,
        uow: Any,
        acting: Acting,
        *,
        title: str,
        description: str,
        source: tuple[str, str],
        details: Mapping[str, Any],
        line: str = "",
    ) -> str:
        """Open a deviation with its event, and return its number.

        Args:
            uow: the running unit of work.
            acting: who acts in it; the station opens as ``SYSTEM``.
            title: what happened, in a few words.
            description: what happened.
            source: kind (``change_request``, ``deadline``, ``batch``) and id of what it comes from.
            details: facts in the canonical profile, which become the first evidence.
            line: the line it is about, empty for the whole station.
        """

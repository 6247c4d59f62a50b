"""Applying a signature: the seal that a handler puts onto a record, and the signature's own event bound to the target's leaf."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jope.compliance.commands import Principal, Seal, SigningSheet
from jope.compliance.signatures.records import SignedRecords, record_hash
from jope.kernel.clock import Instant
from jope.kernel.errors import SignatureError
from jope.kernel.ids import new_id
from jope.kernel.store.uow import UnitOfWork

_INSERT = (
    "INSERT INTO signature (id, signer, signer_name, role, meaning, reason, subject_kind, subject_id, record_version, record_hash, sheet_hash, "
    "target_seq, target_leaf, session_id, workstation, address, os_user, signed_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class RecordSeal:
    """The seal of one command; also the signature draft that the ledger's pen writes."""

    def __init__(self, sheet: SigningSheet, signer: Principal, name: str, *, reason: str, now: Instant, opened_by: str = "") -> None:
        self.signature_id = new_id()
        self.sheet = sheet
        self.signer = signer
        self.reason = reason
        self.target: tuple[str, str, int] | None = None
        self._name = name
        self._opened_by = opened_by
        self._now = now
        self._frozen: dict[str, Any] = {}

    def onto(self, row: Any, slot: str, *, kind: str, subject_id: str, version: int) -> None:
        """Name the signed record and fill its slot."""
        self.name(kind=kind, subject_id=subject_id, version=version)
        self.fill(row, slot)

    def name(self, *, kind: str, subject_id: str, version: int) -> None:
        """Name the signed record."""
        self.target = (kind, subject_id, version)

    def fill(self, row: Any, slot: str) -> None:
        """Fill a slot of a row with this signature."""
        assert self.target is not None, "name the record first"
        for part, value in (
            ("signature", self.signature_id),
            ("signer", self.signer.employee_id),
            ("meaning", self.sheet.meaning.value),
            ("version", self.target[2]),
        ):
            setattr(row, f"{slot}_{part}", value)

    def freeze(self, frozen: dict[str, Any]) -> None:
        """Keep the record as it stands inside the transaction."""
        self._frozen = frozen

    @property
    def subjects(self) -> tuple[tuple[str, str], ...]:
        """What the signature event is about."""
        assert self.target is not None
        return (("signature", self.signature_id), self.target[:2], ("user", self.signer.employee_id))

    def insert(self, cursor: Any, target_seq: int, target_leaf: bytes) -> None:
        """Store the signature's row."""
        assert self.target is not None
        kind, subject_id, version = self.target
        who = self.signer
        cursor.execute(
            _INSERT,
            (self.signature_id, who.employee_id, self._name, who.role, self.sheet.meaning.value, self.reason, kind, subject_id, version,
             record_hash(self._frozen), self.sheet.record_hash, target_seq, target_leaf, who.session_id, who.station, who.address,
             who.os_user, self._now.utc_us),
        )  # fmt: skip

    def details(self) -> Mapping[str, Any]:
        """The frozen snapshot: the record as it stands and the sheet that the signer saw; and what the signer gave to prove who they are."""
        rows = [[row.label, row.before, row.after] for row in self.sheet.rows]
        proof: dict[str, Any] = {"abbreviated": True, "opened_by": self._opened_by} if self._opened_by else {"abbreviated": False}
        return {"record": self._frozen, "sheet": {"title": self.sheet.title, "rows": rows, "hash": self.sheet.record_hash}, "proof": proof}


class RecordSealing:
    """Implements the bus's ``Sealing`` port."""

    def __init__(self, records: SignedRecords, name_of: Callable[[str], str]) -> None:
        self._records = records
        self._name_of = name_of

    def open(self, sheet: SigningSheet, signer: Principal, *, reason: str, now: Instant, opened_by: str = "") -> RecordSeal:
        """A seal for the handler."""
        return RecordSeal(sheet, signer, self._name_of(signer.employee_id), reason=reason, now=now, opened_by=opened_by)

    def close(self, seal: Seal, uow: UnitOfWork) -> None:
        """Freeze the signed record and hand the signature to the pen.

        Raises:
            SignatureError: the handler named no record, or none that exists.
        """
        assert isinstance(seal, RecordSeal)
        if seal.target is None:
            raise SignatureError("The signed command did not name the record that is signed.")
        uow.session.flush()
        frozen = self._records[seal.target[0]].freeze(uow.cursor, seal.target[1])
        if frozen is None:
            raise SignatureError("The record to be signed does not exist.")
        seal.freeze(frozen)
        uow.audit.signature = seal

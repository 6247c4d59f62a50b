"""Read procedures, requirements, and who was trained on what (URS I01-I03)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import Reader, needs
from jope.compliance.signatures.queries import SignatureView, signature_by_id
from jope.compliance.training.model import Gated, SopState
from jope.compliance.training.ports import Duties
from jope.compliance.training.standing import Attended, SopFacts, in_force, standing
from jope.kernel.clock import site_date


@dataclass(frozen=True, slots=True)
class SopRow:
    """A version of a procedure."""

    sop_id: str
    number: int
    title: str
    document_name: str
    document_hash: str
    effective_from: str
    validity_months: int
    state: str


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """What asks for training on which procedure; ``title`` is that of its effective version."""

    kind: str
    key: str
    sop_id: str
    title: str
    since_utc_us: int


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """How one person stands to one procedure. ``state`` is ``trained``, ``outdated``, ``expired`` or ``never``.

    ``trained_number`` is the version of the newest record, 0 for none. ``required`` says whether the person's role does something that asks for it.
    ``readable`` is the version that may be read and signed now.
    """

    employee_id: str
    name: str
    sop_id: str
    title: str
    number: int
    state: str
    trained_number: int
    valid_until: str
    required: bool
    readable: SopRow
    signature: SignatureView | None = None


@dataclass(frozen=True, slots=True)
class UntrainedRow:
    """A person who has not been trained on a version."""

    employee_id: str
    name: str
    role: str
    trained_number: int


_VERSION = "SELECT sop_id, number, title, document_name, document_hash, effective_from, validity_months, state FROM sop_version"
_REQUIREMENTS = (
    "SELECT r.kind, r.key, r.sop_id, coalesce(v.title, ''), r.since_us FROM training_requirement r "
    "LEFT JOIN sop_version v ON v.sop_id = r.sop_id AND v.state = 'effective' WHERE r.active = 1 ORDER BY r.sop_id, r.kind, r.key"
)
_RECORDS = (
    "SELECT r.employee_id, v.sop_id, v.number, r.valid_until FROM training_record r JOIN sop_version v ON v.id = r.sop_version_id "
    "WHERE ?1 = '' OR r.employee_id = ?1"
)
_PEOPLE = (
    "SELECT u.employee_id, u.name, u.role FROM user_account u WHERE u.state <> 'disabled' AND (?1 = '' OR u.employee_id = ?1) "
    "AND (?2 = '*' OR u.line IN ('*', ?2)) ORDER BY u.employee_id"
)
_SIGNED = (
    "SELECT r.signed_signature FROM training_record r JOIN sop_version v ON v.id = r.sop_version_id WHERE r.employee_id = ? AND v.sop_id = ? "
    "ORDER BY v.number DESC, r.completed_us DESC LIMIT 1"
)


@needs(Permission.TRAINING_READ)
def sops(reader: Reader) -> tuple[SopRow, ...]:
    """All versions of all procedures."""
    return _versions(reader)


@needs(Permission.TRAINING_READ)
def requirements(reader: Reader) -> tuple[RequirementRow, ...]:
    """What is required now."""
    return tuple(RequirementRow(*row) for row in reader.execute(_REQUIREMENTS))


@needs(Permission.TRAINING_READ)
def duties(reader: Reader) -> tuple[tuple[str, str], ...]:
    """What training can be required for, as kind and key; meanings first."""
    known = cast("Duties", reader.duties)
    return tuple((kind.value, key) for kind in (Gated.MEANING, Gated.ACTION) for key in known.keys(kind))


def my_training(reader: Reader) -> tuple[TrainingRow, ...]:
    """How whoever asks stands to every procedure that is effective, what is required and missing first."""
    rows = _standings(reader, reader.employee_id)
    found = [_with_signature(reader, row) for row in rows]
    return tuple(sorted(found, key=lambda row: (not row.required or row.state == "trained", row.state == "trained", row.sop_id)))


@needs(Permission.TRAINING_READ)
def training_matrix(reader: Reader) -> tuple[TrainingRow, ...]:
    """People in the reader's scope by procedures that something they do asks for."""
    return tuple(row for row in _standings(reader, "") if row.required)


@needs(Permission.TRAINING_READ)
def who_has_not(reader: Reader, *, sop_id: str, number: int) -> tuple[UntrainedRow, ...]:
    """People in the reader's scope without a training that counts today on this version or a later one, whether it is required of them or not."""
    today = _today(reader)
    row = reader.one(
        "SELECT sop_id, number, title, effective_from, state FROM sop_version WHERE sop_id = ? AND number = ?",
        (sop_id, number),
        missing=f"There is no version {number} of {sop_id}.",
    )
    records = _records(reader, "")
    found = []
    for employee_id, name, role in reader.execute(_PEOPLE, ("", reader.line)):
        how = standing(SopFacts(*row), records[employee_id, sop_id], today)
        if how.state != "trained":
            found.append(UntrainedRow(employee_id, name, role, how.number))
    return tuple(found)


def readable_sop(reader: Reader, *, sop_id: str, number: int) -> SopRow:
    """A version that whoever is signed in may read: people read what they are to sign for.

    Raises:
        NotFoundError: there is none.
    """
    missing = f"There is no version {number} of {sop_id}."
    return SopRow(*reader.one(f"{_VERSION} WHERE sop_id = ? AND number = ?", (sop_id, number), missing=missing))


def _versions(reader: Reader) -> tuple[SopRow, ...]:
    return tuple(SopRow(*row) for row in reader.execute(f"{_VERSION} ORDER BY sop_id, number"))


def _today(reader: Reader) -> str:
    return site_date(reader.judged_us, reader.zone)


def _records(reader: Reader, employee_id: str) -> Mapping[tuple[str, str], Sequence[Attended]]:
    found: dict[tuple[str, str], list[Attended]] = defaultdict(list)
    for who, sop_id, number, valid_until in reader.execute(_RECORDS, (employee_id,)):
        found[who, sop_id].append(Attended(number, valid_until))
    return found


def _required_of(reader: Reader) -> Mapping[str, frozenset[str]]:
    """Roles by procedure: those that hold a permission for something that asks for it."""
    duties = cast("Duties", reader.duties)
    held: dict[str, set[str]] = defaultdict(set)
    for role, permission in reader.execute("SELECT role, permission FROM role_permission WHERE held = 1"):
        held[permission].add(role)
    found: dict[str, frozenset[str]] = {}
    for row in reader.execute(_REQUIREMENTS):
        roles = frozenset(role for permission in duties.permissions(row[0], row[1]) for role in held[permission])
        found[row[2]] = found.get(row[2], frozenset()) | roles
    return found


def _standings(reader: Reader, employee_id: str) -> list[TrainingRow]:
    today = _today(reader)
    versions: dict[str, list[SopRow]] = defaultdict(list)
    for version in _versions(reader):
        versions[version.sop_id].append(version)
    required, records = _required_of(reader), _records(reader, employee_id)
    found = []
    for who, name, role in reader.execute(_PEOPLE, (employee_id, reader.line)):
        for sop_id, rows in versions.items():
            readable = next((v for v in rows if v.state == SopState.EFFECTIVE), None)
            if readable is None:
                continue
            facts = [SopFacts(v.sop_id, v.number, v.title, v.effective_from, v.state) for v in rows]
            now = in_force(facts, today) or next(f for f in facts if f.number == readable.number)
            how = standing(now, records[who, sop_id], today)
            asked = role in required.get(sop_id, frozenset())
            found.append(
                TrainingRow(who, name, sop_id, now.title, now.number, how.state.value, how.number, how.valid_until, asked, readable)
            )  # fmt: skip
    return found


def _with_signature(reader: Reader, row: TrainingRow) -> TrainingRow:
    signed = reader.execute(_SIGNED, (row.employee_id, row.sop_id))
    return replace(row, signature=signature_by_id(reader.cursor, reader.records, signed[0][0]) if signed else None)

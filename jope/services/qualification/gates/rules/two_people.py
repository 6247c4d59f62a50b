"""What two people must do stands in the schema, tried with made-up rows (URS D06, G02, B07, P05; P11-17, PR-03, PR-09)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jope.services.qualification.gates.exemptions import SIGNER_OF_MANY_MEANINGS
from jope.services.qualification.gates.project import Project
from jope.services.qualification.gates.schema import Schema, Table, Value

_PARTS: Final = ("signature", "signer", "meaning", "version")
_NAMED: Final = ("id", "signer", "meaning", "record_version", "subject_id")
_PAIRS: Final = (
    ("verified_signer", "performed_signer"),
    ("verified_signer", "performed_by"),
    ("approval_signer", "drafted_by"),
    ("certification_signer", "release_signer"),
    ("approver", "requester"),
    ("approval_signer", "requester"),
    ("closed_signer", "owner"),
)
"""Columns that never name the same person."""


def signature_slots_are_bound(project: Project) -> Iterator[str]:
    """Each slot ``X_signature`` is empty or complete, and names its meaning.

    It is a composite foreign key to the very signature over this record.
    """
    slots = [
        (table, column[: -len("_signature")])
        for table in project.schema.tables.values()
        for column in table.columns
        if column.endswith("_signature")
    ]
    if not slots:
        yield "sql/store: there is no signature slot to look at"
    for table, slot in slots:
        missing = [f"{slot}_{part}" for part in _PARTS if f"{slot}_{part}" not in table.columns]
        if missing:
            yield f"sql/store: the slot {table.name}.{slot} lacks {', '.join(missing)}"
            continue
        yield from _incomplete(project.schema, table, slot)
        yield from _unbound(table, slot)
        yield from _any_meaning(project.schema, table, slot)


def _filled(slot: str) -> dict[str, Value]:
    return {f"{slot}_signature": "S1", f"{slot}_signer": "E1", f"{slot}_meaning": "{}", f"{slot}_version": 1}


def _incomplete(schema: Schema, table: Table, slot: str) -> Iterator[str]:
    """Try every slot that lacks one part and every slot that has one part alone, against the CHECKs of completeness only."""
    full = _filled(slot)
    if all(table.columns[name].required for name in full):
        return
    rules = Table(table.name, table.columns, tuple(c for c in table.checks if f"{slot}_" in c and "IS NULL" in c.upper()), ())
    for part in full:
        for row, what in (({**full, part: None}, "without"), ({**dict.fromkeys(full), part: full[part]}, "with nothing but")):
            if not schema.violated_by(rules, row):
                yield f"sql/store: the slot {table.name}.{slot} may stand {what} {part}"


def _unbound(table: Table, slot: str) -> Iterator[str]:
    expected = tuple(f"{slot}_{part}" for part in _PARTS)
    for columns, other, keys, _delete, _update in table.foreign_keys:
        if other == "signature" and columns[:4] == expected and keys == _NAMED:
            return
    yield f"sql/store: the slot {table.name}.{slot} is no composite foreign key to signature({', '.join(_NAMED)})"


def _any_meaning(schema: Schema, table: Table, slot: str) -> Iterator[str]:
    if f"{table.name}.{slot}" not in SIGNER_OF_MANY_MEANINGS and not schema.violated_by(
        table, {**_filled(slot), f"{slot}_meaning": "anything"}
    ):
        yield f"sql/store: the slot {table.name}.{slot} takes a signature of any meaning"


def two_people_are_two(project: Project) -> Iterator[str]:
    """Second signatures are another person's, and nothing is available before two people have signed."""
    pairs = [(t, a, b) for t in project.schema.tables.values() for a, b in _PAIRS if a in t.columns and b in t.columns]
    if not pairs:
        yield "sql/store: there is no pair of people to look at"
    for table, first, second in pairs:
        if not _distinct(project.schema, table, first, second):
            yield f"sql/store: {table.name} lets {first} and {second} be the same person"
    for table in project.schema.tables.values():
        if "available_quantity" in table.columns:
            yield from _available_early(project.schema, table)


def _distinct(schema: Schema, table: Table, first: str, second: str) -> bool:
    """Some CHECK is false for the same person and not for two; looked at one by one, so that another rule does not stand in."""
    for check in table.checks:
        alone = Table(table.name, table.columns, (check,), ())
        same, two = (schema.violated_by(alone, {first: "E1", second: other}) for other in ("E1", "E2"))
        if same and not two:
            return True
    return False


def _available_early(schema: Schema, table: Table) -> Iterator[str]:
    rules = tuple(c for c in table.checks if "available_quantity" in c)
    alone = Table(table.name, table.columns, rules, ())
    signed: dict[str, Value] = {"record_state": "Released", "available_quantity": "5"}
    signed |= {f"{slot}_{part}": f"{slot[0]}1" for slot in ("release", "certification") for part in ("signature", "signer")}
    cases: list[tuple[str, dict[str, Value]]] = [("no signature", {"record_state": "Released", "available_quantity": "5"})]
    cases += [(f"no {name}", {k: v for k, v in signed.items() if k != name}) for name in signed if name.endswith(("_signature", "_signer"))]
    cases += [("another state than Released", {**signed, "record_state": "InReview"})]
    if not rules:
        yield f"sql/store: no CHECK keeps {table.name}.available_quantity at 0"
        return
    for what, row in cases:
        if not schema.violated_by(alone, row):
            yield f"sql/store: {table.name}.available_quantity may be above 0 with {what}"
    if schema.violated_by(alone, signed):
        yield f"sql/store: {table.name}.available_quantity stays 0 even with both signatures"

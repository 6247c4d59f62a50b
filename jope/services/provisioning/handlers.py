"""What happens when a station begins: as a demo, or commissioned by two founders."""

from __future__ import annotations

from typing import Final, cast

from jope.compliance.access.permissions import ADMINISTRATION, Permission
from jope.compliance.access.roles import ROLE_PERMISSIONS, ROLE_TITLES
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, GuardContext, GuardVerdict, Meaning, SheetRow, SigningSheet, handles
from jope.compliance.identity.model import AccountState, CredentialState, Role, RolePermission, UserAccount
from jope.compliance.people.handlers import is_employee_id
from jope.compliance.people.ports import Documents
from jope.compliance.people.times import day_begins_us
from jope.compliance.recovery.handlers import add_code
from jope.compliance.settings.catalog import PROFILE
from jope.compliance.settings.handlers import value_in_force
from jope.compliance.settings.model import Station, StoredSetting
from jope.compliance.settings.profiles import profile_named
from jope.compliance.signatures.records import SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.errors import RefusedError
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork
from jope.plant.batches.model import LineCheck
from jope.plant.devices.equipment.handlers import new_equipment
from jope.plant.devices.model import Device, new_device
from jope.plant.materials.model import Material
from jope.services.provisioning import demo_data as demo
from jope.services.provisioning.commands import (
    AdoptPolicy,
    CommissionStation,
    Founder,
    FurnishDemoStation,
    ProvisionDemoStation,
    RecordLetter,
)
from jope.services.provisioning.model import AdoptedPolicy, CertificationLetter


@handles(ProvisionDemoStation, permission=Permission.STATION_PROVISION, subject=lambda c: ("station", c.station_id), regulated=False)
def provision_demo_station(command: ProvisionDemoStation, uow: UnitOfWork, acting: Acting) -> None:
    """Write roles, demo people, materials, checks and the scale in the genesis commit.

    Raises:
        RefusedError: the store is not empty.
    """
    if uow.cursor.execute("SELECT 1 FROM audit LIMIT 1").fetchone() is not None:
        raise RefusedError("The store is not empty.", remedy="A demo station is provisioned only on an empty store.")
    now_us = acting.now.utc_us
    session = uow.session
    session.add(
        Station(
            station_id=command.station_id, site=command.site, line=command.line, zone=command.zone, demo=1, settings_revision=1, created_us=now_us
        )
    )  # fmt: skip
    add_shipped_roles(session)
    session.add_all(
        UserAccount(
            employee_id=employee_id, name=name, role=role, line="*", state=AccountState.ACTIVE.value, password_hash=command.password_hash,
            created_us=now_us, password_state=CredentialState.OWN.value, password_set_us=now_us, identified=1, admitted=1,
            access_from_us=None, access_until_us=None,
        )
        for employee_id, (name, role) in demo.DEMO_PEOPLE.items()
    )  # fmt: skip
    _furnish(session, command.line, command.scale_address, command.scale_unit)
    uow.audit.record(
        Action.STATION_PROVISIONED,
        ("station", command.station_id),
        details={
            "demo": True, "origin": command.origin, "genesis_public_key": command.genesis_public_key,
            "schema_fingerprint": command.schema_fingerprint,
        },
    )  # fmt: skip


@handles(FurnishDemoStation, permission=Permission.STATION_PROVISION, subject=lambda c: ("station", c.line), regulated=False)
def furnish_demo_station(command: FurnishDemoStation, uow: UnitOfWork, acting: Acting) -> None:
    """Master data for a demo station whose people came in one by one.

    Raises:
        RefusedError: it is no demo station, or is furnished already.
    """
    if uow.session.value("SELECT demo FROM station") != 1 or uow.session.value("SELECT 1 FROM material LIMIT 1") is not None:
        raise RefusedError("Only an empty demo station is furnished.", remedy="Make a new one.")
    _furnish(uow.session, command.line, command.scale_address, command.scale_unit)
    units = demo.demo_equipment(command.line)
    uow.session.add_all(new_equipment(unit, acting.now.utc_us) for unit in units)
    uow.audit.record(Action.EQUIPMENT_REGISTERED, *(("equipment", unit.equipment_id) for unit in units))
    uow.audit.record(Action.STATION_FURNISHED, ("station", acting.principal.station), details={"demo": True})


def _furnish(session: RowSession, line: str, scale_address: str, scale_unit: str) -> None:
    session.add_all(Material(code=code, name=name, unit=unit) for code, (name, unit) in demo.DEMO_MATERIALS.items())
    session.add_all(
        LineCheck(check_id=check_id, line=line, position=position, text=text)
        for position, (check_id, text) in enumerate(demo.DEMO_CHECKS, start=1)
    )
    session.add(_scale(line, scale_address, scale_unit))


def add_shipped_roles(session: RowSession) -> None:
    """The roles as the program ships them, each in its first version."""
    session.add_all(
        Role(role=role, title=title, administrative=int(bool(ROLE_PERMISSIONS[role] & ADMINISTRATION)), number=1)
        for role, title in ROLE_TITLES.items()
    )
    session.flush()
    session.add_all(
        RolePermission(role=role, permission=p.value, held=1)
        for role, held in ROLE_PERMISSIONS.items()
        for p in sorted(held, key=lambda p: p.value)
    )


def _scale(line: str, address: str, unit: str) -> Device:
    who = demo.DEMO_SCALE_IDENTITY
    scale = new_device(
        demo.DEMO_SCALE, line, "mt-sics", address, who, title="Dispensing scale", unit=unit, readability="0.01", capacity="6200.00",
        minimum_weight="5.00",
    )  # fmt: skip
    scale.calibration_due, scale.check_passed, scale.tare = demo.DEMO_CALIBRATION_DUE, 1, "0.00"
    scale.check_profile, scale.process_tolerance, scale.check_every_hours = "process", "1", 0
    return scale


# --- commissioning ---------------------------------------------------------------------------------------------------

LETTER_RECORD: Final = SignedRecord(
    "certification_letter", "certification_letter", "id", ("id", "kind", "dated", "document_name", "document_hash", "recorded_us")
)
POLICY_RECORD: Final = SignedRecord("adopted_policy", "adopted_policy", "id", ("id", "profile", "reason", "adopted_us"))


@handles(CommissionStation, permission=Permission.STATION_PROVISION, subject=lambda c: ("station", c.station_id), regulated=False)
def commission_station(command: CommissionStation, uow: UnitOfWork, acting: Acting) -> None:
    """The genesis commit of a real station: no default account, two people who chose their own passwords.

    Raises:
        RefusedError: the store is not empty, the founders are one person, or the profile is unknown.
    """
    if uow.cursor.execute("SELECT 1 FROM audit LIMIT 1").fetchone() is not None:
        raise RefusedError("The store is not empty.", remedy="A station is commissioned only on an empty store.")
    require_two_founders(command.admin, command.quality)
    for how in (command.identity_of_admin, command.identity_of_quality):
        if not how.strip():
            raise RefusedError(
                "It is not said how a founder's identity was checked.", remedy="Name the document that the other founder saw."
            )
    profile_named(command.profile)
    now_us, session = acting.now.utc_us, uow.session
    session.add(
        Station(
            station_id=command.station_id, site=command.site, line=command.line, zone=command.zone, demo=int(command.demo),
            settings_revision=1, created_us=now_us,
        )
    )  # fmt: skip
    add_shipped_roles(session)
    founders = ((command.admin, "admin", command.identity_of_admin), (command.quality, "qa", command.identity_of_quality))
    session.add_all(
        UserAccount(
            employee_id=who.employee_id, name=who.name.strip(), role=role, line="*", state=AccountState.ACTIVE.value, password_hash=who.password_hash,
            created_us=now_us, password_state=CredentialState.OWN.value, password_set_us=now_us, identified=1, admitted=1,
            access_from_us=None, access_until_us=None,
        )
        for who, role, _ in founders
    )  # fmt: skip
    session.flush()
    for who, _, _ in founders:
        add_code(session, who.employee_id, who.code_hash, now_us)
    session.add(StoredSetting(id=f"{PROFILE}:1", key=PROFILE, number=1, value=command.profile, since_us=now_us))
    details = {
        "demo": command.demo, "origin": command.origin, "genesis_public_key": command.genesis_public_key, "schema_fingerprint": command.schema_fingerprint,
        "founders": [{"employee_id": who.employee_id, "role": role, "identity_checked_by": how} for who, role, how in founders],
        "profile": command.profile,
    }  # fmt: skip
    people = tuple(("user", who.employee_id) for who, _, _ in founders)
    uow.audit.record(Action.STATION_PROVISIONED, ("station", command.station_id), *people, details=details)


def require_two_founders(admin: Founder, quality: Founder) -> None:
    """Two people with proper ids and names.

    Raises:
        RefusedError: they are one person, or an id or a name is missing.
    """
    if admin.employee_id.upper() == quality.employee_id.upper() or admin.name.strip().casefold() == quality.name.strip().casefold():
        raise RefusedError("The two founders are one person.", remedy="An administrator and a person of quality assurance begin a station.")
    for who in (admin, quality):
        if not is_employee_id(who.employee_id) or not who.name.strip():
            raise RefusedError("A founder has no proper employee id or name.", remedy="An id is 2 to 32 capitals, digits and hyphens.")


def policy_is_in_force(command: AdoptPolicy, context: GuardContext) -> GuardVerdict | None:
    """It is the profile that the station follows, signed once by each person, with a reason."""
    if value_in_force(context.session, PROFILE) != command.profile:
        return GuardVerdict("policy_is_in_force", "The station follows another profile.", "Look at its settings.", "11.300(b)")
    if context.session.get(AdoptedPolicy, f"{command.profile}:{context.principal.employee_id}") is not None:
        return GuardVerdict("policy_is_in_force", "You have signed this profile.", "Nothing is left to do.", "11.300(b)")
    if not command.reason.strip():
        return GuardVerdict("policy_is_in_force", "A reason is missing.", "Write why this profile was chosen.", "11.300(b)")
    return None


def _policy_sheet(command: AdoptPolicy, context: GuardContext) -> SigningSheet:
    profile = profile_named(command.profile)
    rows = (
        SheetRow("Password profile", profile.title, profile.title),
        SheetRow("Length, at least", str(profile.length), str(profile.length)),
        SheetRow("Good for, days", str(profile.days or "no end"), str(profile.days or "no end")),
        SheetRow("Kinds of characters, at least", str(profile.kinds or "any"), str(profile.kinds or "any")),
        SheetRow("Reason", "", command.reason),
    )
    subject = ("adopted_policy", f"{command.profile}:{context.principal.employee_id}")
    return signing_sheet("Adopt the station's password profile", subject, Meaning.APPROVAL, rows)


@handles(
    AdoptPolicy,
    permission=Permission.USER_READ,
    subject=lambda c: ("setting", PROFILE),
    signature=Meaning.APPROVAL,
    sheet=_policy_sheet,
    guards=(policy_is_in_force,),
)
def adopt_policy(command: AdoptPolicy, uow: UnitOfWork, acting: Acting) -> None:
    """A founder's signature under the profile."""
    row = AdoptedPolicy(
        id=f"{command.profile}:{acting.principal.employee_id}", profile=command.profile, reason=command.reason, adopted_us=acting.now.utc_us
    )
    acting.signed().onto(row, "adopted", kind="adopted_policy", subject_id=row.id, version=1)
    uow.session.add(row)
    uow.audit.record(Action.POLICY_ADOPTED, ("adopted_policy", row.id), ("setting", PROFILE), reason=command.reason)


def letter_is_described(command: RecordLetter, context: GuardContext) -> GuardVerdict | None:
    """Which of the two it is, its date, and its document."""
    day_begins_us(command.dated, context.zone)
    kept = cast("Documents", context.ports["documents"]).holds(command.document_hash)
    if command.kind in ("letter", "testimony") and command.dated and command.document_name.strip() and kept:
        return None
    return GuardVerdict("letter_is_described", "The letter is not described.", "Give its kind, date and scan.", "11.100(c)")


def _letter_sheet(command: RecordLetter, context: GuardContext) -> SigningSheet:
    facts = (
        ("Kind", command.kind),
        ("Dated", command.dated),
        ("Document", command.document_name),
        ("Hash of the document", command.document_hash),
    )
    subject = ("certification_letter", command.letter_id)
    return signing_sheet("Certification to the agency", subject, Meaning.RESPONSIBILITY, tuple(SheetRow(a, "", b) for a, b in facts))


@handles(
    RecordLetter,
    permission=Permission.ACCESS_REVIEW,
    subject=lambda c: ("certification_letter", c.letter_id),
    signature=Meaning.RESPONSIBILITY,
    sheet=_letter_sheet,
    guards=(letter_is_described,),
    guard_ports=frozenset({"documents"}),
)
def record_letter(command: RecordLetter, uow: UnitOfWork, acting: Acting) -> None:
    """Keep the letter's date and document."""
    row = CertificationLetter(
        id=command.letter_id, kind=command.kind, dated=command.dated, document_name=command.document_name, document_hash=command.document_hash,
        recorded_us=acting.now.utc_us,
    )  # fmt: skip
    acting.signed().onto(row, "recorded", kind="certification_letter", subject_id=row.id, version=1)
    uow.session.add(row)
    uow.audit.record(Action.LETTER_RECORDED, ("certification_letter", row.id), details={"kind": command.kind, "dated": command.dated})

"""What may be asked of an empty store."""

from __future__ import annotations

from dataclasses import dataclass, field

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionDemoStation(Command):
    """Fill an empty store with demo accounts, master data and one scale; the genesis event is marked as demo.

    ``password_hash`` is the Argon2id hash of the one demo password, ``scale_address`` where the simulated scale listens.
    """

    station_id: str
    site: str
    line: str
    zone: str
    password_hash: str = field(repr=False)
    scale_address: str
    scale_unit: str = "g"
    origin: str
    genesis_public_key: str
    schema_fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Founder:
    """One of the two people a station begins with.

    ``password_hash`` is the Argon2id hash of a password that only this person knows, ``code_hash`` that of the sealed code that this person keeps.
    """

    employee_id: str
    name: str
    password_hash: str = field(repr=False)
    code_hash: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissionStation(Command):
    """Begin a station on an empty store: its identity, the shipped roles, and two people, an administrator and one of quality assurance.

    Each founder checked the other's identity: ``identity_of_admin`` and ``identity_of_quality`` say by what. ``profile`` is the password profile.
    """

    station_id: str
    site: str
    line: str
    zone: str
    demo: bool
    admin: Founder
    quality: Founder
    identity_of_admin: str
    identity_of_quality: str
    profile: str
    origin: str
    genesis_public_key: str
    schema_fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FurnishDemoStation(Command):
    """Give a station that is marked as demo its materials, line checks and one scale, once. ``scale_address`` is where the simulated scale listens."""

    line: str
    scale_address: str
    scale_unit: str = "g"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLetter(Command):
    """The letter to the agency that signatures are binding, or a later testimony (21 CFR 11.100(c)). ``dated`` is a date, the document is kept by its hash."""

    letter_id: str
    kind: str
    dated: str
    document_name: str
    document_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptPolicy(Command):
    """A founder signs the password profile and the settings that the station begins with, with the reason for the choice."""

    profile: str
    reason: str

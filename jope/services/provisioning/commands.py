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

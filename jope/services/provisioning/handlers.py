"""What happens when a demo station is provisioned."""

from __future__ import annotations

from jope.compliance.access.permissions import Permission
from jope.compliance.access.roles import ROLE_PERMISSIONS, ROLE_TITLES
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, handles
from jope.compliance.identity.model import AccountState, Role, RolePermission, Station, UserAccount
from jope.kernel.errors import RefusedError
from jope.kernel.store.uow import UnitOfWork
from jope.plant.batches.model import LineCheck
from jope.plant.devices.model import Device
from jope.plant.devices.ports import DeviceState
from jope.plant.materials.model import Material
from jope.services.provisioning import demo_data as demo
from jope.services.provisioning.commands import ProvisionDemoStation


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
    session.add_all(Role(role=role, title=title) for role, title in ROLE_TITLES.items())
    session.flush()
    session.add_all(
        RolePermission(role=role, permission=p.value)
        for role, held in ROLE_PERMISSIONS.items()
        for p in sorted(held, key=lambda p: p.value)
    )
    session.add_all(
        UserAccount(
            employee_id=employee_id, name=name, role=role, line="*", state=AccountState.ACTIVE.value, password_hash=command.password_hash,
            created_us=now_us,
        )
        for employee_id, (name, role) in demo.DEMO_PEOPLE.items()
    )  # fmt: skip
    session.add_all(Material(code=code, name=name, unit=unit) for code, (name, unit) in demo.DEMO_MATERIALS.items())
    session.add_all(
        LineCheck(check_id=check_id, line=command.line, position=position, text=text)
        for position, (check_id, text) in enumerate(demo.DEMO_CHECKS, start=1)
    )
    session.add(_scale(command))
    uow.audit.record(
        Action.STATION_PROVISIONED,
        ("station", command.station_id),
        details={
            "demo": True, "origin": command.origin, "genesis_public_key": command.genesis_public_key,
            "schema_fingerprint": command.schema_fingerprint,
        },
    )  # fmt: skip


def _scale(command: ProvisionDemoStation) -> Device:
    who = demo.DEMO_SCALE_IDENTITY
    return Device(
        device_id=demo.DEMO_SCALE, line=command.line, protocol="mt-sics", address=command.scale_address, model=who.model,
        serial_number=who.serial_number, firmware=who.firmware, unit=command.scale_unit, readability="0.01", minimum_weight="5.00",
        capacity="6200.00", calibration_due=demo.DEMO_CALIBRATION_DUE, check_passed=1, tare="0.00", state=DeviceState.CONNECTING.value,
    )  # fmt: skip

"""A second line at a demo station, and people who are bound to one line."""

from __future__ import annotations

from jope.bootstrap import Station
from jope.compliance.audit.actions import Action
from jope.compliance.identity.model import AccountState, CredentialState, UserAccount
from jope.kernel.ids import new_id
from jope.plant.batches.model import LineCheck
from jope.plant.devices.model import new_device
from jope.plant.devices.ports import DeviceIdentity
from jope.services.provisioning import demo_data as demo
from tests.support.demo import quick_hash

OTHER_LINE = "L1"
OTHER_SCALE = "SC-9"


def add_person(station: Station, employee_id: str, role: str, line: str) -> None:
    """Provision an active account with the demo password, without the change request that a real one needs."""

    def write() -> None:
        with station._store.unit_of_work() as uow:
            uow.audit.principal, uow.audit.instant = station._here, station.clock.now()
            uow.audit.command_id = uow.audit.outcome_of = new_id()
            uow.session.add(
                UserAccount(
                    employee_id=employee_id, name=f"Person {employee_id}", role=role, line=line, state=AccountState.ACTIVE.value,
                    password_hash=quick_hash(), created_us=station.clock.now().utc_us, password_state=CredentialState.OWN.value,
                    password_set_us=station.clock.now().utc_us, identified=1, admitted=1, access_from_us=None, access_until_us=None,
                )
            )  # fmt: skip
            uow.audit.record(Action.STATION_PROVISIONED, ("user", employee_id))

    station._commands.run(write)


def add_line(station: Station, line: str = OTHER_LINE, scale: str = OTHER_SCALE) -> None:
    """Provision the checks and the scale of another line."""
    who = demo.DEMO_SCALE_IDENTITY

    def write() -> None:
        with station._store.unit_of_work() as uow:
            uow.audit.principal, uow.audit.instant = station._here, station.clock.now()
            uow.audit.command_id = uow.audit.outcome_of = new_id()
            for position, (check_id, text) in enumerate(demo.DEMO_CHECKS, start=1):
                uow.session.add(LineCheck(check_id=f"{line}-{check_id}", line=line, position=position, text=text))
            identity = DeviceIdentity(who.model, f"{scale}-serial", who.firmware)
            device = new_device(
                scale, line, "mt-sics", "", identity, unit="g", readability="0.01", capacity="6200.00", minimum_weight="5.00"
            )  # fmt: skip
            device.calibration_due, device.check_passed, device.tare = demo.DEMO_CALIBRATION_DUE, 1, "0.00"
            uow.session.add(device)
            uow.audit.record(Action.STATION_PROVISIONED, ("device", scale))

    station._commands.run(write)

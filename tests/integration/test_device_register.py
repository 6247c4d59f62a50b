"""The register of devices: configuration as data under four eyes, trust, holding, and writes that happen once (URS J01, J03, J05, J07, J08; PR-01)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from jope.compliance.alarms.queries import open_alarms
from jope.compliance.changes.commands import ApproveChange, SubmitChange
from jope.kernel.errors import GuardRefusedError, JopeError, PermissionDeniedError, SignatureError
from jope.plant.devices.model import Device, DeviceTag
from jope.plant.devices.ports import DeviceState
from jope.plant.devices.queries import device_certificates, device_configs, device_list, device_named, device_writes
from jope.plant.devices.registry import commands as r
from jope.plant.devices.registry.rows import text_of, value_of
from jope.plant.devices.tags import TagType
from tests.support.demo import SCALE, Crew, running_plant, verified, wait_until
from tests.support.devices import approved, change, why, written
from tests.support.training import carried_out

NEW: dict[str, Any] = {
    "device_id": "SC-2", "title": "Second scale", "line": "L3", "protocol": "mt-sics", "address": "/dev/ttyUSB9", "model": "XPR", "serial_number": "SN-2",
    "firmware": "1.0", "unit": "g", "readability": "0.01", "capacity": "6100.00", "minimum_weight": "8.20", "reason": "a second booth",
}  # fmt: skip


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """A station with its simulated scale; the tests of this module use devices of their own."""
    with running_plant(tmp_path_factory.mktemp("plant") / "station") as (station, _):
        yield Crew(station)


@pytest.mark.req("J01", "D02", "PR-01", "P11-09")
def test_a_device_comes_in_by_two_people_and_is_taken_up_at_once(plant: Crew) -> None:
    with pytest.raises(PermissionDeniedError):
        plant.do("D-SUPER", r.RegisterDevice(**NEW))
    approved(plant, r.RegisterDevice(**NEW))
    gateway = plant.station.gateway
    assert gateway is not None
    wait_until(lambda: "SC-2" in {config.device_id for config in plant.station.read(device_configs, plant.token("D-QA"))})

    def taken_up() -> bool:
        try:
            return gateway.status("SC-2").state is DeviceState.BACKOFF
        except JopeError:
            return False

    wait_until(taken_up)
    row = plant.station.read(device_named, plant.token("D-QA"), device_id="SC-2")
    assert (row.check_passed, row.calibration_due, row.check_every_hours) == (False, "", 24)
    assert gateway.status(SCALE).state is DeviceState.ONLINE, "the device beside it is not touched"
    wait_until(lambda: any(a.source == "SC-2" and a.kind == "communication" for a in plant.station.read(open_alarms, plant.token("D-QA"))))
    approved(plant, r.RetireDevice(device_id="SC-2", reason="never came"))
    wait_until(lambda: "SC-2" not in {row.device_id for row in plant.station.read(device_list, plant.token("D-QA"))})

    def gone() -> bool:
        try:
            gateway.status("SC-2")
        except JopeError:
            return True
        return False

    wait_until(gone)
    assert not [a for a in plant.station.read(open_alarms, plant.token("D-QA")) if a.source == "SC-2" and a.active]
    assert why(plant, "D-ADMIN", r.RegisterDevice(**NEW)) == "device_is_new"
    assert verified(plant.station).findings == ()


@pytest.mark.req("J01", "P11-05")
@pytest.mark.parametrize(
    ("changed", "guard"),
    [
        ({"device_id": "SC 3"}, "device_is_new"),
        ({"device_id": SCALE}, "device_is_new"),
        ({"reason": " "}, "reason_is_given"),
        ({"readability": "abc"}, "scale_is_whole"),
        ({"minimum_weight": "0.001"}, "scale_is_whole"),
        ({"unit": "stone"}, "scale_is_whole"),
        ({"capacity": ""}, "scale_is_whole"),
        ({"protocol": "telepathy"}, "configuration_is_usable"),
        ({"options": "[]"}, "configuration_is_usable"),
        ({"options": '{"baud": 9600}'}, "configuration_is_usable"),
        ({"options": '{"baud": "fast"}'}, "configuration_is_usable"),
        ({"poll_ms": 1}, "configuration_is_usable"),
    ],
    ids=str,
)  # fmt: skip
def test_a_configuration_that_no_driver_takes_is_not_even_asked_for(plant: Crew, changed: dict[str, Any], guard: str) -> None:
    command = r.RegisterDevice(**(NEW | {"device_id": "SC-3"} | changed))
    assert why(plant, "D-ADMIN", command) == guard
    with pytest.raises(GuardRefusedError):
        plant.do("D-ADMIN", command)


@pytest.mark.req("J03", "J08", "P11-09")
def test_another_instrument_begins_without_calibration_and_check(crew: Crew) -> None:
    token = crew.token("D-QA")
    before = crew.station.read(device_named, token, device_id=SCALE)
    same = r.AcceptDeviceIdentity(
        device_id=SCALE, model=before.model, serial_number=before.serial_number, firmware=before.firmware, reason="exchanged"
    )
    assert why(crew, "D-ADMIN", same) == "identity_is_another"
    newer = r.AcceptDeviceIdentity(
        device_id=SCALE, model=before.model, serial_number=before.serial_number, firmware="9.9", reason="updated"
    )
    approved(crew, newer)
    row = crew.station.read(device_named, token, device_id=SCALE)
    assert (row.firmware, row.check_passed, row.calibration_due) == ("9.9", False, before.calibration_due)
    approved(crew, r.AcceptDeviceIdentity(device_id=SCALE, model="XPR", serial_number="SN-99", firmware="9.9", reason="exchanged"))
    row = crew.station.read(device_named, token, device_id=SCALE)
    assert (row.serial_number, row.check_passed, row.calibration_due) == ("SN-99", False, "")


@pytest.mark.req("J07", "D06")
def test_one_person_holds_a_device_and_two_return_it(crew: Crew) -> None:
    crew.do("D-OPER", r.HoldDevice(device_id=SCALE, reason="It was knocked over."))
    row = crew.station.read(device_named, crew.token("D-QA"), device_id=SCALE)
    assert row.held_reason == "It was knocked over."
    assert why(crew, "D-OPER", r.HoldDevice(device_id=SCALE, reason="again")) == "device_is_in_use"
    back = r.ReturnDeviceToUse(device_id=SCALE, reason="looked at, and checked")
    stored = crew.do("D-SUPER", back)
    crew.sign("D-SUPER", SubmitChange(request_id=stored.request_id), reason="checked")
    with pytest.raises((PermissionDeniedError, GuardRefusedError, SignatureError)):
        crew.sign("D-SUPER", ApproveChange(request_id=stored.request_id), reason="myself")
    assert crew.station.read(device_named, crew.token("D-QA"), device_id=SCALE).held_reason
    crew.sign("D-QA", ApproveChange(request_id=stored.request_id), reason="the check passed")
    assert crew.station.read(device_named, crew.token("D-QA"), device_id=SCALE).held_reason == ""
    assert verified(crew.station).findings == ()


@pytest.mark.req("J01", "J06")
@pytest.mark.parametrize(
    "changed",
    [{"check_profile": "process"}, {"check_profile": "process", "process_tolerance": "0"}, {"safety_factor": "0.5"}, {"safety_factor": "two"},
     {"check_profile": "none"}],
    ids=str,
)  # fmt: skip
def test_checks_by_rules_that_do_not_exist_are_refused(crew: Crew, changed: dict[str, Any]) -> None:
    assert why(crew, "D-ADMIN", change(device_id=SCALE, **changed)) == "checks_are_well_formed"


@pytest.mark.req("J01", "J06")
def test_a_shorter_interval_makes_the_check_due_earlier(plant: Crew) -> None:
    token = plant.token("D-QA")
    for hours in (48, 24, 72):
        carried_out(plant, change(device_id=SCALE, title="Scale", check_every_hours=hours, address=_address(plant)), "D-ADMIN")
    row = plant.station.read(device_named, token, device_id=SCALE)
    assert row.check_due_us is not None
    assert 23.9 * 3600e6 < row.check_due_us - plant.station.clock.now().utc_us <= 24 * 3600e6
    carried_out(plant, change(device_id=SCALE, title="Scale", check_every_hours=0, address=_address(plant)), "D-ADMIN")
    assert plant.station.read(device_named, token, device_id=SCALE).check_due_us is None


def _address(crew: Crew) -> str:
    return crew.station.read(device_named, crew.token("D-QA"), device_id=SCALE).address


@pytest.mark.req("J01", "J04", "P04")
def test_a_change_that_the_gateway_cannot_take_up_is_an_alarm_until_it_can(plant: Crew) -> None:
    def active() -> bool:
        return any(a.kind == "devices" and a.active for a in plant.station.read(open_alarms, plant.token("D-QA")))

    written(plant, lambda uow: setattr(uow.session.get_one(Device, SCALE), "options", "[]"))
    wait_until(active)
    written(plant, lambda uow: setattr(uow.session.get_one(Device, SCALE), "options", "{}"))
    wait_until(lambda: not active())
    assert plant.station.gateway is not None
    assert plant.station.gateway.status(SCALE).state is DeviceState.ONLINE


# --- trust -----------------------------------------------------------------------------------------------------------


@pytest.mark.req("J01", "J08")
def test_a_certificate_is_seen_trusted_by_two_and_revoked_by_one(crew: Crew) -> None:
    thumbprint = "ab" * 32
    seen = r.NoteCertificate(device_id=SCALE, thumbprint=thumbprint, der="3082", subject_name="CN=line", not_after="2030-01-01")
    crew.station.bus.dispatch(seen, as_station=True)
    assert any(a.kind == "trust" and a.active for a in crew.station.read(open_alarms, crew.token("D-QA")))
    assert (
        why(crew, "D-ADMIN", r.TrustCertificate(device_id=SCALE, thumbprint="cd" * 32, reason="compared")) == "certificate_can_be_trusted"
    )
    assert not [c for c in crew.station.read(device_configs, crew.token("D-QA")) if c.credentials.trusted_der]
    approved(crew, r.TrustCertificate(device_id=SCALE, thumbprint=thumbprint, reason="compared at the device"))
    (config,) = crew.station.read(device_configs, crew.token("D-QA"))
    assert config.credentials.trusted_der == (bytes.fromhex("3082"),)
    assert not any(a.kind == "trust" and a.active for a in crew.station.read(open_alarms, crew.token("D-QA")))
    crew.do("D-QA", r.RevokeCertificate(device_id=SCALE, thumbprint=thumbprint, reason="key was copied"))
    (config,) = crew.station.read(device_configs, crew.token("D-QA"))
    assert config.credentials.trusted_der == ()
    assert why(crew, "D-ADMIN", r.TrustCertificate(device_id=SCALE, thumbprint=thumbprint, reason="again")) == "certificate_can_be_trusted"
    (row,) = crew.station.read(device_certificates, crew.token("D-QA"), device_id=SCALE)
    assert row.state == "revoked"


# --- approved writes -------------------------------------------------------------------------------------------------


@pytest.mark.req("J05", "K03")
def test_a_write_is_approved_for_what_is_set_writable_alone(crew: Crew) -> None:
    write = r.WriteTag(device_id=SCALE, tag_id="T-1", value="130", value_before="120", reason="feed rate")
    assert why(crew, "D-SUPER", write) == "tag_may_be_written"
    _tag(crew)
    assert why(crew, "D-SUPER", write) == "tag_may_be_written", "the device's own switch is off"
    with switched_on(crew):
        assert crew.station.preflight(write, crew.token("D-SUPER")) is None
        assert (
            why(crew, "D-SUPER", r.WriteTag(device_id=SCALE, tag_id="T-1", value="fast", value_before="1", reason="x"))
            == "tag_may_be_written"
        )
        assert why(
            crew, "D-SUPER", r.WriteTag(device_id=SCALE, tag_id="T-1", value="1", value_before="1", request_tag="T-1", reason="x")
        ) == ("tag_may_be_written")
    with pytest.raises(PermissionDeniedError):
        crew.do("D-OPER", write)


@pytest.mark.req("J05", "K03", "P11-07")
def test_a_write_is_sent_once_and_what_came_of_it_is_final(crew: Crew) -> None:
    _tag(crew)
    with switched_on(crew):
        carried_out(crew, r.WriteTag(device_id=SCALE, tag_id="T-1", value="130", value_before="120", reason="feed rate"), "D-SUPER")
    (row,) = crew.station.read(device_writes, crew.token("D-QA"), device_id=SCALE)
    own = crew.station.bus.dispatch
    own(r.BeginWrite(write_id=row.write_id, device_id=SCALE), as_station=True)
    with pytest.raises(JopeError, match="sent"):
        own(r.BeginWrite(write_id=row.write_id, device_id=SCALE), as_station=True)
    own(r.EndWrite(write_id=row.write_id, device_id=SCALE, outcome="indeterminate", message="no answer"), as_station=True)
    with pytest.raises(JopeError):
        own(r.EndWrite(write_id=row.write_id, device_id=SCALE, outcome="done"), as_station=True)
    assert any(a.kind == "write" and a.priority == 1 for a in crew.station.read(open_alarms, crew.token("D-QA")))
    assert verified(crew.station).findings == ()


def _tag(crew: Crew) -> None:
    """A tag that may be written to."""
    tag = DeviceTag(
        tag_id="T-1", device_id=SCALE, address="holding:1", data_type="UInt16", unit="", scale="1", shift="0", low="", high="", deadband="0",
        sampling_ms=500, writable=1, word_order="big", byte_order="big", length=0, alarm_low="", alarm_high="", alarm_priority=3, retired_us=None,
    )  # fmt: skip
    written(crew, lambda uow: uow.session.add(tag))


@contextmanager
def switched_on(crew: Crew) -> Iterator[None]:
    """The device's own switch for writing, on."""

    def switch(value: int) -> None:
        written(crew, lambda uow: setattr(uow.session.get_one(Device, SCALE), "write_enabled", value))

    switch(1)
    yield
    switch(0)


@pytest.mark.req("J05")
@pytest.mark.parametrize(
    ("text", "kind", "back"),
    [("true", TagType.BOOLEAN, "true"), ("12.50", TagType.DOUBLE, "12.50"), ("-3", TagType.INT16, "-3"), ("Run", TagType.STRING, "Run")],
)
def test_a_typed_value_is_read_as_its_tag_s_type(text: str, kind: TagType, back: str) -> None:
    assert text_of(value_of(text, kind)) == back


@pytest.mark.req("J05")
@pytest.mark.parametrize(("text", "kind"), [("yes", TagType.BOOLEAN), ("1e3", TagType.DOUBLE), ("", TagType.INT16), ("NaN", TagType.FLOAT)])
def test_a_typed_value_of_another_type_is_refused(text: str, kind: TagType) -> None:
    with pytest.raises(JopeError):
        value_of(text, kind)

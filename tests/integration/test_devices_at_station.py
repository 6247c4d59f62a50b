"""A station with a PLC and an OPC-UA line, both processes of their own: from the first request to samples, alarms and one approved write.

URS J01, J03, J04, J05, J08, K03, K08, A11d-05; the spies are the devices' own records of what was written to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from jope_drivers.catalog import make_gateway, scale_drivers, station_certificate, tag_drivers
from jope_drivers.simulator.line_handle import SimulatedOpcUaLine
from jope_drivers.simulator.plc_handle import PLC_IDENTITY, SimulatedPlc
from jope_drivers.simulator.plc_map import PLC_IDENTITY_REGISTERS

from jope.bootstrap import Plant, Station, open_station, provision_demo_station
from jope.compliance.alarms.queries import AlarmView, alarm_log
from jope.kernel.canonical import canonical_text
from jope.kernel.clock import SystemClock
from jope.kernel.settings.files import StationFolder
from jope.kernel.settings.key_files import key_files_of
from jope.plant.batches import commands as b
from jope.plant.devices.ports import DeviceState
from jope.plant.devices.queries import device_certificates, device_named, device_writes
from jope.plant.devices.registry import commands as r
from jope.plant.devices.registry.credentials import DeviceCredentials, set_account
from jope.plant.devices.sampling.store import SampleReader, StoredSample
from jope.plant.devices.tags import is_bad
from jope.services.provisioning import demo_data as demo
from jope.services.provisioning.preparation import prepare_demo_station
from tests.support.demo import Crew, quick_hash, to_execution, verified, wait_until
from tests.support.devices import approved
from tests.support.opcua import free_port
from tests.support.training import carried_out

PLC = "PLC-1"
LINE = "LINE-1"
pytestmark = pytest.mark.timeout(300)


@contextmanager
def station_at(root: Path) -> Iterator[Crew]:
    """A demo station with all drivers and no scale, reachable or not."""
    if not (root / "store.db").exists():
        provision_demo_station(root, scale_address="/dev/nowhere", password_hash=quick_hash())
    plant = Plant(scale_drivers(), make_gateway, tags=tag_drivers(), certificate=station_certificate)
    station = open_station(root, plant)
    try:
        yield Crew(station)
    finally:
        station.close()


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    with station_at(tmp_path / "station") as crew:
        prepare_demo_station(crew.station)
        yield crew


@pytest.fixture
def plc(tmp_path: Path) -> Iterator[SimulatedPlc]:
    with SimulatedPlc(tmp_path / "plc") as plc:
        yield plc


def register_plc(crew: Crew, plc: SimulatedPlc, *, poll_ms: int = 100) -> None:
    command = r.RegisterDevice(
        device_id=PLC, title="Mixing vessel", line="L3", protocol="modbus", address=plc.address, model=PLC_IDENTITY.model,
        serial_number=PLC_IDENTITY.serial_number, firmware=PLC_IDENTITY.firmware, poll_ms=poll_ms,
        options=canonical_text({"identity_registers": PLC_IDENTITY_REGISTERS}), reason="new vessel",
    )  # fmt: skip
    carried_out(crew, command, "D-ADMIN")


def tag(crew: Crew, name: str, address: str, kind: str, device: str = PLC, **changed: Any) -> None:
    fields: dict[str, Any] = {"sampling_ms": 100, "reason": "needed for the record"} | changed
    carried_out(crew, r.SetTag(tag_id=name, device_id=device, address=address, data_type=kind, **fields), "D-ADMIN")


def state(crew: Crew, device: str) -> DeviceState | None:
    gateway = crew.station.gateway
    assert gateway is not None
    return gateway.status(device).state if device in _known(crew) else None


def _known(crew: Crew) -> set[str]:
    devices = crew.station.devices
    assert devices is not None
    return {config.device_id for config in devices._configs} & set(devices.gateway._devices)  # type: ignore[attr-defined]  # a test looks inside


def await_state(crew: Crew, device: str, wanted: DeviceState, seconds: float = 30.0) -> None:
    wait_until(lambda: state(crew, device) is wanted, seconds=seconds)


def await_taken_up(crew: Crew, device: str) -> None:
    """Until the gateway runs the device as it is registered now, and it delivers. Before that it may still deliver as it was registered before."""
    station = crew.station
    assert station.devices is not None

    def taken_up() -> bool:
        registered = {config.device_id: config for config in station._device_configs()}
        running = station.devices.gateway._devices.get(device)  # type: ignore[union-attr,attr-defined]  # a test looks inside
        return running is not None and running.config == registered[device] and running.status().state is DeviceState.ONLINE

    wait_until(taken_up, seconds=30)


def samples(station: Station, tag_id: str) -> tuple[StoredSample, ...]:
    assert station.devices is not None
    station.devices.keeper.flush()
    reader = SampleReader(station.devices.keeper.location)
    try:
        return reader.newest(tag_id, count=500)[::-1]
    finally:
        reader.close()


def alarms(crew: Crew, kind: str) -> list[AlarmView]:
    return [alarm for alarm in crew.station.read(alarm_log, crew.token("D-QA")) if alarm.kind == kind]


@pytest.mark.req("J01", "J04", "K01", "K08", "A11d-05", "PR-01")
def test_what_a_plc_says_is_kept_with_its_batch_and_its_loss_is_an_alarm_and_a_gap(crew: Crew, plc: SimulatedPlc) -> None:
    register_plc(crew, plc)
    tag(crew, "Mixer.Speed", "input:0", "UInt16", unit="rpm", scale="0.1", alarm_high="2999.9", alarm_priority=2)
    tag(crew, "Batch.Cycles", "input:6", "UInt32")
    await_state(crew, PLC, DeviceState.ONLINE)
    wait_until(lambda: len(samples(crew.station, "Mixer.Speed")) > 2)
    heard = [one for one in samples(crew.station, "Mixer.Speed") if not is_bad(one.status)]
    assert {(type(one.value), one.unit, one.context.batch_no) for one in heard} == {(Decimal, "rpm", "")}

    to_execution(crew, "B-7")
    before = len(samples(crew.station, "Mixer.Speed"))
    wait_until(lambda: len(samples(crew.station, "Mixer.Speed")) > before + 3)
    late = samples(crew.station, "Mixer.Speed")[-1]
    assert (late.context.batch_no, late.context.recipe, late.context.phase) == ("B-7", demo.DEMO_RECIPE, "Running")
    crew.sign("D-OPER", b.HoldBatch(batch_no="B-7", reason="a look at the vessel"))
    wait_until(lambda: samples(crew.station, "Mixer.Speed")[-1].context.phase == "Held")

    plc.put("input", 0, 30_001)
    plc.freeze()
    plc.put("input", 0, 30_001)
    wait_until(lambda: any(a.active for a in alarms(crew, "high:Mixer.Speed")))
    (alarm,) = alarms(crew, "high:Mixer.Speed")
    assert (alarm.priority, alarm.source) == (2, PLC)
    assert "3000.1 rpm" in alarm.text
    plc.put("input", 0, 100)
    wait_until(lambda: not any(a.active for a in alarms(crew, "high:Mixer.Speed")))

    plc.stop()
    await_state(crew, PLC, DeviceState.BACKOFF)
    wait_until(lambda: any(a.active for a in alarms(crew, "communication") if a.source == PLC))
    assert is_bad(samples(crew.station, "Mixer.Speed")[-1].status)
    assert samples(crew.station, "Mixer.Speed")[-1].value is None
    plc.start()
    await_state(crew, PLC, DeviceState.ONLINE)
    wait_until(lambda: not any(a.active for a in alarms(crew, "communication") if a.source == PLC))
    assert crew.station.devices is not None
    crew.station.devices.keeper.flush()
    reader = SampleReader(crew.station.devices.keeper.location)
    assert reader.gaps(0, 1 << 62)
    assert reader.check() == ()
    reader.close()
    assert plc.writes() == []
    assert verified(crew.station).findings == ()


@pytest.mark.req("J03", "J08", "P11-09")
def test_another_plc_delivers_nothing_until_two_people_accept_it(crew: Crew, plc: SimulatedPlc) -> None:
    register_plc(crew, plc)
    tag(crew, "Mixer.Speed", "input:0", "UInt16")
    await_state(crew, PLC, DeviceState.ONLINE)
    plc.stop()
    await_state(crew, PLC, DeviceState.BACKOFF)
    wait_until(lambda: is_bad(samples(crew.station, "Mixer.Speed")[-1].status))
    count = len(samples(crew.station, "Mixer.Speed"))
    plc._identity = type(PLC_IDENTITY)(PLC_IDENTITY.model, "MX-OTHER", "3.0")
    plc.start()
    await_state(crew, PLC, DeviceState.GATED)
    wait_until(lambda: any(a.active and a.priority == 1 for a in alarms(crew, "identity")))
    assert len(samples(crew.station, "Mixer.Speed")) == count
    assert crew.station.gateway is not None
    answering = crew.station.gateway.status(PLC).identity
    assert answering is not None
    approved(
        crew,
        r.AcceptDeviceIdentity(
            device_id=PLC, model=answering.model, serial_number=answering.serial_number, firmware=answering.firmware, reason="exchanged"
        ),
    )
    await_state(crew, PLC, DeviceState.ONLINE)
    wait_until(lambda: len(samples(crew.station, "Mixer.Speed")) > count)
    wait_until(lambda: not any(a.active for a in alarms(crew, "identity")))


@pytest.mark.writes
@pytest.mark.req("J05", "K03", "P11-07")
def test_nothing_is_written_but_what_two_people_approved_and_that_once(crew: Crew, plc: SimulatedPlc) -> None:
    register_plc(crew, plc)
    tag(crew, "Mixer.SpeedSetpoint", "holding:0", "UInt16", unit="rpm", scale="0.1", writable=True)
    await_state(crew, PLC, DeviceState.ONLINE)
    before = _newest_text(crew, "Mixer.SpeedSetpoint")
    write = r.WriteTag(device_id=PLC, tag_id="Mixer.SpeedSetpoint", value="130.0", value_before=before, reason="feed rate")
    refused = crew.station.preflight(write, crew.token("D-SUPER"))
    assert refused is not None, "the device's own switch is off"
    switch_on(crew, PLC)
    await_taken_up(crew, PLC)
    assert plc.writes() == []
    approved(crew, write, asks="D-SUPER")
    wait_until(lambda: any(w.state == "done" for w in crew.station.read(device_writes, crew.token("D-QA"), device_id=PLC)), seconds=20)
    (done,) = crew.station.read(device_writes, crew.token("D-QA"), device_id=PLC)
    assert (done.read_back, done.message) == ("130.0", "")
    assert [(w.address, w.values) for w in plc.writes()] == [(0, (1300,))]
    stale = r.WriteTag(device_id=PLC, tag_id="Mixer.SpeedSetpoint", value="140.0", value_before=before, reason="feed rate")
    approved(crew, stale, asks="D-SUPER")
    wait_until(lambda: any(w.state == "refused" for w in crew.station.read(device_writes, crew.token("D-QA"), device_id=PLC)), seconds=20)
    assert len(plc.writes()) == 1, "the device had another value than the approvers saw"
    assert verified(crew.station).findings == ()


def switch_on(crew: Crew, device: str) -> None:
    """The device's own switch for writing."""
    row = crew.station.read(device_named, crew.token("D-QA"), device_id=device)
    change = r.ChangeDevice(
        device_id=device, title=row.title, address=row.address, options=row.options, poll_ms=row.poll_ms, write_enabled=True, check_profile="usp",
        process_tolerance="", safety_factor="2", check_every_hours=0, reason="set-points are written",
    )  # fmt: skip
    carried_out(crew, change, "D-ADMIN")


def _newest_text(crew: Crew, tag_id: str) -> str:
    from jope.plant.devices.registry.rows import text_of

    gateway = crew.station.gateway
    assert gateway is not None
    wait_until(lambda: tag_id in gateway.newest_values(PLC) and not is_bad(gateway.newest_values(PLC)[tag_id].value.status))
    return text_of(gateway.newest_values(PLC)[tag_id].value.value)


@pytest.mark.writes
@pytest.mark.req("J01", "J03", "J08", "A11d-05")
def test_an_opcua_line_comes_in_by_trust_then_identity_then_tags(tmp_path: Path) -> None:
    root = tmp_path / "station"
    provision_demo_station(root, scale_address="/dev/nowhere", password_hash=quick_hash())
    keys = key_files_of(StationFolder(root))
    set_account(keys, LINE, "jope", "line-password")
    assert b"line-password" not in b"".join(path.read_bytes() for path in (root / "keys").iterdir())
    own, _ = DeviceCredentials(keys, "DEMO-L3", SystemClock(), station_certificate).certificate()
    line = SimulatedOpcUaLine(tmp_path / "line", port=free_port(), clock=SystemClock())
    line.trust(x509.load_pem_x509_certificate(own).public_bytes(Encoding.DER))
    with line, station_at(root) as crew:
        prepare_demo_station(crew.station)
        new = r.RegisterDevice(
            device_id=LINE, title="Filling line", line="L3", protocol="opcua", address=line.address, model="", serial_number="", firmware="",
            options=canonical_text({"publishing_ms": "200"}), reason="new line",
        )  # fmt: skip
        approved(crew, new)
        await_state(crew, LINE, DeviceState.FAULTED)
        wait_until(lambda: bool(crew.station.read(device_certificates, crew.token("D-QA"), device_id=LINE)))
        (seen,) = crew.station.read(device_certificates, crew.token("D-QA"), device_id=LINE)
        assert seen.state == "seen"
        assert any(a.active for a in alarms(crew, "trust"))
        approved(crew, r.TrustCertificate(device_id=LINE, thumbprint=seen.thumbprint, reason="compared at the line"))
        await_state(crew, LINE, DeviceState.GATED)
        assert crew.station.gateway is not None
        who = crew.station.gateway.status(LINE).identity
        assert who is not None
        assert who.serial_number.lower() == seen.thumbprint
        accept = r.AcceptDeviceIdentity(
            device_id=LINE, model=who.model, serial_number=who.serial_number, firmware=who.firmware, reason="first connection"
        )
        approved(crew, accept)
        await_state(crew, LINE, DeviceState.ONLINE)
        names = {node.name for node in crew.station.browse_device(crew.token("D-ADMIN"), LINE)}
        assert names
        tag(crew, "Mixer.Speed", line.node("Mixer.Speed"), "Double", LINE, unit="rpm")
        tag(crew, "Filler.Gone", line.node("Filler.Gone"), "UInt32", LINE)
        await_state(crew, LINE, DeviceState.DEGRADED)
        wait_until(lambda: any("Filler.Gone" in a.text for a in alarms(crew, "degraded")), seconds=30)
        wait_until(lambda: len(samples(crew.station, "Mixer.Speed")) > 3)
        assert all(isinstance(one.value, float) for one in samples(crew.station, "Mixer.Speed") if not is_bad(one.status))
        carried_out(crew, r.RetireTag(tag_id="Filler.Gone", reason="was never there"), "D-ADMIN")
        await_state(crew, LINE, DeviceState.ONLINE)
        switch_on(crew, LINE)
        tag(crew, "Mixer.SpeedSetpoint", line.node("Mixer.SpeedSetpoint"), "Double", LINE, unit="rpm", writable=True)
        await_taken_up(crew, LINE)
        write = r.WriteTag(device_id=LINE, tag_id="Mixer.SpeedSetpoint", value="130.1", value_before="120", reason="feed rate")
        approved(crew, write, asks="D-SUPER")
        wait_until(lambda: any(w.ended_us for w in crew.station.read(device_writes, crew.token("D-QA"), device_id=LINE)), seconds=20)
        (done,) = crew.station.read(device_writes, crew.token("D-QA"), device_id=LINE)
        assert (done.state, done.found, done.read_back) == ("done", "120.0", "130.1")
        crew.do("D-QA", r.RevokeCertificate(device_id=LINE, thumbprint=seen.thumbprint, reason="the key was copied"))
        await_state(crew, LINE, DeviceState.FAULTED)
        assert len(line.writes()) == 1
        assert verified(crew.station).findings == ()


@pytest.mark.req("J01", "N02")
def test_a_station_that_starts_again_goes_on_counting(tmp_path: Path, plc: SimulatedPlc) -> None:
    counts: list[int] = []

    def more_than(crew: Crew, count: int) -> Callable[[], bool]:
        return lambda: len(samples(crew.station, "Mixer.Speed")) > count

    for number in range(2):
        with station_at(tmp_path / "station") as crew:
            if number == 0:
                prepare_demo_station(crew.station)
                register_plc(crew, plc)
                tag(crew, "Mixer.Speed", "input:0", "UInt16")
            await_state(crew, PLC, DeviceState.ONLINE)
            wait_until(more_than(crew, sum(counts) + 3))
            counts.append(len(samples(crew.station, "Mixer.Speed")) - sum(counts))
            rows = samples(crew.station, "Mixer.Speed")
            assert [row.seq for row in rows] == list(range(rows[0].seq, rows[0].seq + len(rows)))

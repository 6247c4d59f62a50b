"""Whom the station trusts, and what it never sends to anybody else."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from jope_drivers.opcua.certificate import ApplicationCertificate, make_application_certificate
from jope_drivers.opcua.driver import OpcUaDriver
from jope_drivers.opcua.link import key_material
from jope_drivers.opcua.settings import OpcUaSettings
from jope_drivers.opcua.trust import judge, names_host, read_certificate, thumbprint
from jope_drivers.simulator.line_handle import SERVER_URI, SimulatedOpcUaLine

from jope.kernel.errors import DeviceOfflineError, DeviceTrustError, SettingsError
from jope.plant.devices.ports import DeviceConfig, DeviceState
from jope.plant.devices.tags import Credentials, TagType
from tests.support.opcua import CLOCK, Station, line_config, misbehaving, online, run, running_line, station_certificate, tag

pytestmark = pytest.mark.timeout(300)
TAGS = (tag("Mixer.Speed", TagType.DOUBLE),)
DAY_US = 86_400_000_000


async def refused(config: DeviceConfig) -> DeviceTrustError:
    station = Station(config)
    with pytest.raises(DeviceTrustError) as told:
        await station.driver.connect()
    await station.driver.close()
    return told.value


@pytest.mark.req("P11-09", "J01")
def test_nobody_is_trusted_without_approval_and_the_certificate_is_told(line: SimulatedOpcUaLine, own: ApplicationCertificate) -> None:
    async def work() -> None:
        assert line.certificate is not None
        error = await refused(line_config(line, own, trusted=()))
        assert error.certificate_der == line.certificate.certificate_der
        assert thumbprint(error.certificate_der) in error.message
        other = make_application_certificate(SERVER_URI, name="Simulated line", hosts=("127.0.0.1",), clock=CLOCK)
        assert (await refused(line_config(line, own, trusted=(other.certificate_der,)))).certificate_der == line.certificate.certificate_der

    run(work)


@pytest.mark.req("P11-09", "J01")
def test_a_wrong_password_and_an_unknown_station_are_refused_by_the_server(line: SimulatedOpcUaLine, own: ApplicationCertificate) -> None:
    async def work() -> None:
        assert "BadUserAccessDenied" in (await refused(line_config(line, own, password="wrong"))).message
        assert "BadCertificateUntrusted" in (await refused(line_config(line, station_certificate()))).message

    run(work)


@pytest.mark.req("P11-09", "J01")
def test_an_impostor_with_the_right_certificate_and_another_key_gets_no_password(
    line: SimulatedOpcUaLine, own: ApplicationCertificate, tmp_path: Path
) -> None:
    """A relay that shows the trusted certificate cannot open the channel: it gets the hello, the endpoints' question and one locked message."""
    heard = bytearray()

    async def work() -> None:
        async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", line.port)
            try:
                while data := await reader.read(65536):
                    heard.extend(data)
                    if b"OPN" in data and b"Basic256Sha256" in data:
                        writer.write(b"OPNF" + (200).to_bytes(4, "little") + bytes(192))
                        continue
                    far_writer.write(data)
                    writer.write(await far_reader.read(65536))
            finally:
                far_writer.transport.abort()

        async with misbehaving(relay) as address:
            station = Station(line_config(line, own, address=address))
            with pytest.raises((DeviceOfflineError, DeviceTrustError)):
                await station.driver.connect()
            await station.driver.close()
        assert b"line-password" not in heard
        assert b"jope\x00" not in heard

    run(work)


@pytest.mark.req("P11-09", "J03")
def test_a_server_that_comes_back_with_another_certificate_is_not_taken_up_again(own: ApplicationCertificate, tmp_path: Path) -> None:
    async def work() -> None:
        with running_line(tmp_path, own) as line:
            async with online(line_config(line, own, tags=TAGS)) as station:
                line.kill()
                line.renew_certificate()
                await asyncio.to_thread(line.start)
                seen = len(station.values)
                with pytest.raises(DeviceTrustError, match="not on the trust list"):
                    await station.until(lambda: station.states.count((DeviceState.ONLINE, "")) > 1)
                assert len(station.values) == seen

    run(work)


@pytest.mark.req("P11-09")
def test_dates_and_application_uri_of_a_trusted_certificate_are_looked_at() -> None:
    made = make_application_certificate(SERVER_URI, name="Line", hosts=("plc-7", "10.0.0.7"), clock=CLOCK, days=30)
    seen, trusted = read_certificate(made.certificate_der), (made.certificate_der,)
    now_us = CLOCK.now().utc_us
    judge(seen, trusted, application_uri=SERVER_URI, now_us=now_us)
    with pytest.raises(DeviceTrustError, match="expired"):
        judge(seen, trusted, application_uri=SERVER_URI, now_us=now_us + 31 * DAY_US)
    with pytest.raises(DeviceTrustError, match="valid from"):
        judge(seen, trusted, application_uri=SERVER_URI, now_us=now_us - DAY_US)
    with pytest.raises(DeviceTrustError, match="calls itself urn:other"):
        judge(seen, trusted, application_uri="urn:other", now_us=now_us)
    assert names_host(seen, "PLC-7")
    assert names_host(seen, "10.0.0.7")
    assert not names_host(seen, "10.0.0.8")
    with pytest.raises(DeviceTrustError, match="not a certificate"):
        read_certificate(b"0\x82\x00\x01x")


@pytest.mark.req("P11-09", "J01")
def test_what_cannot_be_used_is_refused_before_anything_is_opened(line: SimulatedOpcUaLine, own: ApplicationCertificate) -> None:
    class Silent:
        def state(self, *_: object) -> None: ...
        def gap(self, *_: object) -> None: ...

    config = line_config(line, own, tags=TAGS)
    wrong = [
        replace(config, options={"security": "None"}),
        replace(config, options={"security": "Basic128Rsa15"}),
        replace(config, options={"security": "None", "allow_unsecured": "yes"}),  # would send an account in the clear
        replace(config, options={"session_timeout_seconds": "5"}),
        replace(config, options={"publishing_ms": "fast"}),
        replace(config, options={"retries": "3"}),
        replace(config, options={"user_token": "kerberos"}),
        replace(config, address="http://plc"),
        replace(config, address="opc.tcp://user:secret@plc"),
        replace(config, credentials=Credentials()),
        replace(config, credentials=replace(config.credentials, private_key_pem=station_certificate().private_key_pem)),
        replace(config, credentials=replace(config.credentials, private_key_pem=b"nothing")),
        replace(config, tags=(replace(TAGS[0], address="ns=2;s=Mixer.Speed"),)),
        replace(config, tags=(replace(TAGS[0], address="Mixer.Speed"),)),
        replace(config, tags=(replace(TAGS[0], address="nsu=urn:x;i=none"),)),
    ]
    for one in wrong:
        with pytest.raises(SettingsError):
            OpcUaDriver(one, CLOCK, Silent())  # type: ignore[arg-type]


@pytest.mark.req("P11-09")
def test_neither_password_nor_key_shows_in_a_representation(line: SimulatedOpcUaLine, own: ApplicationCertificate) -> None:
    config = line_config(line, own)
    shown = repr(config) + repr(own) + repr(OpcUaSettings.of(config)) + repr(key_material(config))
    assert "line-password" not in shown
    assert "PRIVATE KEY" not in shown


@pytest.mark.req("J01", "P11-09")
def test_a_connection_without_security_must_be_asked_for_twice(own: ApplicationCertificate, tmp_path: Path) -> None:
    async def work() -> None:
        with running_line(tmp_path, own, unsecured=True, users=()) as line:
            config = replace(
                line_config(line, own, tags=TAGS, options={"security": "None", "allow_unsecured": "yes"}), credentials=Credentials()
            )
            async with online(config) as station:
                identity = await station.driver.identify()
                assert identity.serial_number == SERVER_URI
                assert station.newest("Mixer.Speed") is not None

    run(work)

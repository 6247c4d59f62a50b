"""Our OPC-UA driver against a server that is not ours: node-opcua with its own trust list, users and policies."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from jope_drivers.opcua.certificate import ApplicationCertificate

from jope.kernel.errors import DeviceRefusedError, DeviceTrustError
from jope.plant.devices.ports import DeviceState
from jope.plant.devices.tags import SampleFlag, StatusCode, TagType, WriteRequest
from tests.support.opcua import Cable, Station, online, run, station_certificate
from tests.support.opcua_peers import NAMESPACE, NodeServer, StockClient, lost_of, peer_config, peer_tag

COUNTERS = 20
PULLED_SECONDS = 8.0
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def own() -> ApplicationCertificate:
    return station_certificate()


@pytest.fixture(scope="module")
def server(own: ApplicationCertificate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeServer]:
    with NodeServer(tmp_path_factory.mktemp("node")) as found:
        found.trust(own)
        yield found


@pytest.mark.req("J01", "P11-09")
@pytest.mark.parametrize("token", ["user", "certificate"])
@pytest.mark.parametrize("security", ["Basic256Sha256", "Aes256_Sha256_RsaPss", "Aes128_Sha256_RsaOaep"])
def test_each_policy_with_account_and_with_certificate(server: NodeServer, own: ApplicationCertificate, security: str, token: str) -> None:
    async def work() -> None:
        tags = (peer_tag("Fast.0"), peer_tag("Fixed", TagType.INT16))
        async with online(peer_config(server, own, tags, security=security, user_token=token)) as station:
            identity = await station.driver.identify()
            assert identity.serial_number == station.driver.seen_certificate.thumbprint  # type: ignore[union-attr]
            assert (identity.model, identity.firmware) == ("Peer Peer line (NodeOPCUA-Server)", "2.186.4 7")
            await station.until(lambda: len(station.of("Fast.0")) > 10)
            values = [v.value for v in station.of("Fast.0")]
            assert values == sorted(set(values))  # type: ignore[type-var]
            assert [v.value for v in station.of("Fixed")] == [7]

    run(work)


@pytest.mark.req("J01", "P11-09")
def test_an_untrusted_station_is_told_so_and_let_in_once_it_is_trusted(server: NodeServer) -> None:
    stranger = station_certificate()

    async def work() -> None:
        station = Station(peer_config(server, stranger, (peer_tag("Fast.0"),)))
        with pytest.raises(DeviceTrustError, match="refuses the station"):
            await station.driver.connect()
        await station.driver.close()
        server.trust(stranger)
        async with online(peer_config(server, stranger, (peer_tag("Fast.0"),))) as let_in:
            assert let_in.standing is DeviceState.ONLINE

    run(work)


@pytest.mark.req("J01", "P11-09")
def test_a_wrong_password_is_refused(server: NodeServer, own: ApplicationCertificate) -> None:
    async def work() -> None:
        config = peer_config(server, own, (peer_tag("Fast.0"),))
        station = Station(replace(config, credentials=replace(config.credentials, password="wrong")))
        with pytest.raises(DeviceTrustError, match=r"BadUserAccessDenied|BadIdentityTokenRejected"):
            await station.driver.connect()
        await station.driver.close()

    run(work)


@pytest.mark.req("J03", "J08", "P11-09")
def test_a_pulled_cable_loses_nothing_that_the_server_kept_and_the_librarys_own_client_does(
    server: NodeServer, own: ApplicationCertificate
) -> None:
    async def work() -> None:
        stock = StockClient()
        names = [f"Fast.{n}" for n in range(COUNTERS)]
        async with Cable(server.port) as cable, Cable(server.port) as other:
            client = await stock.connect(
                other.address, own, server.certificate.certificate_der, namespace=NAMESPACE, nodes=names, sampling_ms=50
            )
            config = peer_config(server, own, tuple(map(peer_tag, names)), address=cable.address)
            async with online(config) as station:
                await asyncio.sleep(2)
                cable.pull()
                other.pull()
                await asyncio.sleep(PULLED_SECONDS)
                cable.plug()
                other.plug()
                await station.until(lambda: station.standing is DeviceState.ONLINE)
                stock_seen = len(stock.values[names[0]])
                await station.until(lambda: len(stock.values[names[0]]) > stock_seen + 20)
                await station.until(lambda: not station.of(names[0])[-1].flags & SampleFlag.RECOVERED)
                ours = {name: [v.value for v in station.of(name)] for name in names}
                assert sum(lost_of(values) for values in ours.values()) == 0  # type: ignore[arg-type]
                assert station.gaps == []
                assert any(v.flags & SampleFlag.RECOVERED for v in station.values)
                assert sum(map(lost_of, stock.values.values())) > 0, "the harness does not see a loss"
            await client.disconnect()

    run(work)


@pytest.mark.req("J03", "J08")
def test_a_restart_leaves_a_gap_record_and_goes_on(own: ApplicationCertificate, tmp_path: Path) -> None:
    async def work() -> None:
        with NodeServer(tmp_path) as server:
            server.trust(own)
            async with online(peer_config(server, own, (peer_tag("Fast.0"),))) as station:
                await station.until(lambda: len(station.values) > 5)
                await asyncio.to_thread(server.restart)
                await station.until(lambda: station.gaps and station.standing is DeviceState.ONLINE)
                await station.until(lambda: any(v.flags & SampleFlag.GAP for v in station.values))
                assert station.gaps[0].tag_ids == ("Fast.0",)

    run(work)


@pytest.mark.req("J01", "J08")
def test_a_removed_node_turns_bad(own: ApplicationCertificate, tmp_path: Path) -> None:
    async def work() -> None:
        with NodeServer(tmp_path) as server:
            server.trust(own)
            async with online(peer_config(server, own, (peer_tag("Fast.0"), peer_tag("Fast.1")))) as station:
                server.order(do="remove", node="Fast.1")
                await station.until(lambda: station.standing is DeviceState.DEGRADED)
                newest = station.newest("Fast.1")
                assert newest is not None
                assert (newest.value, newest.status) == (None, StatusCode.BAD_NODE_ID_UNKNOWN)

    run(work)


@pytest.mark.req("J03", "P11-09")
def test_the_channels_keys_are_renewed_without_anybody_noticing(server: NodeServer, own: ApplicationCertificate) -> None:
    async def work() -> None:
        async with online(peer_config(server, own, (peer_tag("Fast.0"),), channel_seconds="10")) as station:
            await asyncio.sleep(18)
            assert [s for s, _ in station.states] == [DeviceState.SYNCING, DeviceState.ONLINE]
            assert lost_of([int(v.value) for v in station.of("Fast.0")]) == 0  # type: ignore[arg-type]

    run(work)


@pytest.mark.req("J01")
def test_a_deadband_is_kept_by_the_server(server: NodeServer, own: ApplicationCertificate) -> None:
    async def work() -> None:
        async with online(peer_config(server, own, (peer_tag("Fast.0", deadband=Decimal(4)), peer_tag("Fast.1")))) as station:
            await station.until(lambda: len(station.of("Fast.0")) > 4)
            values = [int(v.value) for v in station.of("Fast.0")]  # type: ignore[arg-type]
            assert all(later - earlier > 4 for earlier, later in pairwise(values))
            assert len(station.of("Fast.1")) > 2 * len(values)

    run(work)


@pytest.mark.req("J05", "A11d-05")
def test_a_write_is_read_back_and_a_refused_one_told(server: NodeServer, own: ApplicationCertificate) -> None:
    async def work() -> None:
        tags = (peer_tag("Setpoint", TagType.INT16, writable=True), peer_tag("Fixed", TagType.INT16, writable=True))
        async with online(peer_config(server, own, tags, write_enabled=True)) as station:
            asked = WriteRequest(approval_ref="CR-1", device_id="PEER-1", tag_id="Setpoint", value=260, before=250)
            receipt = await station.driver.write(asked)
            assert (receipt.before, receipt.after) == (250, 260)
            with pytest.raises(DeviceRefusedError, match="Nothing was written"):
                await station.driver.write(asked)
            with pytest.raises(DeviceRefusedError, match=r"BadNotWritable|BadUserAccessDenied"):
                await station.driver.write(replace(asked, tag_id="Fixed", value=8, before=7))

    run(work)

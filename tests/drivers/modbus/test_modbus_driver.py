"""The driver against the simulated PLC over TCP: what is asked, what is delivered, and who answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jope_drivers.catalog import tag_drivers
from jope_drivers.modbus.driver import ModbusDriver
from jope_drivers.modbus.pdu import Table
from jope_drivers.modbus.plan import plan
from jope_drivers.modbus.settings import ModbusSettings
from jope_drivers.simulator.plc_handle import PLC_IDENTITY, PLC_MODEL, SimulatedPlc, Way
from jope_drivers.simulator.plc_map import PLC_IDENTITY_REGISTERS, PLC_TAGS

from jope.kernel.clock import SystemClock
from jope.kernel.errors import DeviceOfflineError, SettingsError
from jope.plant.devices.ports import DeviceConfig, DeviceIdentity, DeviceState
from jope.plant.devices.tags import StatusCode, TagConfig, TagType
from tests.support.modbus import PLC, PROPERTY, Heard, Watched, pattern_tags, tag

pytestmark = [pytest.mark.req("J01", "A11d-05")]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedPlc]:
    with SimulatedPlc(tmp_path_factory.mktemp("plc")) as plc:
        yield plc


@pytest.fixture
def plc(tmp_path: Path) -> Iterator[SimulatedPlc]:
    with SimulatedPlc(tmp_path) as plc:
        yield plc


# --- registration ----------------------------------------------------------------------------------------------------


def settings(tags: tuple[TagConfig, ...] = (), address: str = "tcp://plc", **options: str) -> ModbusSettings:
    return ModbusSettings.of(DeviceConfig(PLC, "modbus", address, None, options, tags=tags))


@pytest.mark.parametrize(
    "address",
    [
        *("", "plc", "plc:502", "tcp://", "tcp://:502", "tcp://plc:0", "tcp://plc:70000", "tcp://plc:x", "tcp://plc/1", "tcp://u:p@plc"),
        *("tcp://plc?x=1", "tcp://plc#1", "udp://plc", "http://plc", "ttyUSB0", "COM", "rtu://ttyUSB0", "tcp://[::1", "tcp://p\nlc"),
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(SettingsError):
        settings(address=address)


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [("tcp://plc", "plc", 502), ("tcp://10.1.2.3:1502", "10.1.2.3", 1502), ("tcp://[::1]:502", "::1", 502)],
)
def test_tcp_addresses(address: str, host: str, port: int) -> None:
    place = settings(address=address).place
    assert (getattr(place, "host", ""), getattr(place, "port", 0)) == (host, port)


@pytest.mark.parametrize("address", ["/dev/ttyUSB0", "rtu:///dev/ttyUSB0", "COM3"])
def test_serial_addresses(address: str) -> None:
    place = settings(address=address, baudrate="19200", parity="even").place
    assert getattr(place, "port", "") == address.removeprefix("rtu://")


@pytest.mark.parametrize(
    ("address", "options"),
    [
        *(("tcp://plc", {"unit_id": text}) for text in ("-1", "248", "254", "256", "x", "", "\u0661", "1.0")),
        *(("/dev/ttyS0", {"unit_id": text}) for text in ("0", "255")),
        *(("tcp://plc", {"timeout_seconds": text}) for text in ("0", "0.01", "100", "x", "-1", "1e3", "nan")),
        *(("tcp://plc", {name: text}) for name, text in (("read_gaps", "65"), ("max_registers", "126"), ("max_bits", "0"))),
        *(("tcp://plc", {"identify": text}) for text in ("", "MEI")),
        *(
            ("tcp://plc", {"identity_registers": text})
            for text in ("x", "serial=holding:1 UInt16", "model=holding:1 Text", "model=holding:1 String")
        ),
        ("tcp://plc", {"identity_registers": "model=holding:1 UInt16; model=holding:2 UInt16"}),
        ("tcp://plc", {"baudrate": "9600"}),
        ("tcp://plc", {"retries": "3"}),
        ("/dev/ttyS0", {"data_bits": "7"}),
        ("/dev/ttyS0", {"xonxoff": "on"}),
        ("/dev/ttyS0", {"parity": "mark"}),
    ],
    ids=repr,
)
def test_an_option_that_cannot_be_used_is_refused(address: str, options: Mapping[str, str]) -> None:
    with pytest.raises(SettingsError):
        tag_drivers()["modbus"](DeviceConfig(PLC, "modbus", address, None, options), SystemClock(), Heard())


def test_a_tag_registered_twice_is_refused() -> None:
    with pytest.raises(SettingsError, match="twice"):
        settings((tag("input:1"), tag("input:1")))


# --- the plan --------------------------------------------------------------------------------------------------------

places = st.builds(
    lambda table, address, data_type, sampling_ms: (table, address, data_type, sampling_ms),
    st.sampled_from(["coil", "discrete", "input", "holding"]),
    st.integers(0, 300),
    st.sampled_from([TagType.UINT16, TagType.UINT32, TagType.DOUBLE]),
    st.sampled_from([100, 500]),
)


@PROPERTY
@given(placed=st.lists(places, max_size=60), gaps=st.integers(0, 3), limit=st.integers(4, 125))
def test_every_tag_is_read_once_and_nothing_that_is_not_registered(
    placed: list[tuple[str, int, TagType, int]], gaps: int, limit: int
) -> None:
    tags = tuple(
        TagConfig(
            f"T{number}", f"{table}:{address}", TagType.BOOLEAN if table in ("coil", "discrete") else data_type, sampling_ms=sampling_ms
        )
        for number, (table, address, data_type, sampling_ms) in enumerate(placed)
    )
    polls = plan(settings(tags, read_gaps=str(gaps), max_registers=str(limit), max_bits=str(limit)))
    assert sorted(point.tag.tag_id for poll in polls for point in poll.points) == sorted(one.tag_id for one in tags)
    for poll in polls:
        assert len({(point.table, point.tag.sampling_ms) for point in poll.points}) == 1
        count = int.from_bytes(poll.request.data[3:5])
        registered = {at for point in poll.points for at in range(point.address, point.end)}
        read = set(range(poll.address, poll.address + count))
        assert registered <= read
        assert count <= limit
        unregistered = sorted(read - registered)
        assert all(any(at + step in registered for step in range(1, gaps + 1)) for at in unregistered)
        assert not unregistered or gaps


def test_neighbours_share_a_request_up_to_the_limits_of_the_protocol() -> None:
    assert len(plan(settings(pattern_tags(125)))) == 1
    assert len(plan(settings(pattern_tags(126)))) == 2
    coils = tuple(tag(f"coil:{number}", TagType.BOOLEAN) for number in range(2001))
    assert [len(poll.points) for poll in plan(settings(coils))] == [2000, 1]
    assert len(plan(settings(pattern_tags(10, step=2)))) == 10
    assert len(plan(settings(pattern_tags(10, step=2), read_gaps="1"))) == 1
    shared_register = tuple(tag(f"holding:5.{bit}", TagType.BOOLEAN) for bit in range(16))
    assert [poll.request.data.hex() for poll in plan(settings(shared_register))] == ["0300050001"]


# --- delivering ------------------------------------------------------------------------------------------------------


def test_in_the_first_round_every_tag_tells_its_value_once(plc: SimulatedPlc) -> None:
    async def scenario() -> None:
        async with Watched(plc.address, PLC_TAGS) as watched:
            await watched.until(lambda: DeviceState.ONLINE in watched.heard.states, "ONLINE")
            first = watched.values[: len(PLC_TAGS)]
            assert sorted(value.tag_id for value in first) == sorted(one.tag_id for one in PLC_TAGS)
            assert all(value.status == StatusCode.GOOD and value.value is not None for value in first)
            assert all(value.source_us is None and value.server_us is None for value in first)
            good = watched.good()
            assert good["Recipe.Name"] == "CREAM BASE 12"
            assert good["Mixer.SpeedSetpoint"] == Decimal("120.0")
            assert good["Vessel.TemperatureSetpoint"] == 37.5
            assert good["Door.Closed"] is True
            assert good["Vessel.Closed"] is True
            assert good["Drive.Energy"] == 1204551
            assert watched.heard.states == [DeviceState.SYNCING, DeviceState.ONLINE]

    plc.freeze()
    asyncio.run(scenario())


def test_afterwards_only_what_left_its_deadband_is_delivered(plc: SimulatedPlc) -> None:
    tags = (
        tag("holding:1000", sampling_ms=20),
        tag("holding:1001", deadband=Decimal(10), sampling_ms=20),
        tag("holding:1002", sampling_ms=20),
    )

    async def scenario() -> None:
        async with Watched(plc.address, tags) as watched:
            await watched.until_told(3)
            plc.put("holding", 1000, 7, 1011)
            await watched.until(
                lambda: watched.good() == {"holding:1000": 7, "holding:1001": 1001, "holding:1002": 1002}, "the first change"
            )
            plc.put("holding", 1001, 1012)
            await watched.until(lambda: watched.good()["holding:1001"] == 1012, "the second change")
            requests = watched.driver.health().requests
            await watched.until(lambda: watched.driver.health().requests > requests + 5, "more requests")
            assert len(watched.values) == 5

    asyncio.run(scenario())


def test_each_tag_is_asked_as_often_as_it_is_registered(shared: SimulatedPlc) -> None:
    async def scenario() -> None:
        async with Watched(shared.address, (tag("holding:1000", sampling_ms=20), tag("input:1000", sampling_ms=60_000))) as watched:
            await watched.until_told(2)
            before = shared.requests()
            await watched.until(lambda: watched.driver.health().requests > 30, "30 requests")
            assert shared.requests() - before > 20
        assert [value.value for value in watched.values] == [1000, 1000]

    asyncio.run(scenario())


def test_tags_that_the_plc_does_not_have_are_bad_and_the_others_are_delivered(plc: SimulatedPlc) -> None:
    tags = (*pattern_tags(100, first=1950), tag("input:17", TagType.FLOAT), tag("coil:2000", TagType.BOOLEAN))

    async def scenario() -> None:
        async with Watched(plc.address, tags) as watched:
            await watched.until_told(len(tags))
            good = {name: value for name, value in watched.good().items() if value is not None}
            assert good == {f"holding:{address}": address for address in range(1950, 2000)}
            bad = [value for value in watched.newest().values() if value.tag_id not in good]
            assert {(value.value, value.status) for value in bad} == {(None, StatusCode.BAD_NODE_ID_UNKNOWN)}
            assert len(watched.values) == len(tags)
            await watched.until(lambda: DeviceState.DEGRADED in watched.heard.states, "DEGRADED")
            assert "52 of 102 tags" in watched.heard.messages[-1]

    asyncio.run(scenario())


def test_one_unknown_tag_among_many_is_found_and_told_once(plc: SimulatedPlc) -> None:
    async def scenario() -> None:
        async with Watched(plc.address, pattern_tags(125, sampling_ms=20)) as watched:
            await watched.until_told(125)
            await watched.until(lambda: watched.driver.health().requests > 60, "more requests")
            bad = [value for value in watched.values if value.status != StatusCode.GOOD]
            assert [(value.tag_id, value.value, value.status) for value in bad] == [("holding:1077", None, StatusCode.BAD_NODE_ID_UNKNOWN)]
            assert len(watched.good()) == 124
            assert watched.driver.health().failures == 0

    plc.remove("holding", 1077)
    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("exception", "status"),
    [(1, StatusCode.BAD_CONFIGURATION_ERROR), (4, StatusCode.BAD_DEVICE_FAILURE), (6, StatusCode.BAD_DEVICE_FAILURE)],
)
def test_an_exception_is_a_bad_status_that_passes(plc: SimulatedPlc, exception: int, status: StatusCode) -> None:
    async def scenario() -> None:
        async with Watched(plc.address, pattern_tags(3, sampling_ms=20)) as watched:
            await watched.until(lambda: len(watched.good()) == 3, "values")
            plc.fail(1001, exception)
            await watched.until(lambda: [value.status for value in watched.newest().values()] == [status] * 3, "Bad values")
            assert all(value.value is None for value in watched.values[-3:])
            await watched.until(lambda: watched.heard.states[-1] is DeviceState.DEGRADED, "DEGRADED")
            told = len(watched.values)
            requests = watched.driver.health().requests
            await watched.until(lambda: watched.driver.health().requests > requests + 5, "more requests")
            assert len(watched.values) == told, "a status that stays is told once"
            plc.fail(1000, 1 if exception != 1 else 4)
            await watched.until(lambda: {value.status for value in watched.newest().values()} != {status}, "another status")
            assert len(watched.values) == told + 3

    asyncio.run(scenario())


@pytest.mark.req("J04", "J08")
@pytest.mark.parametrize("exception", [10, 11])
def test_a_device_that_its_gateway_does_not_reach_is_offline_so_that_it_is_identified_anew(plc: SimulatedPlc, exception: int) -> None:
    async def scenario() -> None:
        async with Watched(plc.address, pattern_tags(3, sampling_ms=20)) as watched:
            await watched.until(lambda: len(watched.good()) == 3, "values")
            plc.fail(1001, exception)
            assert isinstance(await watched.until_ended(), DeviceOfflineError)
            assert {(value.value, value.status) for value in watched.newest().values()} == {(None, StatusCode.BAD_NO_COMMUNICATION)}

    asyncio.run(scenario())


@pytest.mark.req("J08")
def test_a_unit_that_the_gateway_does_not_have_is_offline(shared: SimulatedPlc) -> None:
    async def scenario() -> None:
        async with Watched(shared.address, pattern_tags(1), {"unit_id": "9"}):
            pass

    with pytest.raises(DeviceOfflineError, match="gateway"):
        asyncio.run(scenario())


def test_a_device_of_which_nothing_is_registered_stays_connected(shared: SimulatedPlc) -> None:
    async def scenario() -> None:
        async with Watched(shared.address, ()) as watched:
            await asyncio.sleep(0.3)
            assert watched.ended is None
            assert await watched.driver.browse() == ()
        await watched.driver.close()

    asyncio.run(scenario())


# --- who answers -----------------------------------------------------------------------------------------------------


@pytest.mark.req("J03", "J08")
@pytest.mark.parametrize(
    ("identification", "server_id", "options", "expected"),
    [
        ("answer", "answer", {"identity_registers": PLC_IDENTITY_REGISTERS}, PLC_IDENTITY),
        ("answer", "answer", {}, DeviceIdentity(PLC_MODEL, "", "2.4.1")),
        ("refuse", "answer", {}, DeviceIdentity("MX-PLC 2.4.1", "", "")),
        ("refuse", "refuse", {}, DeviceIdentity("", "", "")),
        ("refuse", "silent", {}, DeviceIdentity("", "", "")),
        ("silent", "silent", {"identity_registers": PLC_IDENTITY_REGISTERS}, DeviceIdentity("", "MX-2041-0077", "")),
        ("silent", "silent", {}, DeviceIdentity("", "", "")),
        (
            "answer",
            "answer",
            {"identify": "registers", "identity_registers": "firmware=holding:1234 UInt16"},
            DeviceIdentity("", "", "1234"),
        ),
        (
            "refuse",
            "refuse",
            {"identity_registers": "model=input:500 UInt16; serial_number=coil:0 Boolean"},
            DeviceIdentity("", "True", ""),
        ),
    ],
)
def test_what_the_device_tells_of_itself_and_what_it_does_not(
    shared: SimulatedPlc, identification: Way, server_id: Way, options: Mapping[str, str], expected: DeviceIdentity
) -> None:
    async def scenario() -> DeviceIdentity:
        driver = ModbusDriver(DeviceConfig(PLC, "modbus", shared.address, None, options, tags=pattern_tags(1)), SystemClock(), Heard())
        await driver.connect()
        try:
            return await driver.identify()
        finally:
            await driver.close()

    shared.identify(identification=identification, server_id=server_id)
    try:
        assert asyncio.run(scenario()) == expected
    finally:
        shared.identify(identification="answer", server_id="answer")


@pytest.mark.req("J03", "J08")
def test_another_plc_is_seen_as_another(plc: SimulatedPlc) -> None:
    async def scenario() -> DeviceIdentity:
        async with Watched(plc.address, pattern_tags(1), {"identity_registers": PLC_IDENTITY_REGISTERS}) as watched:
            return watched.identity

    plc.become(serial_number="MX-2041-0099", firmware="2.5.0")
    assert asyncio.run(scenario()) == DeviceIdentity(PLC_MODEL, "MX-2041-0099", "2.5.0")


@pytest.mark.req("J08")
def test_a_device_that_answers_nothing_is_offline(plc: SimulatedPlc) -> None:
    async def scenario() -> None:
        async with Watched(plc.address, (), {"timeout_seconds": "0.2"}):
            pass

    plc.identify(identification="silent", server_id="silent")
    with pytest.raises(DeviceOfflineError, match="no tag is registered"):
        asyncio.run(scenario())


def test_a_table_reads_by_its_own_function() -> None:
    assert [table.value for table in (Table.COIL, Table.DISCRETE, Table.HOLDING, Table.INPUT)] == [1, 2, 3, 4]

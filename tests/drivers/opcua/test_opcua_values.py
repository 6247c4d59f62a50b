"""Values, their quality and their times: against the simulated line, and the decoder against the library's own encoder."""

from __future__ import annotations

import math
import struct
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from asyncua import ua
from asyncua.ua.ua_binary import struct_to_binary
from hypothesis import given, settings
from hypothesis import strategies as st
from jope_drivers.catalog import tag_drivers
from jope_drivers.opcua.addresses import address_of, parse_address
from jope_drivers.opcua.certificate import ApplicationCertificate
from jope_drivers.opcua.decoding import KIND_OTHER, PUBLISH_RESPONSE, Change, Notification, ServiceFault, decode_response
from jope_drivers.opcua.subscription import is_ahead, next_sequence
from jope_drivers.opcua.values import TagReader, as_single, exact_decimal
from jope_drivers.simulator.line_handle import SimulatedOpcUaLine

from jope.plant.devices.ports import DeviceState
from jope.plant.devices.tags import SampleFlag, StatusCode, TagType
from tests.support.opcua import CLOCK, counters, line_config, online, run, running_line, tag

pytestmark = pytest.mark.timeout(300)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.req("J01", "J08")
def test_every_tag_tells_a_value_with_its_times_or_why_it_has_none(line: SimulatedOpcUaLine, own: ApplicationCertificate) -> None:
    async def work() -> None:
        tags = (
            tag("Mixer.Running", TagType.BOOLEAN),
            tag("Mixer.Torque", TagType.FLOAT),
            tag("Mixer.Speed", TagType.DOUBLE),
            tag("Filler.Recipe", TagType.STRING),
            tag("Filler.FillWeight", TagType.INT32, scale=Decimal("0.01"), unit="g"),
            tag("Filler.Count", TagType.UINT16),  # is a UInt32
            tag("Filler.Nothing", TagType.UINT16),
        )
        async with online(line_config(line, own, tags=tags)) as station:
            assert station.standing is DeviceState.DEGRADED
            assert "1 of 7" in station.states[-1][1]
            told = {t.tag_id: station.of(t.tag_id)[0] for t in tags}
            assert told["Mixer.Running"].value is True
            assert told["Filler.Recipe"].value == "R-100"
            assert isinstance(told["Filler.FillWeight"].value, Decimal)
            assert told["Filler.FillWeight"].value == told["Filler.FillWeight"].value.quantize(Decimal("0.01"))
            assert (told["Filler.Count"].value, told["Filler.Count"].status) == (None, StatusCode.BAD_TYPE_MISMATCH)
            assert (told["Filler.Nothing"].value, told["Filler.Nothing"].status) == (None, StatusCode.BAD_NODE_ID_UNKNOWN)
            for name in ("Mixer.Running", "Mixer.Torque", "Mixer.Speed"):
                value = told[name]
                assert value.source_us is not None
                assert value.server_us is not None
                assert abs(value.server_us - value.source_us) < 1_000_000
            offset = station.driver.health().clock_offset_ms
            await station.until(lambda: station.driver.health().clock_offset_ms is not None)
            assert offset is None or abs(offset) < 2_000

    run(work)


@pytest.mark.req("J01", "J08")
def test_what_is_no_number_or_not_good_is_no_value(own: ApplicationCertificate, tmp_path: Path) -> None:
    async def work() -> None:
        with running_line(tmp_path, own) as line:
            async with online(line_config(line, own, tags=(tag("Mixer.Speed", TagType.DOUBLE),))) as station:
                for value, status, kind, expected in (
                    (math.nan, 0, "Double", StatusCode.BAD_OUT_OF_RANGE),
                    (math.inf, 0, "Double", StatusCode.BAD_OUT_OF_RANGE),
                    (None, 0x808B0000, "Double", StatusCode.BAD_DEVICE_FAILURE),
                    ("12.5", 0, "String", StatusCode.BAD_TYPE_MISMATCH),
                    (7, 0, "Int32", StatusCode.BAD_TYPE_MISMATCH),
                ):
                    seen = len(station.values)
                    line.fix("Mixer.Speed", value, status=status, kind=kind)
                    await station.until(lambda n=seen, e=expected: any(v.status == e for v in station.values[n:]))
                    assert station.values[-1].value is None
                line.fix("Mixer.Speed", 33.5, status=0x40900000)
                await station.until(lambda: station.values[-1].status == StatusCode.UNCERTAIN_LAST_USABLE_VALUE)
                assert station.values[-1].value == 33.5
                line.free("Mixer.Speed")
                await station.until(lambda: station.values[-1].status == 0)

    run(work)


@pytest.mark.req("J08", "C12")
def test_a_clock_that_drifts_or_jumps_is_told_and_flagged(own: ApplicationCertificate, tmp_path: Path) -> None:
    async def work() -> None:
        with running_line(tmp_path, own, fast=1) as line:
            async with online(line_config(line, own, tags=counters(1))) as station:
                for offset_ms in (5_000, -60_000):
                    line.set_clock(offset_ms)
                    await station.until(lambda o=offset_ms: abs((station.driver.health().clock_offset_ms or 0) - o) < 2_000)
                    seen = len(station.values)
                    await station.until(lambda n=seen: len(station.values) > n + 10)
                    assert station.values[-1].flags & SampleFlag.CLOCK_DRIFT
                    line.set_clock(0)
                    await station.until(lambda: not station.values[-1].flags & SampleFlag.CLOCK_DRIFT)
                line.set_source_times(3_600_000)
                await station.until(lambda: station.values[-1].flags & SampleFlag.CLOCK_DRIFT)

    run(work)


@pytest.mark.req("J01")
def test_the_tree_is_shown_for_picking_tags(line: SimulatedOpcUaLine, own: ApplicationCertificate) -> None:
    async def work() -> None:
        async with online(line_config(line, own, tags=counters(1))) as station:
            top = {node.name: node for node in await station.driver.browse()}
            assert not top["Filler"].is_variable
            below = {node.name: node for node in await station.driver.browse(top["Filler"].address)}
            assert below["Count"].address == line.node("Filler.Count")
            assert (below["Count"].data_type, below["Recipe"].data_type) == ("UInt32", "String")

    run(work)


@pytest.mark.req("J01")
def test_the_catalogue_names_the_driver_and_loads_its_library_late(line: SimulatedOpcUaLine, own: ApplicationCertificate) -> None:
    look = "import sys, jope_drivers.catalog as c; c.tag_drivers(); print('asyncua' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"

    class Silent:
        def state(self, *_: object) -> None: ...
        def gap(self, *_: object) -> None: ...

    async def work() -> None:
        driver = tag_drivers()["opcua"](line_config(line, own), CLOCK, Silent())  # type: ignore[arg-type]
        await driver.connect()
        assert (await driver.identify()).firmware == "1.0 1"
        await driver.close()
        await driver.close()

    run(work)


# --- without a server --------------------------------------------------------------------------------------------------

_KINDS = {
    ua.VariantType.Boolean: st.booleans(),
    ua.VariantType.Int16: st.integers(-(1 << 15), (1 << 15) - 1),
    ua.VariantType.UInt64: st.integers(0, (1 << 64) - 1),
    ua.VariantType.Double: st.floats(allow_nan=False),
    ua.VariantType.String: st.text(max_size=40),
    ua.VariantType.Guid: st.uuids(),
    ua.VariantType.ByteString: st.binary(max_size=40),
    ua.VariantType.LocalizedText: st.text(max_size=9).map(ua.LocalizedText),
    ua.VariantType.NodeId: st.text(max_size=9).map(lambda s: ua.NodeId(s, 3)),
}
_PLAIN = (ua.VariantType.Boolean, ua.VariantType.Int16, ua.VariantType.UInt64, ua.VariantType.Double, ua.VariantType.String)


@st.composite
def data_values(draw: st.DrawFn) -> ua.DataValue:
    kind = draw(st.sampled_from(list(_KINDS)))
    array = draw(st.booleans())
    value: Any = draw(st.lists(_KINDS[kind], min_size=1, max_size=4) if array else _KINDS[kind])
    times = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
    return ua.DataValue(
        Value=ua.Variant(value, kind),
        StatusCode=ua.StatusCode(draw(st.sampled_from([0, 0x80340000, 0x40900000, 0x480]))),
        SourceTimestamp=draw(times),
        ServerTimestamp=draw(times),
    )


def publish_response(values: list[ua.DataValue], *, sequence: int = 7) -> bytes:
    items = [ua.MonitoredItemNotification(ClientHandle=n, Value=value) for n, value in enumerate(values)]
    result = ua.PublishResult(
        SubscriptionId=3,
        AvailableSequenceNumbers=[5, 6],
        MoreNotifications=True,
        NotificationMessage=ua.NotificationMessage(
            SequenceNumber=sequence, NotificationData=[ua.DataChangeNotification(MonitoredItems=items), ua.StatusChangeNotification()]
        ),
    )
    return bytes(struct_to_binary(ua.PublishResponse(Parameters=result)))


@pytest.mark.req("J01", "P11-09")
@settings(max_examples=200, deadline=None)
@given(st.lists(data_values(), max_size=6))
def test_the_decoder_reads_what_the_librarys_encoder_writes(values: list[ua.DataValue]) -> None:
    decoded = decode_response(publish_response(values), PUBLISH_RESPONSE)
    assert isinstance(decoded, Notification)
    assert (decoded.subscription_id, decoded.sequence, decoded.more, decoded.available, decoded.status) == (3, 7, True, (5, 6), 0)
    assert len(decoded.changes) == len(values)
    for number, (change, value) in enumerate(zip(decoded.changes, values, strict=True)):
        variant = value.Value
        assert variant is not None
        plain = variant.VariantType in _PLAIN and not variant.is_array
        assert change.handle == number
        assert change.kind == (variant.VariantType.value if plain else KIND_OTHER)
        assert change.value == (variant.Value if plain else None)
        assert change.status == (value.StatusCode.value if value.StatusCode is not None else 0)
        for ours, theirs in ((change.source_us, value.SourceTimestamp), (change.server_us, value.ServerTimestamp)):
            assert ours == (None if theirs is None else (theirs - EPOCH) // timedelta(microseconds=1))


@pytest.mark.req("J01")
def test_picoseconds_stand_behind_their_own_time() -> None:
    """OPC 10000-6, 5.2.2.17. The library writes both behind both times, so that its encoder cannot be the witness here."""
    value = ua.DataValue(Value=ua.Variant(5, ua.VariantType.Int16), SourceTimestamp=EPOCH, ServerTimestamp=EPOCH + timedelta(seconds=1))
    whole = publish_response([value])
    plain = struct_to_binary(value)
    ticks = struct.pack("<q", 116_444_736_000_000_000), struct.pack("<q", 116_444_736_010_000_000)
    times = ticks[0] + struct.pack("<H", 77) + ticks[1] + struct.pack("<H", 88)
    changed = bytes((plain[0] | 0x30,)) + plain[1 : -len(b"".join(ticks))] + times
    assert plain.endswith(b"".join(ticks))
    at = whole.index(plain)
    body = whole[:at] + changed + whole[at + len(plain) :]
    length_at = at - 8 - 4  # the length of the extension object's body stands before the number of items and the item's handle
    grown = struct.unpack_from("<i", body, length_at)[0] + 4
    decoded = decode_response(body[:length_at] + struct.pack("<i", grown) + body[length_at + 4 :], PUBLISH_RESPONSE)
    assert isinstance(decoded, Notification)
    assert (decoded.changes[0].value, decoded.changes[0].source_us, decoded.changes[0].server_us) == (5, 0, 1_000_000)


@pytest.mark.req("J01", "P11-09", "J04")
@settings(max_examples=300, deadline=None)
@given(st.lists(data_values(), min_size=1, max_size=3), st.data())
def test_a_damaged_message_is_refused_or_read_and_never_anything_else(values: list[ua.DataValue], data: st.DataObject) -> None:
    whole = bytearray(publish_response(values))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))]) if data.draw(st.booleans()) else bytes(whole)
    try:
        decoded = decode_response(cut, PUBLISH_RESPONSE)
    except (ValueError, IndexError, struct.error):
        return
    assert isinstance(decoded, (Notification, ServiceFault))


@pytest.mark.req("J01")
def test_scaling_is_exact_and_a_deadband_can_be_kept_here() -> None:
    scaled = TagReader(tag("T", TagType.INT64, scale=Decimal("0.001"), offset=Decimal("-273.15")))
    value = scaled.read(Change(1, 8, 9_223_372_036_854_775_807, 0, None, None), 0)
    assert value is not None
    assert value.value == Decimal("9223372036854775.807") - Decimal("273.15")
    assert exact_decimal(as_single(0.1), TagType.FLOAT) == Decimal("0.1")
    assert exact_decimal(0.1, TagType.DOUBLE) == Decimal("0.1")
    here = TagReader(tag("T", TagType.DOUBLE, deadband=Decimal("0.5")))
    here.filters_here = True
    told = [here.read(Change(1, 11, raw, 0, None, None), 0) for raw in (1.0, 1.5, 1.6, 1.2, 1.0)]
    assert [v.value if v is not None else None for v in told] == [1.0, None, 1.6, None, 1.0]


@pytest.mark.req("J08")
def test_numbers_of_notifications_wrap_past_zero() -> None:
    assert next_sequence(0xFFFFFFFF) == 1
    assert is_ahead(2, 0xFFFFFFFF)
    assert not is_ahead(7, 7)
    assert not is_ahead(6, 7)


@pytest.mark.req("J01")
def test_addresses_name_namespaces_by_uri() -> None:
    address = parse_address("nsu=http://plant/a%3Bb;s=Mixer;Speed=1")
    assert (address.namespace, address.identifier) == ("http://plant/a;b", "s=Mixer;Speed=1")
    namespaces = ["http://opcfoundation.org/UA/", "urn:x", "http://plant/a;b"]
    node = address.node_id(namespaces)
    assert node is not None
    assert (node.NamespaceIndex, node.Identifier) == (2, "Mixer;Speed=1")
    assert address_of(node, namespaces) == "nsu=http://plant/a%3Bb;s=Mixer;Speed=1"
    assert address.node_id(namespaces[:2]) is None

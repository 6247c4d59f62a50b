"""A server or PLC that speaks OPC-UA (URS J01, J03, J04, J05, J08, A11d-05, C12; P11-09).

What happens when the line is lost, in this order, so that nothing is thrown away that the server still has:

1. A new secure channel, and on it the same session. 2. What was sent and did not arrive is asked for again. 3. Where the session is gone, a new one
takes over the subscription. 4. Where that is gone too, it is made anew, and a gap record says from when to when values are lost.
5. Every tag is accounted for: it gave a value, or it is Bad.

A line that is silent is known after two seconds: once a second the server's time is asked for, which also tells how far the clocks are apart.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from asyncua import ua

from jope.kernel.clock import Clock
from jope.kernel.errors import DeviceError, DeviceOfflineError, DeviceTrustError, FrameError
from jope.plant.devices.ports import DeviceConfig, DeviceIdentity, DeviceState
from jope.plant.devices.tags import (
    BrowseNode,
    DriverEvents,
    DriverHealth,
    GapRecord,
    SampleFlag,
    StatusCode,
    TagBatch,
    TagValue,
    WriteReceipt,
    WriteRequest,
)
from jope_drivers.opcua.addresses import parse_address
from jope_drivers.opcua.browsing import browse
from jope_drivers.opcua.decoding import Notification
from jope_drivers.opcua.link import Link
from jope_drivers.opcua.outbox import Outbox, TakerStoppedError
from jope_drivers.opcua.settings import OpcUaSettings
from jope_drivers.opcua.subscription import (
    MAX_REPUBLISH,
    Item,
    Subscription,
    SubscriptionLostError,
    is_ahead,
    next_sequence,
    read_attributes,
)
from jope_drivers.opcua.trust import SeenCertificate
from jope_drivers.opcua.values import TagReader
from jope_drivers.opcua.writing import Writer

WATCH_SECONDS: Final = 1.0
"""How often the server's time is asked for, and how long its answer may take."""
DEAF_SECONDS: Final = 5.0
"""A server that sends values but no answers is given up after this."""
FIRST_RETRY_SECONDS: Final = 0.25
LAST_RETRY_SECONDS: Final = 2.0
_NAMED: Final = 5
"""How many missing tags a message names."""


class OpcUaDriver:
    """Driver of one server. See ``settings`` for its options."""

    def __init__(self, config: DeviceConfig, clock: Clock, events: DriverEvents) -> None:
        """Check address, options, tags and key material; nothing is opened.

        Raises:
            SettingsError: one of them cannot be used.
        """
        self._config = config
        self._clock = clock
        self._events = events
        self._settings = OpcUaSettings.of(config)
        self._link = Link(config, self._settings, clock)
        items = [Item(n, tag, parse_address(tag.address), TagReader(tag)) for n, tag in enumerate(config.tags, 1)]
        self._subscription = Subscription(self._link, self._settings, items)
        self._writer = Writer(config, self._settings, self._link, self._subscription, clock)
        self._outbox = Outbox(self._settings.consumer_seconds)
        self._task: asyncio.Task[None] | None = None
        self._sweep_due = asyncio.Event()
        self._values = 0
        self._latency_ms = 0.0
        self._clock_offset_ms: float | None = None
        self._drift_flag = SampleFlag.NONE
        self._newest_us = 0
        self._state: DeviceState | None = None
        self._state_message = ""
        self._recovered = False
        self._closed = False

    @property
    def seen_certificate(self) -> SeenCertificate | None:
        """The certificate that the server showed last, trusted or not; for people to compare and approve."""
        return self._link.seen

    # --- the port ----------------------------------------------------------------------------------------------------

    async def connect(self) -> None:
        """Judge the server's certificate, open the secure channel, sign in.

        Raises:
            DeviceOfflineError: no answer.
            DeviceTrustError: certificate or account are refused, by either side; the error holds the certificate that the server showed.
        """
        if self._closed:
            raise DeviceOfflineError(f"{self._settings.url} was closed.")
        await self._link.open()
        self._newest_us = self._clock.now().utc_us

    async def identify(self) -> DeviceIdentity:
        """Read the server's BuildInfo (OPC 10000-5, 12.4).

        ``model`` is manufacturer, product name and product URI; ``firmware`` software version and build number; ``serial_number`` the SHA-256
        thumbprint of the server's certificate, or its application URI where the connection has no security.

        Raises:
            DeviceOfflineError: no answer.
            FrameError: the answer is no BuildInfo.
        """
        nodes = [ua.NodeId(ua.Int32(i), ua.Int16(0)) for i in _BUILD_INFO]
        answers = await read_attributes(self._link, nodes, ua.AttributeIds.Value)
        texts = [answer.Value.Value if answer.Value is not None else None for answer in answers]
        if not all(text is None or isinstance(text, str) for text in texts):
            raise FrameError("The server's BuildInfo cannot be understood.")
        manufacturer, product, uri, version, build = ((text or "").strip() for text in texts)
        seen = self._link.seen
        return DeviceIdentity(
            model=" ".join(part for part in (manufacturer, product, f"({uri})" if uri else "") if part),
            serial_number=seen.thumbprint if seen is not None else self._link.server_uri,
            firmware=" ".join(part for part in (version, build) if part),
        )

    async def batches(self) -> AsyncIterator[TagBatch]:
        """Deliver values until ``close``. See the module's text for what happens when the line is lost.

        Raises:
            DeviceOfflineError: the server did not come back while it would have kept the session, or nobody takes its values.
            DeviceTrustError: the server does not let the station in any more, or shows another certificate.
        """
        if self._closed:
            return
        task = asyncio.get_running_loop().create_task(self._serve(), name=f"opcua-{self._config.device_id}")
        self._task = task
        task.add_done_callback(lambda _: self._outbox.wake())
        try:
            while True:
                while (batch := self._outbox.take()) is not None:
                    yield batch
                if task.done():
                    if not task.cancelled():
                        task.result()
                    return
                await self._outbox.wait()
        finally:
            await _ended(task)

    async def browse(self, address: str = "") -> tuple[BrowseNode, ...]:
        """The nodes below one, below Objects for an empty address.

        Raises:
            DeviceOfflineError: no answer.
        """
        return await browse(self._link, address)

    async def write(self, request: WriteRequest) -> WriteReceipt:
        """Carry out an approved write once. See ``writing``.

        Raises:
            DeviceRefusedError: nothing was written.
            DeviceOfflineError: the connection was lost before anything was sent.
            DeviceIndeterminateError: whether it was written, or done, is not known.
        """
        return await self._writer.write(request)

    def health(self) -> DriverHealth:
        """How the driver fares. May be called from any thread."""
        notes = [self._link.note, *self._short_queues()]
        return DriverHealth(
            requests=self._link.requests,
            failures=self._link.failures,
            values=self._values,
            latency_ms=self._latency_ms,
            clock_offset_ms=self._clock_offset_ms,
            detail=" ".join(note for note in notes if note),
        )

    async def close(self) -> None:
        """Close session and channel. May be called twice."""
        self._closed = True
        task, self._task = self._task, None
        if task is not None:
            await _ended(task)
        self._subscription.forget_requests()
        await self._link.close()

    # --- the connection's life ---------------------------------------------------------------------------------------

    async def _serve(self) -> None:
        self._tell(DeviceState.SYNCING)
        await self._begin_anew()
        while True:
            try:
                await _until_one_fails(self._take_notifications(), self._watch(), self._sweep(), self._settle())
            except (DeviceTrustError, TakerStoppedError):
                raise
            except DeviceOfflineError as lost:
                await self._recover(lost)

    async def _begin_anew(self) -> None:
        """Make the subscription and account for the tags that the server does not have."""
        await self._subscription.create()
        await self._account(unfound_only=True)

    async def _take_notifications(self) -> None:
        while True:
            notification = await self._subscription.next_notification()
            if notification.subscription_id != self._subscription.subscription_id:
                continue  # of a subscription that this session had before
            await self._take(notification)

    async def _take(self, notification: Notification) -> None:
        subscription = self._subscription
        if is_ahead(notification.sequence, subscription.expected):
            await self._ask_again(notification.sequence)
        if notification.keep_alive:
            self._recovered = False
            return
        subscription.acknowledge(notification.sequence)
        if notification.sequence != subscription.expected:
            return  # delivered already
        subscription.expected = next_sequence(notification.sequence)
        flag = SampleFlag.RECOVERED if self._recovered else SampleFlag.NONE
        self._recovered = self._recovered and notification.more
        await self._deliver(notification, flag)
        if notification.status is not None:
            self._sweep_due.set()
            if notification.status == StatusCode.BAD_TIMEOUT:
                raise SubscriptionLostError("The server has ended the subscription.")

    async def _ask_again(self, before: int) -> None:
        """Republish what lies between the expected notification and ``before``; what is not there any more is a gap."""
        from_us = self._newest_us
        lost = 0
        for _ in range(MAX_REPUBLISH):
            if self._subscription.expected == before:
                break
            if not await self._republish_one():
                lost += 1
                self._subscription.expected = next_sequence(self._subscription.expected)
        if lost or self._subscription.expected != before:
            self._subscription.expected = before
            self._flag_gap()
            self._tell_gap(from_us, "The server left notifications out and does not have them any more.")

    async def _republish_one(self) -> bool:
        expected = self._subscription.expected
        kept = await self._subscription.republish(expected)
        if kept is None:
            return False
        self._subscription.acknowledge(expected)
        self._subscription.expected = next_sequence(expected)
        await self._deliver(kept, SampleFlag.RECOVERED)
        return True

    async def _deliver(self, notification: Notification, flag: SampleFlag) -> None:
        received = self._clock.now()
        flags = int(flag | self._drift_flag)
        latest_us = received.utc_us + self._settings.clock_limit_ms * 1000
        items, values = self._subscription.items, []
        for change in notification.changes:
            item = items.get(change.handle)
            if item is None:
                continue  # of an item that was let go
            source_us = change.source_us
            ahead = source_us is not None and source_us > latest_us
            value = item.reader.read(change, flags | SampleFlag.CLOCK_DRIFT if ahead else flags)
            if value is not None:
                values.append(value)
        await self._put(values)

    async def _put(self, values: list[TagValue]) -> None:
        if not values:
            return
        received = self._clock.now()
        self._newest_us = received.utc_us
        self._values += len(values)
        await self._outbox.put(TagBatch(tuple(values), received))

    # --- every tag accounted for -------------------------------------------------------------------------------------

    async def _account(self, *, unfound_only: bool = False) -> None:
        """Give a Bad value to each tag that has told nothing yet, or only to those that the server does not have."""
        values = []
        for item in self._subscription.items.values():
            if item.reader.told or (unfound_only and item.server_id):
                continue
            if item.node_id is None:
                item.reader.status = StatusCode.BAD_NODE_ID_UNKNOWN
            values.append(item.reader.bad(item.reader.status, self._drift_flag))
        await self._put(values)

    async def _settle(self) -> None:
        """Wait for the first values, tell where the device stands, then keep telling when it changes."""
        items = self._subscription.items.values()
        due_us = self._clock.monotonic_us() + self._settings.first_values_seconds * 1_000_000
        while self._clock.monotonic_us() < due_us and not all(item.reader.told for item in items):
            await asyncio.sleep(0.05)
        await self._account()
        while True:
            missing = [item.tag.tag_id for item in items if not item.server_id]
            self._tell(*_standing(missing, len(items)))
            await asyncio.sleep(0.25)

    async def _sweep(self) -> None:
        """Look again and again whether each tag's node is still there, and whether a missing one has come."""
        while True:
            try:
                async with asyncio.timeout(self._settings.sweep_seconds):
                    await self._sweep_due.wait()
            except TimeoutError:
                pass
            self._sweep_due.clear()
            await self._look_for_nodes()

    async def _look_for_nodes(self) -> None:
        gone, back = await self._subscription.missing_nodes()
        lost = [item for item in gone if item.server_id or item.reader.status != StatusCode.BAD_NODE_ID_UNKNOWN]
        await self._subscription.delete_items([item for item in lost if item.server_id])
        await self._put([item.reader.bad(StatusCode.BAD_NODE_ID_UNKNOWN, self._drift_flag) for item in lost])
        for item in back:
            item.reader.forget()
        if back:
            await self._subscription.create_items(back)

    # --- watching ----------------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Ask for the server's time once a second. Silence, or a server that takes values' place for answers, ends the connection."""
        node = ua.NodeId(ua.Int32(ua.ObjectIds.Server_ServerStatus_CurrentTime), ua.Int16(0))
        heard_us = self._clock.monotonic_us()
        while True:
            messages = self._link.socket.messages
            asked = self._clock.now()
            try:
                answer = await self._link.ask(
                    self._link.client.uaclient.session.read_attributes([node], ua.AttributeIds.Value),
                    "while it was watched",
                    seconds=WATCH_SECONDS,
                )
            except DeviceOfflineError as error:
                silent = self._link.socket.messages == messages
                deaf = self._clock.monotonic_us() - heard_us > DEAF_SECONDS * 1_000_000
                if silent or deaf or _session_is_gone(error):
                    raise
                await asyncio.sleep(WATCH_SECONDS)
                continue
            heard_us = self._clock.monotonic_us()
            self._compare_clocks(answer, asked.utc_us, heard_us - asked.mono_us)
            await asyncio.sleep(WATCH_SECONDS)

    def _compare_clocks(self, answer: list[ua.DataValue], asked_us: int, taken_us: int) -> None:
        self._latency_ms = taken_us / 1000
        time = answer[0].Value.Value if len(answer) == 1 and answer[0].Value is not None else None
        theirs_us = _utc_us(time)
        if theirs_us is None:
            return
        self._clock_offset_ms = (theirs_us - asked_us - taken_us // 2) / 1000
        drifts = abs(self._clock_offset_ms) > self._settings.clock_limit_ms
        self._drift_flag = SampleFlag.CLOCK_DRIFT if drifts else SampleFlag.NONE

    # --- recovery ----------------------------------------------------------------------------------------------------

    async def _recover(self, lost: DeviceOfflineError) -> None:
        """Take up the session again for as long as the server would keep it."""
        self._tell(DeviceState.RECOVERING, lost.message)
        forgotten = isinstance(lost, SubscriptionLostError)
        self._subscription.forget_requests()
        due_us = self._clock.monotonic_us() + int(self._link.session_seconds * 1_000_000)
        pause = FIRST_RETRY_SECONDS
        while True:
            try:
                if forgotten:
                    await self._start_over(lost.message)
                else:
                    await self._take_up_again()
            except (DeviceTrustError, TakerStoppedError):
                raise
            except DeviceError as error:
                if self._clock.monotonic_us() + int(pause * 1_000_000) > due_us:
                    raise DeviceOfflineError(f"The line was not restored in time. {error.message}") from error
                forgotten = False
                await asyncio.sleep(pause)
                pause = min(pause * 2, LAST_RETRY_SECONDS)
            else:
                return

    async def _take_up_again(self) -> None:
        same = await self._link.reopen()
        try:
            if not same:
                await self._subscription.transfer()
            self._recovered = True
            while await self._republish_one():
                pass
        except SubscriptionLostError as error:
            await self._start_over(error.message)
            return
        await self._look_for_nodes()

    async def _start_over(self, reason: str) -> None:
        """Make everything anew; what came in between is lost."""
        self._recovered = False
        from_us = self._newest_us
        self._flag_gap()
        self._tell(DeviceState.SYNCING, reason)
        await self._begin_anew()
        self._tell_gap(from_us, reason)

    def _flag_gap(self) -> None:
        for item in self._subscription.items.values():
            item.reader.flag_next(SampleFlag.GAP)

    def _tell_gap(self, from_us: int, reason: str) -> None:
        tags = tuple(item.tag.tag_id for item in self._subscription.items.values())
        self._events.gap(GapRecord(from_us, self._clock.now().utc_us, tags, None, reason))

    # --- telling -----------------------------------------------------------------------------------------------------

    def _tell(self, state: DeviceState, message: str = "") -> None:
        if (state, message) != (self._state, self._state_message):
            self._state, self._state_message = state, message
            self._events.state(state, message)

    def _short_queues(self) -> list[str]:
        short = [
            item.tag.tag_id
            for item in self._subscription.items.values()
            if item.server_id and 0 < item.revised_queue < self._settings.queue_of(item.tag.sampling_ms)
        ]
        return [f"The server keeps fewer values than asked for {len(short)} tags."] if short else []


_BUILD_INFO: Final = (
    ua.ObjectIds.Server_ServerStatus_BuildInfo_ManufacturerName,
    ua.ObjectIds.Server_ServerStatus_BuildInfo_ProductName,
    ua.ObjectIds.Server_ServerStatus_BuildInfo_ProductUri,
    ua.ObjectIds.Server_ServerStatus_BuildInfo_SoftwareVersion,
    ua.ObjectIds.Server_ServerStatus_BuildInfo_BuildNumber,
)


def _standing(missing: list[str], total: int) -> tuple[DeviceState, str]:
    if not missing:
        return DeviceState.ONLINE, ""
    named = ", ".join(missing[:_NAMED]) + (" ..." if len(missing) > _NAMED else "")
    return DeviceState.DEGRADED, f"{len(missing)} of {total} tags are missing: {named}."


def _session_is_gone(error: DeviceOfflineError) -> bool:
    cause = error.__cause__
    return isinstance(cause, ua.UaStatusCodeError) and cause.code in _SESSION_GONE


_SESSION_GONE: Final = frozenset(
    (ua.StatusCodes.BadSessionIdInvalid, ua.StatusCodes.BadSessionClosed, ua.StatusCodes.BadSessionNotActivated)
)


def _utc_us(time: object) -> int | None:
    """A DateTime as the library gives it, None where the server sent something else."""
    if not isinstance(time, datetime):
        return None
    return (time.replace(tzinfo=time.tzinfo or UTC) - _EPOCH) // timedelta(microseconds=1)


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


async def _until_one_fails(*work: Coroutine[Any, Any, None]) -> None:
    """Run coroutines that never end until one fails; end the others, and raise what it raised."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    failures = [error for task in done if (error := task.exception()) is not None]
    raise next((error for error in failures if not isinstance(error, DeviceOfflineError)), failures[0])


async def _ended(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end. What it raised was told by whoever waited for it, or nobody waits any more."""
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()

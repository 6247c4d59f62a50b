"""The subscription of one device: made, asked for its notifications, taken up again (OPC 10000-4, 5.13 and 5.14).

Nothing that a server delivers is skipped in silence:

1. Notifications are numbered; a number that is left out is asked for again (Republish) before the later one is delivered.
2. A notification is acknowledged only after it was handed on, so that the server keeps it until then.
3. What the server does not have any more becomes a gap record and a flag on each tag's next value.
4. Queues are as long as a session lives and throw away their oldest, so that an overflow shows on the value behind it.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar

from asyncua import ua
from asyncua.ua.ua_binary import struct_from_binary

from jope.kernel.errors import DeviceOfflineError
from jope.plant.devices.tags import StatusCode, TagConfig
from jope_drivers.opcua.addresses import NodeAddress
from jope_drivers.opcua.decoding import PUBLISH_RESPONSE, REPUBLISH_RESPONSE, Notification, ServiceFault, decode_response
from jope_drivers.opcua.link import PEER_FAULTS, Link, device_error, status_error
from jope_drivers.opcua.settings import OpcUaSettings
from jope_drivers.opcua.values import TagReader, raw_deadband

KEEP_ALIVE_SECONDS: Final = 5.0
PUBLISH_DEPTH: Final = 3
"""Publish requests that the server holds at a time: enough that one is there when another is on its way."""
MAX_NOTIFICATIONS: Final = 5_000
"""Values in one notification."""
MAX_REPUBLISH: Final = 2_000
"""How many notifications are asked for again at most; a server that has left out more has lost them."""
DEFAULT_CHUNK: Final = 100
_SEQUENCE_END: Final = 0xFFFFFFFF
_NO_FILTER: Final = frozenset(
    (
        ua.StatusCodes.BadMonitoredItemFilterUnsupported,
        ua.StatusCodes.BadMonitoredItemFilterInvalid,
        ua.StatusCodes.BadFilterNotAllowed,
        ua.StatusCodes.BadDeadbandFilterInvalid,
        ua.StatusCodes.BadNotSupported,
    )
)
_UNKNOWN: Final = frozenset((ua.StatusCodes.BadNodeIdUnknown, ua.StatusCodes.BadNodeIdInvalid))
_One = TypeVar("_One")


class SubscriptionLostError(DeviceOfflineError):
    """The server does not know the subscription any more; what it kept is gone."""


def next_sequence(sequence: int) -> int:
    """The number after this one: they count from 1 and never reach 0 again (OPC 10000-4, 5.14.1.1)."""
    return 1 if sequence >= _SEQUENCE_END else sequence + 1


def is_ahead(sequence: int, expected: int) -> bool:
    """Whether a number is later than the expected one, with wrapping."""
    return 0 < (sequence - expected) % (_SEQUENCE_END + 1) < 1 << 31


def status_of_node(status: int) -> int:
    """How the station tells the status of a node that a server refuses: every way of not knowing it is one."""
    return StatusCode.BAD_NODE_ID_UNKNOWN if status in _UNKNOWN else status


@dataclass(slots=True)
class Item:
    """One tag at the server."""

    handle: int
    tag: TagConfig
    address: NodeAddress
    reader: TagReader
    node_id: ua.NodeId | None = None
    server_id: int = 0
    """The monitored item's id at the server; 0: the server does not have it."""
    revised_queue: int = 0


class Subscription:
    """Subscription and monitored items of one device."""

    def __init__(self, link: Link, settings: OpcUaSettings, items: Sequence[Item]) -> None:
        self._link = link
        self._settings = settings
        self.items = {item.handle: item for item in items}
        self.subscription_id = 0
        self.expected = 1
        """The number of the next notification."""
        self.publishing_seconds = settings.publishing_ms / 1000
        self._silence_seconds = KEEP_ALIVE_SECONDS * 3
        self._acknowledge: list[ua.SubscriptionAcknowledgement] = []
        self._asked: list[asyncio.Future[Any]] = []
        self._depth = PUBLISH_DEPTH
        self._chunk = DEFAULT_CHUNK

    # --- making ------------------------------------------------------------------------------------------------------

    async def create(self) -> None:
        """Make subscription and items anew.

        Raises:
            DeviceOfflineError, DeviceTrustError
        """
        await self._resolve()
        revised = await self._link.ask(self._create(), "while the subscription was made")
        self.subscription_id = int(revised.SubscriptionId)
        self.publishing_seconds = max(float(revised.RevisedPublishingInterval), 1.0) / 1000
        self._silence_seconds = self.publishing_seconds * (int(revised.RevisedMaxKeepAliveCount) + 2) + self._settings.answer_seconds
        self.expected = 1
        self._acknowledge.clear()
        for item in self.items.values():
            item.server_id = 0
            item.reader.forget()
        await self.create_items([item for item in self.items.values() if item.node_id is not None])

    def _parameters(self) -> ua.CreateSubscriptionParameters:
        """The subscription lives as long as its session without being asked, and says every five seconds that it does."""
        lifetime = math.ceil(self._link.session_seconds * 1000 / self._settings.publishing_ms)
        keep_alive = max(1, min(math.ceil(KEEP_ALIVE_SECONDS * 1000 / self._settings.publishing_ms), lifetime // 3))
        return ua.CreateSubscriptionParameters(
            RequestedPublishingInterval=ua.Double(self._settings.publishing_ms),
            RequestedLifetimeCount=ua.UInt32(lifetime),
            RequestedMaxKeepAliveCount=ua.UInt32(keep_alive),
            MaxNotificationsPerPublish=ua.UInt32(MAX_NOTIFICATIONS),
            PublishingEnabled=True,
            Priority=ua.Byte(0),
        )

    async def _create(self) -> ua.CreateSubscriptionResult:
        """Without the library's own service, which would begin to take the notifications."""
        request = ua.CreateSubscriptionRequest(Parameters=self._parameters())
        body = await self._link.socket.ask(request, self._settings.answer_seconds)
        self._link.socket.check_answer(body, "")
        response = struct_from_binary(ua.CreateSubscriptionResponse, body)
        response.ResponseHeader.ServiceResult.check()
        revised: ua.CreateSubscriptionResult = response.Parameters
        return revised

    async def _resolve(self) -> None:
        """Find each tag's node id in the namespaces of this start of the server."""
        namespaces = await read_namespaces(self._link)
        for item in self.items.values():
            item.node_id = item.address.node_id(namespaces)
        limits = await read_values(self._link, [ua.NodeId(ua.Int32(i), ua.Int16(0)) for i in (_MAX_NODES_PER_READ, _MAX_ITEMS_PER_CALL)])
        told = [int(v) for v in limits if isinstance(v, int) and v > 0]
        self._chunk = min([DEFAULT_CHUNK, *told])

    async def create_items(self, items: Sequence[Item]) -> None:
        """Make monitored items; those that the server refuses keep ``server_id`` 0 and tell why as their reader's status.

        Raises:
            DeviceOfflineError, DeviceTrustError
        """
        for group in chunks(items, self._chunk):
            refused = await self._create_group(group, filtered=True)
            again = [item for item in refused if item.reader.status in _NO_FILTER and raw_deadband(item.tag)]
            for item in again:
                item.reader.filters_here = True
            if again:
                await self._create_group(again, filtered=False)

    async def _create_group(self, group: Sequence[Item], *, filtered: bool) -> list[Item]:
        parameters = ua.CreateMonitoredItemsParameters(
            SubscriptionId=ua.IntegerId(self.subscription_id),
            TimestampsToReturn=ua.TimestampsToReturn.Both,
            ItemsToCreate=[self._item_request(item, filtered=filtered) for item in group],
        )
        results = await self._link.ask(
            self._link.client.uaclient.session.create_monitored_items(parameters), "while the tags were subscribed to"
        )
        refused = []
        for item, result in zip(group, results, strict=False):
            if result.StatusCode.is_good():
                item.server_id = int(result.MonitoredItemId)
                item.revised_queue = int(result.RevisedQueueSize)
            else:
                item.reader.status = status_of_node(int(result.StatusCode.value))
                refused.append(item)
        if len(results) != len(group):
            raise DeviceOfflineError(f"The server answered for {len(results)} of {len(group)} tags.")
        return refused

    def _item_request(self, item: Item, *, filtered: bool) -> ua.MonitoredItemCreateRequest:
        deadband = raw_deadband(item.tag)
        wanted = None
        if filtered and deadband and not item.reader.filters_here:
            wanted = ua.DataChangeFilter(
                Trigger=ua.DataChangeTrigger.StatusValue,
                DeadbandType=ua.UInt32(ua.DeadbandType.Absolute.value),
                DeadbandValue=ua.Double(deadband),
            )
        return ua.MonitoredItemCreateRequest(
            ItemToMonitor=ua.ReadValueId(NodeId=item.node_id, AttributeId=ua.AttributeIds.Value),
            MonitoringMode=ua.MonitoringMode.Reporting,
            RequestedParameters=ua.MonitoringParameters(
                ClientHandle=ua.IntegerId(item.handle),
                SamplingInterval=ua.Duration(item.tag.sampling_ms),
                Filter=wanted,
                QueueSize=ua.Counter(self._settings.queue_of(item.tag.sampling_ms)),
                DiscardOldest=True,
            ),
        )

    async def missing_nodes(self) -> tuple[list[Item], list[Item]]:
        """Ask for each tag whether its node is still there.

        Returns:
            The items whose node is gone, and those whose node is there without a monitored item.

        Raises:
            DeviceOfflineError, DeviceTrustError
        """
        gone, back = [], []
        for group in chunks([item for item in self.items.values() if item.node_id is not None], self._chunk):
            classes = await read_attributes(self._link, [item.node_id for item in group], ua.AttributeIds.NodeClass)
            for item, answer in zip(group, classes, strict=False):
                status = answer.StatusCode
                there = status is None or status.is_good()
                if status is not None and int(status.value) in _UNKNOWN:
                    gone.append(item)
                elif there and not item.server_id:
                    back.append(item)
        return gone, back

    async def delete_items(self, items: Sequence[Item]) -> None:
        """Let go of items whose node is gone; that the server has done so already is no error."""
        parameters = ua.DeleteMonitoredItemsParameters(
            SubscriptionId=ua.IntegerId(self.subscription_id), MonitoredItemIds=[ua.IntegerId(i.server_id) for i in items if i.server_id]
        )
        for item in items:
            item.server_id = 0
        if parameters.MonitoredItemIds:
            await self._link.ask(self._link.client.uaclient.session.delete_monitored_items(parameters), "while tags were let go")

    # --- asking ------------------------------------------------------------------------------------------------------

    async def next_notification(self) -> Notification:
        """The next notification as it comes, keep-alives included.

        Raises:
            SubscriptionLostError: the server has no such subscription.
            DeviceOfflineError: nothing came for longer than the keep-alive allows, or what came cannot be decoded.
        """
        while True:
            try:
                self._top_up()
                oldest = self._asked.pop(0)
                async with asyncio.timeout(self._silence_seconds):
                    body = await oldest
                answer = decode_response(bytes(body), PUBLISH_RESPONSE)  # the library's Buffer
            except PEER_FAULTS as error:
                raise device_error(error, "while values were waited for") from error
            if isinstance(answer, Notification):
                return answer
            self._judge_fault(answer)

    def _top_up(self) -> None:
        while len(self._asked) < self._depth:
            request = ua.PublishRequest()
            request.Parameters.SubscriptionAcknowledgements = self._acknowledge
            self._acknowledge = []
            self._asked.append(self._link.socket.ask(request, self._silence_seconds))

    def _judge_fault(self, fault: ServiceFault) -> None:
        code = fault.status
        if code in (ua.StatusCodes.BadNoSubscription, ua.StatusCodes.BadSubscriptionIdInvalid):
            raise SubscriptionLostError("The server has forgotten the subscription.")
        if code == ua.StatusCodes.BadTooManyPublishRequests:
            self._depth = max(1, self._depth - 1)
        elif code not in (ua.StatusCodes.BadTimeout, ua.StatusCodes.BadRequestTimeout):
            raise device_error(status_error(code), "while values were waited for")

    def acknowledge(self, sequence: int) -> None:
        """Tell the server, with the next request, that a notification has arrived."""
        self._acknowledge.append(
            ua.SubscriptionAcknowledgement(SubscriptionId=ua.IntegerId(self.subscription_id), SequenceNumber=ua.Counter(sequence))
        )

    def forget_requests(self) -> None:
        """Let go of what was asked on a channel that is lost."""
        for asked in self._asked:
            if asked.done() and not asked.cancelled():
                asked.exception()
            asked.cancel()
        self._asked.clear()
        self._acknowledge.clear()

    # --- taking up again ---------------------------------------------------------------------------------------------

    async def republish(self, sequence: int) -> Notification | None:
        """Ask for a notification that did not arrive; None where the server does not have it.

        Raises:
            SubscriptionLostError: the server has no such subscription.
            DeviceOfflineError: no answer.
        """
        request = ua.RepublishRequest()
        request.Parameters.SubscriptionId = ua.IntegerId(self.subscription_id)
        request.Parameters.RetransmitSequenceNumber = ua.Counter(sequence)
        doing = "while a notification was asked for again"

        async def exchange() -> Notification | ServiceFault:
            body = await self._link.socket.ask(request, self._settings.answer_seconds)
            return decode_response(bytes(body), REPUBLISH_RESPONSE)  # the library's Buffer

        answer = await self._link.ask(exchange(), doing)
        if isinstance(answer, Notification):
            # Some servers answer an empty message where they should say that they do not have it.
            return answer if answer.sequence == sequence and not answer.keep_alive else None
        if answer.status == ua.StatusCodes.BadMessageNotAvailable:
            return None
        if answer.status in (ua.StatusCodes.BadSubscriptionIdInvalid, ua.StatusCodes.BadNoSubscription):
            raise SubscriptionLostError("The server has forgotten the subscription.")
        raise device_error(status_error(answer.status), doing)

    async def transfer(self) -> tuple[int, ...]:
        """Move the subscription of a forgotten session to the present one.

        Returns:
            The numbers of the notifications that the server kept.

        Raises:
            SubscriptionLostError: the server does not do it.
        """
        parameters = ua.TransferSubscriptionsParameters(SubscriptionIds=[ua.IntegerId(self.subscription_id)], SendInitialValues=True)
        try:
            results = await self._link.client.uaclient.session.transfer_subscriptions(parameters)
        except ua.UaStatusCodeError as error:
            raise SubscriptionLostError(f"The server does not hand over the subscription ({ua.StatusCode(error.code).name}).") from error
        except PEER_FAULTS as error:
            raise device_error(error, "while the subscription was handed over") from error
        if len(results) != 1 or not results[0].StatusCode.is_good():
            raise SubscriptionLostError("The server does not hand over the subscription.")
        return tuple(int(number) for number in results[0].AvailableSequenceNumbers or ())


_MAX_NODES_PER_READ: Final = 11705
_MAX_ITEMS_PER_CALL: Final = 11714
"""Server_ServerCapabilities_OperationLimits_... (OPC 10000-6, annex A.3)."""


def chunks(items: Iterable[_One], size: int) -> Iterable[list[_One]]:
    """Groups of at most ``size``."""
    rest = iter(items)
    while group := list(islice(rest, size)):
        yield group


async def read_attributes(link: Link, node_ids: Sequence[ua.NodeId | None], attribute: ua.AttributeIds) -> list[ua.DataValue]:
    """Read one attribute of some nodes.

    Raises:
        DeviceOfflineError, DeviceTrustError
    """
    answer = await link.ask(
        link.client.uaclient.session.read_attributes([n for n in node_ids if n is not None], attribute), "while it was read"
    )
    if len(answer) != len(node_ids):
        raise DeviceOfflineError(f"The server answered for {len(answer)} of {len(node_ids)} nodes.")
    return answer


async def read_values(link: Link, node_ids: Sequence[ua.NodeId]) -> list[object]:
    """Read the values of some nodes, None where one is not good."""
    answers = await read_attributes(link, node_ids, ua.AttributeIds.Value)
    return [a.Value.Value if a.Value is not None and (a.StatusCode is None or a.StatusCode.is_good()) else None for a in answers]


async def read_namespaces(link: Link) -> list[str]:
    """The namespace array of this start of the server.

    Raises:
        DeviceOfflineError: no answer, or none that can be used.
    """
    (found,) = await read_values(link, [ua.NodeId(ua.Int32(ua.ObjectIds.Server_NamespaceArray), ua.Int16(0))])
    if not isinstance(found, list) or not all(isinstance(uri, str) for uri in found):
        raise DeviceOfflineError("The server does not tell its namespaces.")
    return found


Deliver = Callable[[Notification, int], None]

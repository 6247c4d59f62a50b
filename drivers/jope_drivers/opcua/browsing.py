"""What a server offers, for picking tags on a screen (OPC 10000-4, 5.9)."""

from __future__ import annotations

from typing import Final

from asyncua import ua

from jope.kernel.errors import DeviceOfflineError
from jope.plant.devices.tags import BrowseNode, TagType
from jope_drivers.opcua.addresses import address_of, parse_address
from jope_drivers.opcua.link import Link
from jope_drivers.opcua.subscription import chunks, read_attributes, read_namespaces
from jope_drivers.opcua.values import KINDS

MAX_NODES: Final = 5_000
"""What one level of a tree shows at most."""
_PAGE: Final = 500
_TYPES: Final = {number: tag_type for tag_type, number in KINDS.items()}
_SCALAR_RANKS: Final = (-3, -2, -1)
"""ValueRank of what is, or may be, a scalar (OPC 10000-3, 5.6.2)."""


async def browse(link: Link, address: str) -> tuple[BrowseNode, ...]:
    """The nodes below one, below Objects for an empty address, in the server's order.

    Raises:
        SettingsError: the address is none.
        DeviceOfflineError: no answer, or the server does not know the node.
    """
    namespaces = await read_namespaces(link)
    start = parse_address(address).node_id(namespaces) if address else ua.NodeId(ua.Int32(ua.ObjectIds.ObjectsFolder), ua.Int16(0))
    if start is None:
        raise DeviceOfflineError(f"The server does not know the namespace of {address}.")
    found = await _references(link, start)
    placed = [(_plain_id(ref.NodeId), ref) for ref in found]
    types = await _types(link, [node for node, ref in placed if ref.NodeClass == ua.NodeClass.Variable])
    rows = []
    for node, ref in placed:
        text = address_of(node, namespaces)
        if text:
            name = str(ref.DisplayName.Text or ref.BrowseName.Name)
            rows.append(BrowseNode(text, name, ref.NodeClass == ua.NodeClass.Variable, types.get(node, "")))
    return tuple(rows)


def _plain_id(node: ua.NodeId) -> ua.NodeId:
    """A node id without what an expanded one adds."""
    return ua.NodeId(node.Identifier, node.NamespaceIndex, node.NodeIdType)


async def _references(link: Link, start: ua.NodeId) -> list[ua.ReferenceDescription]:
    description = ua.BrowseDescription(
        NodeId=start,
        BrowseDirection=ua.BrowseDirection.Forward,
        ReferenceTypeId=ua.NodeId(ua.Int32(ua.ObjectIds.HierarchicalReferences), ua.Int16(0)),
        IncludeSubtypes=True,
        NodeClassMask=ua.UInt32(ua.NodeClass.Object | ua.NodeClass.Variable),
        ResultMask=ua.UInt32(ua.BrowseResultMask.All),
    )
    parameters = ua.BrowseParameters(RequestedMaxReferencesPerNode=ua.UInt32(_PAGE), NodesToBrowse=[description])
    session = link.client.uaclient.session
    (result,) = await link.ask(session.browse(parameters), "while it was browsed")
    found: list[ua.ReferenceDescription] = []
    while True:
        if not result.StatusCode.is_good():
            raise DeviceOfflineError(f"The server answered {result.StatusCode.name} while it was browsed.")
        found += result.References or []
        if not result.ContinuationPoint or len(found) >= MAX_NODES:
            break
        more = ua.BrowseNextParameters(ContinuationPoints=[result.ContinuationPoint])
        (result,) = await link.ask(session.browse_next(more), "while it was browsed")
    if result.ContinuationPoint:
        release = ua.BrowseNextParameters(ReleaseContinuationPoints=True, ContinuationPoints=[result.ContinuationPoint])
        await link.ask(session.browse_next(release), "while it was browsed")
    return found[:MAX_NODES]


async def _types(link: Link, variables: list[ua.NodeId]) -> dict[ua.NodeId, TagType]:
    """The tag types of the variables that a tag could hold."""
    types: dict[ua.NodeId, TagType] = {}
    for group in chunks(variables, 50):
        data_types = await read_attributes(link, group, ua.AttributeIds.DataType)
        ranks = await read_attributes(link, group, ua.AttributeIds.ValueRank)
        for node, data_type, rank in zip(group, data_types, ranks, strict=True):
            found = data_type.Value.Value if data_type.Value is not None else None
            scalar = rank.Value is not None and int(rank.Value.Value) in _SCALAR_RANKS
            if scalar and isinstance(found, ua.NodeId) and found.NamespaceIndex == 0 and found.Identifier in _TYPES:
                types[node] = _TYPES[int(found.Identifier)]
    return types

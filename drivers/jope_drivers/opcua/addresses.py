"""Addresses of tags: node ids with their namespace by URI, because its index may change with every start of a server (OPC 10000-6, 5.3.1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from asyncua import ua

from jope.kernel.errors import SettingsError

_PREFIX: Final = "nsu="


@dataclass(frozen=True, slots=True)
class NodeAddress:
    """A node id whose namespace is a URI; an empty one is OPC-UA's own."""

    namespace: str
    identifier: str
    """``i=85``, ``s=Mixer.Speed``, ``g=...`` or ``b=...``."""

    def node_id(self, namespaces: Sequence[str]) -> ua.NodeId | None:
        """The node id at a server with this namespace array; None where it does not know the namespace."""
        if not self.namespace:
            return ua.NodeId.from_string(self.identifier)
        if self.namespace not in namespaces:
            return None
        return ua.NodeId.from_string(f"ns={namespaces.index(self.namespace)};{self.identifier}")


def parse_address(text: str) -> NodeAddress:
    """Read ``nsu=http://plant/;s=Mixer.Speed`` or, in OPC-UA's own namespace, ``i=2258``.

    Raises:
        SettingsError: it is none, or names the namespace by its index.
    """
    namespace, identifier = "", text
    if text.startswith(_PREFIX):
        head, _, identifier = text.partition(";")
        namespace = unquote(head.removeprefix(_PREFIX))
    wrong = SettingsError(
        f"'{text}' is no address of an OPC-UA node.",
        remedy="Write it as nsu=namespace-uri;s=name; an index (ns=2) may change at the server's start.",
    )
    if identifier[:2] not in ("i=", "s=", "g=", "b=") or len(identifier) == 2 or (text.startswith(_PREFIX) and not namespace):
        raise wrong
    try:
        ua.NodeId.from_string(identifier)
    except (ua.UaError, ValueError) as error:
        raise wrong from error
    return NodeAddress(namespace, identifier)


def address_of(node_id: ua.NodeId, namespaces: Sequence[str]) -> str:
    """The address of a node, empty where its namespace is unknown."""
    if not 0 <= node_id.NamespaceIndex < len(namespaces):
        return ""
    text = ua.NodeId(node_id.Identifier, ua.Int16(0), node_id.NodeIdType).to_string()
    if node_id.NamespaceIndex == 0:
        return text
    uri = namespaces[node_id.NamespaceIndex].replace("%", "%25").replace(";", "%3B")
    return f"{_PREFIX}{uri};{text}"

"""The library's client with limits that a lying or flooding server cannot lift (OPC 10000-6, 7.1.2).

1. A chunk is at most 64 KiB, a message at most the registered size, whatever the server's Acknowledge says. What announces more ends the connection
   before it is collected.
2. An answer that nobody asked for ends the connection; so does anything that cannot be decoded.
3. A connection that is given up is aborted, not drained: the other side may never read again.
4. The reason why a secure channel was refused is kept and raised. In the library it is lost, and an assertion fails instead.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final, cast

from asyncua import Client, ua
from asyncua.client.ua_client import UaClient, UASocketProtocol
from asyncua.common.connection import TransportLimits
from asyncua.crypto.security_policies import SecurityPolicy
from asyncua.ua.ua_binary import uatcp_to_binary

CHUNK_BYTES: Final = 65_536
_HEADER_BYTES: Final = 8
_HELLO: Final = cast(ua.MessageType, ua.MessageType.Hello)
_OPEN: Final = cast(ua.MessageType, ua.MessageType.SecureOpen)
"""The library declares its message types as a class and uses them as bytes."""

logging.getLogger("asyncua").setLevel(logging.CRITICAL)
"""The library writes whole requests at its lower levels, passwords among them, and what goes wrong is raised here anyway."""


class GuardedProtocol(UASocketProtocol):
    """One socket. ``messages`` counts whole chunks that arrived, so that a watch can tell silence from slowness."""

    def __init__(self, timeout: float, security_policy: SecurityPolicy, max_message_bytes: int) -> None:
        self._bounds = TransportLimits(
            max_recv_buffer=CHUNK_BYTES,
            max_send_buffer=CHUNK_BYTES,
            max_chunk_count=max_message_bytes // 8192 + 1,
            max_message_size=max_message_bytes,
        )
        super().__init__(timeout, security_policy, limits=self._bounds)
        self._pieces = bytearray()
        self.messages = 0

    def data_received(self, data: bytes) -> None:
        """Collect one chunk at a time and hand it on whole."""
        self._pieces += data
        while len(self._pieces) >= _HEADER_BYTES and self.transport is not None:
            size = int.from_bytes(self._pieces[4:8], "little")
            if not _HEADER_BYTES <= size <= CHUNK_BYTES:
                self._fail_all_pending(ua.UaError(f"the server announced a chunk of {size} bytes"))
                self.disconnect_socket()
            if len(self._pieces) < size or self.transport is None:
                return
            chunk = bytes(self._pieces[:size])
            del self._pieces[:size]
            self.messages += 1
            self._process_received_data(chunk)
            self._keep_bounds()

    def _keep_bounds(self) -> None:
        """Take the server's limits for what is sent to it, and our own for what it sends."""
        limits = self._connection._limits
        limits.max_recv_buffer = self._bounds.max_recv_buffer
        limits.max_message_size = self._bounds.max_message_size
        limits.max_chunk_count = self._bounds.max_chunk_count
        limits.max_send_buffer = min(limits.max_send_buffer or CHUNK_BYTES, CHUNK_BYTES)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of what was collected."""
        self._pieces.clear()
        super().connection_lost(exc)

    def disconnect_socket(self) -> None:
        """Abort the connection."""
        if self.transport is not None:
            self.transport.abort()

    async def send_hello(self, url: str, max_messagesize: int = 0, max_chunkcount: int = 0) -> ua.Acknowledge:
        """Say hello with our limits."""
        hello = ua.Hello(
            ReceiveBufferSize=ua.UInt32(CHUNK_BYTES),
            SendBufferSize=ua.UInt32(CHUNK_BYTES),
            MaxMessageSize=ua.UInt32(self._bounds.max_message_size),
            MaxChunkCount=ua.UInt32(self._bounds.max_chunk_count),
            EndpointUrl=ua.String(url),
        )
        if self.transport is None:
            raise ConnectionError("Connection is not open")
        answer: asyncio.Future[ua.Acknowledge] = asyncio.get_running_loop().create_future()
        self._callbackmap[0] = answer
        self.transport.write(uatcp_to_binary(_HELLO, hello))
        async with asyncio.timeout(self.timeout):
            return await answer

    async def open_secure_channel(self, params: ua.OpenSecureChannelParameters) -> ua.OpenSecureChannelResult:
        """Open or renew the channel; a refusal is raised as what the server said."""
        request = ua.OpenSecureChannelRequest(Parameters=params)
        self._open_secure_channel_exchange = params
        opened: object = None
        try:
            async with asyncio.timeout(self.timeout):
                answer = await self._send_request(request, message_type=_OPEN)
            self.check_answer(answer, "")
            opened = vars(self)["_open_secure_channel_exchange"]  # the answer by now, where there was one
        finally:
            self._open_secure_channel_exchange = None
        if not isinstance(opened, ua.OpenSecureChannelResponse):
            raise ua.UaError("the answer to OpenSecureChannel is none")
        result: ua.OpenSecureChannelResult = opened.Parameters
        return result

    def ask(self, request: object, timeout: float) -> asyncio.Future[Any]:
        """Send a request without waiting for its answer."""
        return self._send_request(request, timeout)


class GuardedTransport(UaClient):
    """Makes guarded sockets."""

    def __init__(self, timeout: float, max_message_bytes: int) -> None:
        super().__init__(timeout)
        self._max_message_bytes = max_message_bytes

    def _make_protocol(self) -> UASocketProtocol:
        protocol = GuardedProtocol(self._timeout, self.security_policy, self._max_message_bytes)
        protocol.on_connection_lost = self._on_transport_lost
        protocol.is_session_closing = self._is_session_closing
        self.protocol = protocol
        return protocol


class GuardedClient(Client):
    """The library's client over a guarded transport, without its supervisor, watchdogs and publish loop: those stand in ``link`` and ``stream``."""

    def __init__(self, url: str, *, timeout: float, max_message_bytes: int) -> None:
        super().__init__(url, timeout=timeout)
        self.uaclient = GuardedTransport(timeout, max_message_bytes)

    @property
    def socket(self) -> GuardedProtocol:
        """The open socket.

        Raises:
            ConnectionError: there is none.
        """
        protocol = self.uaclient.protocol
        if not isinstance(protocol, GuardedProtocol) or protocol.transport is None:
            raise ConnectionError("Connection is not open")
        return protocol

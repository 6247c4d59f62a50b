"""The witness as a server: TLS 1.3 with pinned certificates on both sides, one request per connection.

Rules:

1. Nobody gets through the handshake but the holders of registered certificates; each of them speaks for its own trail alone.
2. A connection has five seconds for the handshake and ten for its request and answer, however slowly it sends. There are at most 64 connections, 16 of one
   address; one too many is closed at once.
3. Heads and bodies have limits (``wire.py``). A request that breaks one is answered with a status and the connection ends.
4. Cosigning runs off the loop, one at a time (``witness.py``); a slow disk delays answers and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import ssl
from collections import Counter
from typing import Final

import structlog

from jope.services.anchoring.asking import PATH
from jope.services.anchoring.certificates import pin_of, server_context
from jope.services.anchoring.wire import MAX_HEAD, Request, UnreadableRequestError, read_request, response_bytes
from jope.services.anchoring.witness import TEXT_TYPE, Answer, Witness

log = structlog.get_logger("jope.witness")
HANDSHAKE_SECONDS: Final = 5.0
REQUEST_SECONDS: Final = 10.0
MAX_CONNECTIONS: Final = 64
MAX_OF_ONE_ADDRESS: Final = 16
_NEWEST: Final = ("/", "/checkpoint")


class WitnessServer:
    """Serves one witness on a listening socket until it is told to stop."""

    def __init__(self, witness: Witness, listening: socket.socket) -> None:
        self._witness = witness
        self._listening = listening
        self._open: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._context: tuple[str, ssl.SSLContext] | None = None

    async def serve(self) -> None:
        """Accept until SIGTERM or SIGINT, then finish what runs."""
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(NotImplementedError):  # where the loop knows no signals, the console's break ends the process
                loop.add_signal_handler(number, stop.set)
        self._listening.setblocking(False)
        accepting = asyncio.create_task(self._accept())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((accepting, stopping), return_when=asyncio.FIRST_COMPLETED)
        for task in (accepting, stopping):
            task.cancel()
        await asyncio.gather(accepting, stopping, *self._tasks, return_exceptions=True)
        self._listening.close()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, address = await loop.sock_accept(self._listening)
            except OSError as error:  # no descriptors left, or the peer was gone before it was met
                log.warning("accept failed", error=str(error))
                await asyncio.sleep(0.1)
                continue
            peer = str(address[0])
            if self._open.total() >= MAX_CONNECTIONS or self._open[peer] >= MAX_OF_ONE_ADDRESS:
                connection.close()
                continue
            self._open[peer] += 1
            task = asyncio.create_task(self._converse(connection, peer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _converse(self, connection: socket.socket, peer: str) -> None:
        try:
            await self._answer(connection)
        except (OSError, EOFError, TimeoutError) as error:  # a failed handshake is an OSError too
            log.info("connection ended", peer=peer, error=f"{type(error).__name__}: {error}"[:200])
        finally:
            self._open[peer] -= 1

    async def _answer(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            context = self._tls()
        except OSError:
            connection.close()  # nobody else owns it yet
            raise
        reader = asyncio.StreamReader(limit=MAX_HEAD, loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        transport, _ = await loop.connect_accepted_socket(
            lambda: protocol, connection, ssl=context, ssl_handshake_timeout=HANDSHAKE_SECONDS, ssl_shutdown_timeout=1.0
        )
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                answer = await self._answered(reader, pin_of(_certificate(writer)))
                writer.write(response_bytes(answer.status, answer.type, answer.text))
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        finally:
            transport.abort()

    async def _answered(self, reader: asyncio.StreamReader, client_pin: bytes) -> Answer:
        try:
            request = await read_request(reader)
            body = request.body.decode("utf-8")
        except UnreadableRequestError as error:
            return Answer(error.status, "The request cannot be read.\n")
        except UnicodeDecodeError:
            return Answer(400, "The request is no text.\n")
        return await asyncio.to_thread(self._ask, request, body, client_pin)

    def _ask(self, request: Request, body: str, client_pin: bytes) -> Answer:
        before, after = _NEWEST
        if request.path == PATH:
            return self._witness.add_checkpoint(body, client_pin) if request.method == "POST" else Answer(405, "Use POST.\n", TEXT_TYPE)
        if request.path.startswith(before) and request.path.endswith(after):
            id_ = request.path.removeprefix(before).removesuffix(after)
            return self._witness.newest(id_, client_pin) if request.method == "GET" else Answer(405, "Use GET.\n", TEXT_TYPE)
        return Answer(404, "There is no such page.\n")

    def _tls(self) -> ssl.SSLContext:
        """The context of this moment: a registration counts from the next connection on."""
        folder = self._witness.folder
        mark = folder.change_mark()
        if self._context is None or self._context[0] != mark:
            clients = [(origin.folder / "client.crt").read_bytes() for origin in folder.all_origins()]
            self._context = (mark, server_context(folder.keys / "tls.pem", folder.keys / "tls.crt", clients))
        return self._context[1]


def _certificate(writer: asyncio.StreamWriter) -> bytes:
    shown: ssl.SSLObject = writer.get_extra_info("ssl_object")
    certificate = shown.getpeercert(binary_form=True)
    assert certificate is not None, "the handshake asks for one"
    return certificate


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises:
        OSError: the address is taken or not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=MAX_CONNECTIONS)

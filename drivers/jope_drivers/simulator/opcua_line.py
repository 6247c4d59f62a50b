"""A simulated line as a process of its own: an OPC-UA server with a mixer and a filler, told what to do by JSON lines.

``python -m jope_drivers.simulator.opcua_line --port N --directory PATH --log FILE.jsonl``. It listens on 127.0.0.1 only.

- Security: the three policies with SignAndEncrypt and, only with ``--unsecured``, none. ``server.pem`` and ``server.key`` in the directory are its own
  certificate and key; ``*.der`` in ``trusted/`` are the clients it lets in, looked up at each session. Users: ``--user NAME:PASSWORD``.
- Address space: namespace ``urn:jope:simulated-line``, see ``line_model``. A server that was started again may give it another index (``--namespaces``).
- Record: every write of a client is one JSON line ``{"utc_us", "node", "value", "status"}``.
- Control: one JSON object a line on standard input, one JSON line on standard output each; the first line out says that the server is ready.
  The end of standard input ends the process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

from asyncua import Server, ua
from asyncua.common.callback import CallbackType, ServerItemCallback
from asyncua.common.utils import ServiceError
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.internal_subscription import InternalSubscription
from asyncua.server.user_managers import UserManager
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from jope.kernel.clock import Clock, SystemClock
from jope_drivers.simulator.line_model import NAMESPACE, TYPES, LineModel

APPLICATION_URI: Final = "urn:jope:simulated-line:server"
TICK_SECONDS: Final = 0.1
_POLICIES: Final = (
    ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt,
    ua.SecurityPolicyType.Aes128Sha256RsaOaep_SignAndEncrypt,
    ua.SecurityPolicyType.Aes256Sha256RsaPss_SignAndEncrypt,
)
_OVERFLOW: Final = 0x0480


class _Users(UserManager):
    """Knows the accounts. With none registered everybody is let in."""

    def __init__(self, accounts: Mapping[str, str]) -> None:
        self._accounts = accounts

    def get_user(self, iserver: Any, username: str | None = None, password: str | None = None, certificate: object = None) -> User | None:
        """The user of a sign-in, None to refuse it."""
        if self._accounts and (username is None or self._accounts.get(username) != password):
            return None
        return User(role=UserRole.User, name=username)


class LineServer:
    """The server and its faults."""

    def __init__(self, arguments: argparse.Namespace, clock: Clock) -> None:
        self._arguments = arguments
        self._clock = clock
        self._server = Server(user_manager=_Users(dict(text.split(":", 1) for text in arguments.user)))
        self._model = LineModel(seed=arguments.seed, fast=arguments.fast)
        self._index = 0
        self._clock_offset_us = 0
        self._source_offset_us = 0
        self._fixed: dict[str, ua.DataValue] = {}
        self._gone: set[str] = set()
        self._fast_hz = float(arguments.rate)
        self._acknowledges = True
        self._delay_seconds = 0.0
        self._log = arguments.log.open("a", encoding="utf-8")
        self.running = True

    async def start(self) -> None:
        """Make the address space and listen."""
        server = self._server
        await server.init()
        await server.set_application_uri(APPLICATION_URI)
        await server.set_build_info(
            "urn:jope:simulated-line", "Jope", self._arguments.name, self._arguments.version, "1", datetime.fromtimestamp(0, UTC)
        )
        server.set_endpoint(f"opc.tcp://127.0.0.1:{self._arguments.port}/line")
        server.socket_address = ("127.0.0.1", self._arguments.port)
        server.iserver.disabled_clock = True
        self._load_keys()
        server.set_security_policy([*_POLICIES, *([ua.SecurityPolicyType.NoSecurity] if self._arguments.unsecured else [])])
        server.set_identity_tokens([ua.AnonymousIdentityToken, ua.UserNameIdentityToken, ua.X509IdentityToken])
        for number in range(self._arguments.namespaces):
            await server.register_namespace(f"urn:other:{number}")
        self._index = await server.register_namespace(NAMESPACE)
        await self._build()
        server.iserver.set_attribute_value_callback(ua.NodeId(ua.Int32(ua.ObjectIds.Server_ServerStatus_CurrentTime)), self._current_time)
        server.iserver.subscribe_server_callback(CallbackType.PostWrite, self._written)  # type: ignore[arg-type]  # it is one
        await server.start()

    def _load_keys(self) -> None:
        certificate = x509.load_pem_x509_certificate((self._arguments.directory / "server.pem").read_bytes())
        self._server.iserver.certificate = certificate
        self._server.iserver.private_key = load_pem_private_key((self._arguments.directory / "server.key").read_bytes(), password=None)
        self._server.set_certificate_validator(self._validate)

    async def _validate(self, certificate: x509.Certificate, application: ua.ApplicationDescription) -> None:
        trusted = (path.read_bytes() for path in (self._arguments.directory / "trusted").glob("*.der"))
        if certificate.public_bytes(Encoding.DER) not in trusted:
            raise ServiceError(ua.StatusCodes.BadCertificateUntrusted)

    async def stop(self) -> None:
        """Stop listening."""
        await self._server.stop()
        self._log.close()

    # --- address space -----------------------------------------------------------------------------------------------

    async def _build(self) -> None:
        objects = self._server.get_objects_node()
        self._folders: dict[str, Any] = {}
        dropped = set(self._arguments.without)
        for name in self._model.values:
            folder, _, _ = name.partition(".")
            if folder not in self._folders:
                self._folders[folder] = await objects.add_folder(self._node_id(folder), ua.QualifiedName(folder, self._index))
            if name in dropped:
                self._gone.add(name)
            else:
                await self._add(name)

    async def _add(self, name: str) -> None:
        folder, _, leaf = name.partition(".")
        node = await self._folders[folder].add_variable(
            self._node_id(name), ua.QualifiedName(leaf, self._index), self._model.values[name], varianttype=self._type(name)
        )
        if name in self._model.writable:
            await node.set_writable()
        self._gone.discard(name)

    def _node_id(self, name: str) -> ua.NodeId:
        return ua.NodeId(ua.String(name), ua.Int16(self._index))

    def _type(self, name: str) -> ua.VariantType:
        return ua.VariantType[TYPES.get(name, "UInt32")]

    # --- what goes on ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Keep the line going until told to stop."""
        due_us = self._clock.monotonic_us()
        fast_due = 0.0
        while self.running:
            self._model.step(TICK_SECONDS, acknowledges=self._acknowledges)
            fast_due += self._fast_hz * TICK_SECONDS
            rounds, fast_due = int(fast_due), fast_due % 1
            for _ in range(rounds):
                self._model.step_fast()
                await self._publish(self._model.fast_names)
            await self._publish(self._model.line_names)
            due_us += int(TICK_SECONDS * 1_000_000)
            await asyncio.sleep(max(0, due_us - self._clock.monotonic_us()) / 1_000_000)

    async def _publish(self, names: tuple[str, ...]) -> None:
        for name in names:
            if name not in self._gone and name not in self._fixed:
                await self._set(name, self._data_value(self._model.values[name], self._type(name)))

    async def _set(self, name: str, value: ua.DataValue) -> None:
        await self._server.iserver.write_attribute_value(self._node_id(name), value)

    def _data_value(self, value: object, kind: ua.VariantType, status: int = 0) -> ua.DataValue:
        return ua.DataValue(
            Value=ua.Variant(value, kind if value is not None else ua.VariantType.Null),
            StatusCode=ua.StatusCode(ua.UInt32(status)),
            SourceTimestamp=_ua_time(self._now(self._clock_offset_us + self._source_offset_us)),
            ServerTimestamp=_ua_time(self._now(self._clock_offset_us)),
        )

    def _now(self, offset_us: int) -> datetime:
        return datetime.fromtimestamp((self._clock.now().utc_us + offset_us) / 1_000_000, UTC)

    def _current_time(self, node: ua.NodeId, attribute: ua.AttributeIds) -> ua.DataValue:
        return self._data_value(self._now(self._clock_offset_us), ua.VariantType.DateTime)

    async def _written(self, event: ServerItemCallback, service: object) -> None:
        if not event.is_external:
            return
        for item, result in zip(event.request_params.NodesToWrite, event.response_params, strict=True):
            name = str(item.NodeId.Identifier)
            value = item.Value.Value.Value if item.Value.Value is not None else None
            if result.is_good() and value is not None and name in self._model.values:
                self._model.values[name] = value
            line = {"utc_us": self._clock.now().utc_us, "node": name, "value": value, "status": result.value}
            self._log.write(json.dumps(line, default=str) + "\n")
            self._log.flush()
        await asyncio.sleep(self._delay_seconds)

    # --- faults on demand --------------------------------------------------------------------------------------------

    async def carry_out(self, line: str) -> str:
        """One order in, one answer out, both JSON."""
        try:
            order = json.loads(line)
            told = await getattr(self, f"_do_{order['do']}")(order)
        except (ValueError, KeyError, TypeError, AttributeError, ua.UaError) as error:
            return json.dumps({"ok": False, "error": f"{type(error).__name__}: {error}"})
        return json.dumps({"ok": True, "do": order["do"], **(told or {})})

    async def _do_drop(self, order: Mapping[str, Any]) -> None:
        """Nodes vanish."""
        for name in order["nodes"]:
            self._gone.add(name)
            await self._server.delete_nodes([self._server.get_node(self._node_id(name))])

    async def _do_add(self, order: Mapping[str, Any]) -> None:
        """Nodes come (back)."""
        for name in order["nodes"]:
            await self._add(name)

    async def _do_fix(self, order: Mapping[str, Any]) -> None:
        """A node has a value of any type and status until ``free``; ``NaN`` and ``Infinity`` are numbers too."""
        name = order["node"]
        kind = ua.VariantType[order["type"]] if "type" in order else self._type(name)
        value = self._data_value(order.get("value"), kind, int(order.get("status", 0)))
        self._fixed[name] = value
        attribute = self._server.iserver.aspace._nodes[self._node_id(name)].attributes[ua.AttributeIds.Value]
        attribute.value = None  # so that a value of another type is taken
        await self._set(name, value)

    async def _do_free(self, order: Mapping[str, Any]) -> None:
        name = order["node"]
        del self._fixed[name]
        attribute = self._server.iserver.aspace._nodes[self._node_id(name)].attributes[ua.AttributeIds.Value]
        attribute.value = None

    async def _do_clock(self, order: Mapping[str, Any]) -> None:
        """The device's clock is wrong by so much."""
        self._clock_offset_us = int(order["offset_ms"]) * 1000

    async def _do_source(self, order: Mapping[str, Any]) -> None:
        """Source timestamps alone are wrong by so much."""
        self._source_offset_us = int(order["offset_ms"]) * 1000

    async def _do_rate(self, order: Mapping[str, Any]) -> None:
        """How often each fast counter counts a second."""
        self._fast_hz = float(order["hz"])

    async def _do_acknowledge(self, order: Mapping[str, Any]) -> None:
        """Whether the PLC copies the request counter."""
        self._acknowledges = bool(order["on"])

    async def _do_delay(self, order: Mapping[str, Any]) -> None:
        """Writes are carried out at once and answered late."""
        self._delay_seconds = float(order["seconds"])

    async def _do_values(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """What the model has now."""
        return {"values": self._model.values}

    async def _do_quit(self, order: Mapping[str, Any]) -> None:
        self.running = False


def _ua_time(time: datetime) -> ua.DateTime:
    """The library's DateTime is a datetime with another name."""
    return cast(ua.DateTime, time)


def _mark_overflows() -> None:
    """The library's server drops the oldest value in silence; the standard wants the overflow bit on the value behind it (OPC 10000-4, 5.12.1.5)."""
    plain = InternalSubscription._enqueue_event

    async def marking(self: InternalSubscription, mid: int, event: Any, size: int, queue: dict[int, list[Any]]) -> None:
        full = size != 0 and len(queue.get(mid, ())) >= size
        await plain(self, mid, event, size, queue)
        if full and isinstance(queue[mid][0], ua.MonitoredItemNotification):
            first = queue[mid][0]
            value = first.Value
            status = value.StatusCode.value if value.StatusCode is not None else 0
            marked = ua.DataValue(
                Value=value.Value,
                StatusCode=ua.StatusCode(ua.UInt32(status | _OVERFLOW)),
                SourceTimestamp=value.SourceTimestamp,
                ServerTimestamp=value.ServerTimestamp,
            )
            queue[mid][0] = ua.MonitoredItemNotification(ClientHandle=first.ClientHandle, Value=marked)

    InternalSubscription._enqueue_event = marking  # type: ignore[method-assign,assignment]  # the library offers no hook


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="jope_drivers.simulator.opcua_line", description="A simulated line with an OPC-UA server.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--directory", type=Path, required=True, help="holds server.pem, server.key and trusted/")
    parser.add_argument("--log", type=Path, required=True, help="JSON lines file of every write")
    parser.add_argument("--user", action="append", default=[], help="NAME:PASSWORD of an account; may be given again")
    parser.add_argument("--unsecured", action="store_true", help="offer an endpoint without security too")
    parser.add_argument("--without", action="append", default=[], help="a node that is not there")
    parser.add_argument("--namespaces", type=int, default=0, help="how many other namespaces come first")
    parser.add_argument("--fast", type=int, default=0, help="how many fast counters there are")
    parser.add_argument("--rate", type=float, default=10.0, help="how often each fast counter counts a second")
    parser.add_argument("--name", default="Simulated line")
    parser.add_argument("--version", default="1.0")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(argv)


async def _serve(arguments: argparse.Namespace) -> None:
    server = LineServer(arguments, SystemClock())
    await server.start()
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    print(json.dumps({"ready": True, "port": arguments.port, "pid": os.getpid()}), flush=True)
    work = asyncio.create_task(server.run())
    listen = asyncio.create_task(_listen(server, orders))
    await asyncio.wait((work, listen), return_when=asyncio.FIRST_COMPLETED)
    server.running = False
    listen.cancel()
    await work
    await server.stop()


async def _listen(server: LineServer, orders: asyncio.StreamReader) -> None:
    while server.running and (line := await orders.readline()):
        print(await server.carry_out(line.decode("utf-8", "replace")), flush=True)


def main(argv: list[str] | None = None) -> int:
    """Start the simulated line. Returns the process' exit code."""
    if sys.platform == "win32":
        print(
            "The simulated line takes its orders from a pipe that this system cannot wait for. Run it on Linux or macOS.", file=sys.stderr
        )
        return 2
    _mark_overflows()
    asyncio.run(_serve(_arguments(argv)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

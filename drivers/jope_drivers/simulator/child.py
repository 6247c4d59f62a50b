"""A simulated device's process: started, given orders as JSON lines, ended."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from typing import IO, Any, Final

from jope.kernel.errors import EnvironmentFaultError

START_SECONDS: Final = 30.0
ANSWER_SECONDS: Final = 20.0
END_SECONDS: Final = 2.0


class ChildProcess:
    """A Python module that says one JSON line when it is ready, answers each order with one, and ends with its standard input."""

    def __init__(self, what: str, module: str) -> None:
        """``what`` is what people call it, for messages."""
        self._what = what
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._reader: threading.Thread | None = None
        self._complaints: IO[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """The process' id, 0 where there is none."""
        return self._process.pid if self._process is not None else 0

    def start(self, arguments: Sequence[str]) -> Mapping[str, Any]:
        """Start it and wait for its first line.

        Raises:
            EnvironmentFaultError: it did not start; the message holds what it said.
        """
        self._complaints = tempfile.TemporaryFile()
        self._answers = queue.SimpleQueue()  # the end of an earlier process still stands in the old one
        self._process = subprocess.Popen(
            [sys.executable, "-m", self._module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            bufsize=0,
        )
        self._reader = threading.Thread(target=self._collect, args=(self._process,), name=self._module, daemon=True)
        self._reader.start()
        try:
            return self._answer(START_SECONDS)
        except EnvironmentFaultError:
            self.stop()
            raise

    def order(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give an order and take its answer.

        Raises:
            EnvironmentFaultError: it does not run, or refuses.
        """
        process = self._process
        if process is None or process.stdin is None:
            raise EnvironmentFaultError(f"{self._what} is not running.", remedy="Start it first.")
        try:
            process.stdin.write(json.dumps(order).encode("ascii") + b"\n")
        except OSError as error:
            raise EnvironmentFaultError(f"{self._what} has ended: {self._complaint()}") from error
        answer = self._answer(ANSWER_SECONDS)
        if not answer.get("ok"):
            raise EnvironmentFaultError(f"{self._what} refused {order}: {answer.get('error')}")
        return answer

    def stop(self) -> None:
        """End it; by force if it does not end by itself. May be called twice."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()  # the end of its orders ends it
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._reader is not None:
            self._reader.join()
        if process.stdout is not None:
            process.stdout.close()
        if self._complaints is not None:
            self._complaints.close()

    def _answer(self, seconds: float) -> Mapping[str, Any]:
        try:
            line = self._answers.get(timeout=seconds)
        except queue.Empty as error:
            raise EnvironmentFaultError(f"{self._what} does not answer.", remedy="Stop it and start it again.") from error
        if not line:
            raise EnvironmentFaultError(f"{self._what} has ended: {self._complaint()}")
        answer: Mapping[str, Any] = json.loads(line)
        return answer

    def _complaint(self) -> str:
        if self._complaints is None:
            return "nothing said"
        self._complaints.seek(0)
        return self._complaints.read().decode("utf-8", "replace").strip()[-500:] or "nothing said"

    def _collect(self, process: subprocess.Popen[bytes]) -> None:
        """Queue the process' lines; an empty one marks its end."""
        if process.stdout is not None:
            for line in process.stdout:
                self._answers.put(line)
        self._answers.put(b"")

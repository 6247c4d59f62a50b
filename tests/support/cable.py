"""A serial cable between two programs, laid by socat: two pseudo-terminals joined, what goes into one comes out of the other."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Self

_END = re.compile(rb"N PTY is (\S+)")


class Cable:
    """Lies for the length of a block; ``ends`` are the addresses of its two ends."""

    def __init__(self) -> None:
        self.ends: tuple[str, ...] = ()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        program = shutil.which("socat")
        assert program is not None, "socat is not installed: 'make test' does it"
        end = "pty,rawer"
        self._process = subprocess.Popen([program, "-d", "-d", end, end], stderr=subprocess.PIPE)
        assert self._process.stderr is not None
        said = b""
        while len(self.ends) < 2:
            line = self._process.stderr.readline()
            assert line, f"socat ended: {said.decode()}"
            said += line
            self.ends += tuple(found.decode() for found in _END.findall(line))
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        self._process.terminate()
        self._process.stderr.read()
        self._process.wait(20)
        self._process.stderr.close()

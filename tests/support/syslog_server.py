"""A syslog as a process of its own: ``python -m tests.support.syslog_server udp|tcp|unix ADDRESS FILE``; ADDRESS is a port or a path.

Appends each message as one line to FILE. Prints its port or path. TCP messages come with counted frames (RFC 6587).
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path


def main(kind: str, address: str, file: Path) -> None:
    """Serve for ever."""
    if kind == "unix":
        server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        server.bind(address)
        print(address, flush=True)
    else:
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", int(address)))
        if kind == "tcp":
            server.listen()
        print(server.getsockname()[1], flush=True)
    while True:
        for message in _frames(server) if kind == "tcp" else [server.recv(65536)]:
            with file.open("ab") as out:
                out.write(message.replace(b"\n", b"\\n") + b"\n")


def _frames(server: socket.socket) -> list[bytes]:
    connection, _ = server.accept()
    content = b""
    with connection:
        while piece := connection.recv(65536):
            content += piece
    found = []
    while content:
        count, _, rest = content.partition(b" ")
        found.append(rest[: int(count)])
        content = rest[int(count) :]
    return found


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))

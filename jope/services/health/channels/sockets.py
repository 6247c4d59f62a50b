"""Connections that end in time: a server that drips one byte at a time ends with the deadline too."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from jope.kernel.errors import ChannelPinError, ChannelUnreachableError

STEP_SECONDS: Final = 10.0
"""How long one step of a conversation may take."""
DEADLINE_SECONDS: Final = 30.0
"""How long all of it may take."""


class Lifeline:
    """The one socket a channel has open, so that another thread can cut it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._socket: socket.socket | None = None
        self._stopped = False

    def take(self, opened: socket.socket) -> socket.socket:
        """Hold a socket that was just opened.

        Raises:
            ChannelUnreachableError: the channel was told to stop.
        """
        with self._guard:
            self._socket = opened
            if self._stopped:
                opened.close()
                raise ChannelUnreachableError("The station stops.")
        return opened

    def cut(self) -> None:
        """End what runs; whoever waits for the socket wakes up."""
        with self._guard:
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        """End what runs and everything later."""
        with self._guard:
            self._stopped = True
        self.cut()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cut the socket when the block takes longer."""
        timer = threading.Timer(seconds, self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def pinned_context(ca_file: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer that believes this CA file and no other authority.

    Raises:
        ChannelPinError: the file cannot be read or holds no certificate.
    """
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_verify_locations(cafile=str(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise ChannelPinError(f"The CA file {ca_file.name} cannot be read.") from error
    return context

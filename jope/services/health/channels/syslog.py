"""Syslog messages (RFC 5424) and their ways: unix socket and UDP as datagrams, TCP and TLS with counted frames (RFC 6587, RFC 5425).

A datagram is handed to the system and nobody says whether it arrived. Over TCP and TLS the connection is closed by us first, and a message counts as
delivered when the server closes its side too: it has read everything by then. RFC 6587 has no acknowledgement and a server need not close, so after our
end a short silence counts as delivered as well; a reset does not.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from jope.kernel.errors import ChannelPinError, ChannelUnreachableError
from jope.kernel.settings.files import SyslogChannel, SyslogTarget
from jope.services.health.channels.ports import Message
from jope.services.health.channels.sockets import DEADLINE_SECONDS, STEP_SECONDS, Lifeline, pinned_context
from jope.services.health.channels.wording import one_line

ALERT: Final = 1
ERROR: Final = 3
WARNING: Final = 4
NOTICE: Final = 5
INFO: Final = 6
LOCAL0: Final = 16
AUTHPRIV: Final = 10
_SEVERITIES: Final = {0: INFO, 1: ALERT, 2: ERROR, 3: WARNING, 4: NOTICE}
FAREWELL_SECONDS: Final = 2.0
"""How long the end of the server is waited for once everything was sent."""
_LARGEST_DATAGRAM: Final = 2048
"""Bytes that every receiver takes (RFC 5424, 6.1)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a syslog. ``seq`` is the number of the trail's event, 0 where there is none; ``fields`` become JSON in ASCII."""

    facility: int
    severity: int
    at_us: int
    host: str
    kind: str
    fields: dict[str, object]
    seq: int = 0


def entry_text(entry: Entry) -> bytes:
    """The message in the form of RFC 5424: ``<PRI>1 TIME HOST jope - MSGID [meta ...] JSON``."""
    at = datetime.fromtimestamp(entry.at_us // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{entry.at_us % 1_000_000:06d}Z"
    data = f'[meta sequenceId="{entry.seq % 2**31}"]' if entry.seq else "-"
    head = f"<{entry.facility * 8 + entry.severity}>1 {at} {_visible(entry.host, 255)} jope - {_visible(entry.kind, 32)} {data} "
    body = json.dumps(entry.fields, ensure_ascii=True, sort_keys=True)
    return (head + body).encode("ascii")


def _visible(text: str, longest: int) -> str:
    return "".join(c if "!" <= c <= "~" else "_" for c in text)[:longest] or "-"


class SyslogSender:
    """Sends entries to one syslog, each over a connection of its own."""

    def __init__(self, target: SyslogTarget, *, folder: Path, name: str) -> None:
        self._target = target
        self._folder = folder
        self._name = name
        self._lifeline = Lifeline()

    def send(self, entry: Entry) -> None:
        """Send one entry.

        Raises:
            ChannelUnreachableError, ChannelPinError: as named.
        """
        content = entry_text(entry)
        try:
            with self._lifeline.within(DEADLINE_SECONDS):
                if self._target.transport in ("unix", "udp"):
                    self._datagram(content[:_LARGEST_DATAGRAM])
                else:
                    self._stream(content)
        except ssl.SSLError as error:
            raise ChannelPinError(f"The syslog of {self._name} is not the pinned one: {one_line(str(error))}.") from error
        except (OSError, UnicodeError) as error:
            reason = one_line(getattr(error, "strerror", None) or str(error))
            raise ChannelUnreachableError(f"The syslog of {self._name} does not take messages: {reason}.") from error

    def stop(self) -> None:
        """Cut what runs."""
        self._lifeline.stop()

    def _datagram(self, content: bytes) -> None:
        target = self._target
        if target.transport == "unix":
            if not hasattr(socket, "AF_UNIX"):
                raise ChannelUnreachableError("This system has no unix sockets.", remedy="Name a syslog by host and port in policy.json.")
            with self._lifeline.take(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as opened:
                opened.settimeout(STEP_SECONDS)
                opened.connect(target.path)
                opened.send(content)
            return
        family, kind, proto, _, address = socket.getaddrinfo(target.host.strip("[]"), target.port, type=socket.SOCK_DGRAM)[0]
        with self._lifeline.take(socket.socket(family, kind, proto)) as opened:
            opened.settimeout(STEP_SECONDS)
            opened.connect(address)
            opened.send(content)

    def _stream(self, content: bytes) -> None:
        target = self._target
        host = target.host.strip("[]")
        opened = self._lifeline.take(socket.create_connection((host, target.port), STEP_SECONDS))
        if target.transport == "tls":
            opened = self._lifeline.take(pinned_context(self._folder / target.ca_file).wrap_socket(opened, server_hostname=host))
        with opened:
            opened.sendall(str(len(content)).encode() + b" " + content)
            opened.settimeout(FAREWELL_SECONDS)
            if isinstance(opened, ssl.SSLSocket):
                with contextlib.suppress(
                    ssl.SSLEOFError, TimeoutError
                ):  # a server that closes without the farewell of TLS has read everything as well
                    opened.unwrap()
            opened.shutdown(socket.SHUT_WR)
            with contextlib.suppress(TimeoutError):  # a server that took everything and stays open: nothing is to come from it
                while opened.recv(4096):
                    pass


class SyslogAlarms:
    """A syslog as an alarm channel."""

    def __init__(self, settings: SyslogChannel, *, folder: Path, station_id: str) -> None:
        self.name = settings.name
        self.priorities = settings.priorities
        self._station_id = station_id
        self._sender = SyslogSender(settings, folder=folder, name=settings.name)

    def send(self, message: Message) -> str:
        """Send the notice as one entry.

        Raises:
            ChannelUnreachableError, ChannelPinError: as named.
        """
        kind = "alarm" if message.priority else "channel-test"
        fields: dict[str, object] = {"id": message.id, "priority": message.priority, "title": message.title, "active": message.active}
        self._sender.send(Entry(LOCAL0, _SEVERITIES[message.priority], message.at_us, self._station_id, kind, fields))
        return ""

    def follow(self, active: frozenset[int]) -> None:
        """A syslog shows nothing that lasts."""

    def abort(self) -> None:
        """Cut the connection."""
        self._sender.stop()

"""The station's side of the witness: one request on one pinned connection, with a deadline over all of it."""

from __future__ import annotations

import contextlib
import hmac
import socket
import ssl
import threading
from typing import Final
from urllib.parse import urlsplit

from jope.kernel.clock import Clock
from jope.kernel.errors import AnchorUnreachableError, PinError
from jope.kernel.settings.files import WitnessAnchor
from jope.services.anchoring.asking import PATH, AddCheckpoint
from jope.services.anchoring.certificates import client_context, pin_of
from jope.services.anchoring.memory import origin_id
from jope.services.anchoring.settingup import ClientIdentity
from jope.services.anchoring.wire import MAX_ANSWER, Response, is_whole, read_response, request_bytes

DEADLINE_SECONDS: Final = 15.0


class WitnessClient:
    """Speaks to one witness. One request at a time; ``abort`` may come from any thread."""

    def __init__(self, anchor: WitnessAnchor, identity: ClientIdentity, clock: Clock, *, seconds: float = DEADLINE_SECONDS) -> None:
        place = urlsplit(anchor.url)
        assert place.hostname is not None, "the policy's reader has looked"
        assert place.port is not None, "the policy's reader has looked"
        self._host, self._port = place.hostname, place.port
        self._pin = bytes.fromhex(anchor.pin)
        self._identity = identity
        self._clock = clock
        self._budget_us = int(seconds * 1_000_000)
        self._guard = threading.Lock()
        self._live: socket.socket | None = None
        self._aborted = False

    def add_checkpoint(self, request: AddCheckpoint) -> Response:
        """Ask for a cosignature.

        Raises:
            AnchorUnreachableError: no answer in time.
            PinError: another machine answers than the pinned one.
        """
        return self._ask("POST", PATH, request.text.encode())

    def newest(self, origin: str) -> Response:
        """Ask for the newest note that the witness cosigned of a trail.

        Raises:
            AnchorUnreachableError, PinError: as above.
        """
        return self._ask("GET", f"/{origin_id(origin)}/checkpoint")

    def abort(self) -> None:
        """Let go of a running request at once, and take no other: the station stops."""
        with self._guard:
            self._aborted = True
            if self._live is not None:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(self._live, socket.SHUT_RDWR)  # below TLS: the thread that waits in it wakes up

    def _ask(self, method: str, path: str, body: bytes = b"") -> Response:
        end_us = self._clock.monotonic_us() + self._budget_us
        try:
            context = client_context(self._identity.key, self._identity.certificate, self._identity.passphrase)
            family, kind, number, _, address = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)[0]
            with context.wrap_socket(socket.socket(family, kind, number), do_handshake_on_connect=False) as secure:
                self._hold(secure)
                secure.settimeout(self._left(end_us))
                secure.connect(address)
                secure.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the request does not wait for what confirms the handshake
                secure.settimeout(self._left(end_us))
                secure.do_handshake()
                self._require_pin(secure)
                secure.settimeout(self._left(end_us))
                secure.sendall(request_bytes(method, self._host, path, body))
                return read_response(self._read(secure, end_us))
        except OSError as error:  # time-outs and failures of TLS are OSErrors too
            raise AnchorUnreachableError(f"The witness at {self._host}:{self._port} does not answer ({_reason(error)}).") from error
        finally:
            with self._guard:
                self._live = None

    def _hold(self, connection: socket.socket) -> None:
        with self._guard:
            if self._aborted:
                raise TimeoutError("the station stops")
            self._live = connection

    def _require_pin(self, secure: ssl.SSLSocket) -> None:
        certificate = secure.getpeercert(binary_form=True)
        if certificate is None or not hmac.compare_digest(pin_of(certificate), self._pin):
            raise PinError(f"Another machine than the pinned witness answers at {self._host}:{self._port}.")

    def _read(self, secure: ssl.SSLSocket, end_us: int) -> bytes:
        """The whole answer, or what came of it up to the end of the connection, in the time that is left."""
        content = b""
        while True:
            secure.settimeout(self._left(end_us))
            piece = secure.recv(16 * 1024)
            if not piece and not content:
                message = (
                    f"The witness at {self._host}:{self._port} ends the connection without an answer; it may not know this certificate."
                )
                raise AnchorUnreachableError(message)
            content += piece
            if not piece or is_whole(content):
                return content
            if len(content) > MAX_ANSWER:
                raise AnchorUnreachableError(f"The witness at {self._host}:{self._port} answers without end.")

    def _left(self, end_us: int) -> float:
        left = (end_us - self._clock.monotonic_us()) / 1_000_000
        if left <= 0:
            raise TimeoutError("no answer in time")
        return left


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or 'failed'}"
    return error.strerror or str(error) or type(error).__name__

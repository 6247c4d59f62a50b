"""The small part of HTTP/1.1 that witness and station speak (RFC 9112): one request and one answer on a connection, lengths named, no chunks.

Limits: a head of 8 KiB, a body of 128 KiB to the witness and 64 KiB back. Whatever else a request asks for is refused.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Final

from jope.kernel.errors import AnchorUnreachableError

MAX_HEAD: Final = 8 * 1024
MAX_BODY: Final = 128 * 1024
MAX_ANSWER: Final = 64 * 1024
_REQUEST_LINE: Final = re.compile(rb"^(GET|POST) (/[!-~]{0,200}) HTTP/1\.[01]$")
_FIELD: Final = re.compile(rb"^([A-Za-z0-9-]{1,64}):[ \t]*([\t -~\x80-\xff]{0,1000}?)[ \t]*$")
_NAMED_LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length:[ \t]*([0-9]{1,7})[ \t]*(?:\r\n|$)")
_LENGTH: Final = re.compile(rb"^[0-9]{1,7}$")
_STATUS_LINE: Final = re.compile(rb"^HTTP/1\.1 ([1-5][0-9]{2})( [ -~]*)?$")
_REASONS: Final = {
    200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict", 413: "Content Too Large",
    422: "Unprocessable Content", 431: "Request Header Fields Too Large", 503: "Service Unavailable",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came."""

    method: str
    path: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as it came: status, type and text."""

    status: int
    type: str
    text: str


class UnreadableRequestError(Exception):
    """A request that is answered with a status alone."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def read_request(reader: asyncio.StreamReader) -> Request:
    """Read one request from a stream whose limit is ``MAX_HEAD``.

    Raises:
        UnreadableRequestError: malformed or too large.
        EOFError, OSError: the other side went away.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as error:
        raise UnreadableRequestError(431) from error
    first, *lines = head[:-4].split(b"\r\n")
    line = _REQUEST_LINE.match(first)
    if line is None:
        raise UnreadableRequestError(400)
    length = _length(_fields(lines))
    if length is None and line.group(1) == b"POST":
        raise UnreadableRequestError(400)
    if (length or 0) > MAX_BODY:
        raise UnreadableRequestError(413)
    body = await reader.readexactly(length) if length else b""
    return Request(line.group(1).decode("ascii"), line.group(2).decode("ascii"), body)


def _fields(lines: list[bytes]) -> dict[bytes, bytes]:
    fields: dict[bytes, bytes] = {}
    for line in lines:
        found = _FIELD.match(line)
        if found is None or found.group(1).lower() in fields:
            raise UnreadableRequestError(400)
        fields[found.group(1).lower()] = found.group(2)
    return fields


def _length(fields: dict[bytes, bytes]) -> int | None:
    if b"transfer-encoding" in fields:
        raise UnreadableRequestError(400)
    text = fields.get(b"content-length")
    if text is None:
        return None
    if not _LENGTH.match(text):
        raise UnreadableRequestError(400)
    return int(text)


def response_bytes(status: int, type_: str, text: str) -> bytes:
    """An answer, after which the connection ends."""
    body = text.encode()
    head = f"HTTP/1.1 {status} {_REASONS.get(status, 'Error')}\r\nContent-Type: {type_}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode("ascii") + body


def request_bytes(method: str, host: str, path: str, body: bytes = b"") -> bytes:
    """A request, after which the connection ends."""
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode("ascii") + body


def is_whole(raw: bytes) -> bool:
    """Whether so much of an answer is the whole of it, by the length that its head names."""
    head, gap, body = raw.partition(b"\r\n\r\n")
    named = _NAMED_LENGTH.search(head)
    return bool(gap) and named is not None and len(body) >= int(named.group(1))


def read_response(raw: bytes) -> Response:
    """Read an answer that came whole.

    Raises:
        AnchorUnreachableError: it is none, or was cut.
    """
    head, gap, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    status = _STATUS_LINE.match(first)
    try:
        fields = _fields(lines)
        length = _length(fields)
        text = body.decode("utf-8")
    except (UnreadableRequestError, UnicodeDecodeError) as error:
        raise AnchorUnreachableError("The witness's answer cannot be read.") from error
    if not gap or status is None or length != len(body):
        raise AnchorUnreachableError("The witness's answer was cut, or is no answer.")
    return Response(int(status.group(1)), fields.get(b"content-type", b"").decode("latin-1"), text)

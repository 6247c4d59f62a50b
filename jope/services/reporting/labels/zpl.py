"""A label as the bytes that a ZPL II printer gets, and the picture that those bytes hold (URS F16).

1. A label is one picture of black and white dots. No name, number or code stands in the bytes as text, so nothing that a person typed can be a command.
2. ``decoded`` takes nothing but what ``encoded`` makes, byte for byte: what is shown before printing is decoded from the very bytes that are sent.
3. The picture is compressed with its own check sum (``:Z64:``): a printer that got damaged bytes refuses them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib
from dataclasses import dataclass
from typing import Final

from jope.kernel.errors import RefusedError

_FORM: Final = re.compile(
    rb"\^XA\^PW(\d{1,4})\^LL(\d{1,4})\^LH0,0\^PQ1,0,0,N\^FO0,0\^GFA,(\d+),(\d+),(\d+),:Z64:([A-Za-z0-9+/]+={0,2}):([0-9A-F]{4})\^FS\^XZ"
)
_LEVEL: Final = 9
MOST_DOTS: Final = 4000
"""The longest side of a label."""


@dataclass(frozen=True, slots=True)
class Bitmap:
    """A picture of dots, row by row, each row filled up to whole bytes; a set bit is black."""

    width: int
    height: int
    rows: bytes

    def __post_init__(self) -> None:
        whole = 0 < self.width <= MOST_DOTS and 0 < self.height <= MOST_DOTS and len(self.rows) == self.bytes_per_row * self.height
        if not whole:
            raise RefusedError("The picture of the label has not the size that it says.", remedy="Make the label again.")

    @property
    def bytes_per_row(self) -> int:
        """How many bytes a row is long."""
        return (self.width + 7) // 8

    def png(self) -> bytes:
        """As a PNG file, black on white."""
        rows = bytes(byte ^ 0xFF for byte in self.rows)
        lines = b"".join(b"\0" + rows[y * self.bytes_per_row : (y + 1) * self.bytes_per_row] for y in range(self.height))
        head = self.width.to_bytes(4, "big") + self.height.to_bytes(4, "big") + b"\x01\0\0\0\0"
        chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def encoded(picture: Bitmap) -> bytes:
    """The bytes that print the picture once."""
    packed = base64.b64encode(zlib.compress(picture.rows, _LEVEL))
    size, per_row = len(picture.rows), picture.bytes_per_row
    head = f"^XA^PW{picture.width}^LL{picture.height}^LH0,0^PQ1,0,0,N^FO0,0^GFA,{size},{size},{per_row},:Z64:".encode("ascii")
    return head + packed + f":{binascii.crc_hqx(packed, 0):04X}^FS^XZ".encode("ascii")


def decoded(content: bytes) -> Bitmap:
    """The picture that the bytes print.

    Raises:
        RefusedError: they are not exactly what ``encoded`` makes of a picture.
    """
    found = _FORM.fullmatch(content)
    refusal = RefusedError("These bytes are no label of this station.", remedy="Make the label again.")
    if found is None:
        raise refusal
    width, height = int(found.group(1)), int(found.group(2))
    if not (width <= MOST_DOTS and height <= MOST_DOTS):
        raise refusal
    unpacking = zlib.decompressobj()
    try:
        rows = unpacking.decompress(base64.b64decode(found.group(6), validate=True), (width + 7) // 8 * height + 1)
    except (ValueError, zlib.error) as error:
        raise refusal from error
    picture = Bitmap(width, height, rows)
    if encoded(picture) != content:
        raise refusal
    return picture


def fingerprint_of(content: bytes) -> str:
    """SHA-256 of a label's bytes, in hex."""
    return hashlib.sha256(content).hexdigest()

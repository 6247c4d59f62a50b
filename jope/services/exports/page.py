"""``index.html``: the page that verifies in a browser, with the bundle's data inside.

A page that is opened from a file may not read the files beside it, so the data stands in the page, as JSON in a script element that no browser runs.
The page's program is the part around that element; the manifest names its SHA-256, and the element's content follows from the files byte for byte.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Final

from jope.services.exports.verifier import verify

_TEMPLATE: Final = "page.html"
_MESSAGES: Final = b"{/*messages*/}"
MOST_EMBEDDED: Final = 32 * 1024 * 1024
"""Bytes of events that a page holds; of a larger bundle it asks for the zip."""


def verifier_source() -> bytes:
    """``verify.py`` as it travels in a bundle."""
    return (files(verify.__package__ or "") / "verify.py").read_bytes()


@cache
def _program() -> tuple[bytes, bytes]:
    """What stands before and behind the embedded data. The page says what the verifier says: the sentences come from there.

    Its content security policy names program and style by their hashes, so that the browser runs nothing else.
    """
    template = (files(verify.__package__ or "") / _TEMPLATE).read_bytes()
    said = {"messages": verify.MESSAGES, "layers": verify.LAYERS, "embedded": verify.EMBEDDED, "needed": verify.NEEDED}
    template = template.replace(_MESSAGES, json.dumps(said, sort_keys=True).replace("<", "\\u003c").encode())
    for mark, begin, end in ((b"/*script*/", b"<script>", b"</script>"), (b"/*style*/", b"<style>", b"</style>")):
        inside = template.partition(begin)[2].partition(end)[0]
        template = template.replace(mark, b"sha256-" + base64.b64encode(hashlib.sha256(inside).digest()), 1)
    before, mark, rest = template.partition(verify.PAGE_BEGIN)
    _, end, after = rest.partition(verify.PAGE_END)
    return before + mark, end + after


def page_digest() -> str:
    """SHA-256 in hex of the page without its data."""
    before, after = _program()
    return hashlib.sha256(before + after).hexdigest()


def page_of(contents: dict[str, str]) -> list[bytes]:
    """The page in pieces, with these files embedded (texts by name); none for a bundle that is too large."""
    before, after = _program()
    return [before, verify.embedded_text(contents), after]

"""What a person reads without the product: the events as CSV, what each field means, how to verify (URS C08, O02, O03; P11-03, A11d-24)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from jope.kernel.clock import site_text
from jope.services.exports.slices import Row

EVENT_COLUMNS: Final = (
    "seq", "utc", "site_time", "who", "role", "action", "outcome", "about", "reason", "meaning", "before_and_after", "details", "signature",
    "session", "station", "address", "os_user", "clock", "command", "software",
)  # fmt: skip
_FORMULA: Final = re.compile(r"^[=+\-@\t\r]")
_NUMBER: Final = re.compile(r"^[+-]?[0-9]+(\.[0-9]+)?$")


def csv_line(values: Iterable[Any]) -> bytes:
    """One line of RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe before it; None is an empty cell."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow([_cell(value) for value in values])
    return buffer.getvalue().encode("utf-8")


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text


def event_cells(row: Row, zone: str) -> Sequence[Any]:
    """The cells of one event. What cannot be read stands as it is, in the last cell but one of its kind; verification says what is wrong with it."""
    try:
        body, payload = json.loads(row.body), json.loads(row.payload or "{}")
        about = "; ".join(f"{s['kind']} {s['id']}" for s in body["subjects"])
        changes = "; ".join(change for image in payload.get("images", []) for change in _changes(image))
        details = json.dumps(payload.get("details", {}), ensure_ascii=False, sort_keys=True)
        return (
            body["seq"], _exact_utc(body["utc"]), site_text(body["utc"], zone), body["actor"], body["role"], body["action"], body["outcome"], about,
            payload.get("reason", ""), _meaning(payload), changes, details, body["signature"], body["session"], body["station"], body["address"],
            body["os_user"], body["quality"], body["command"], body["software"],
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError):
        return (row.seq, *[""] * 10, f"unreadable: {row.body}")


def _exact_utc(utc_us: int) -> str:
    """``2026-11-20T09:41:07.000123Z``: RFC 3339 to the microsecond."""
    return f"{site_text(utc_us, 'UTC')[:19].replace(' ', 'T')}.{utc_us % 1_000_000:06d}Z"


def _meaning(payload: dict[str, Any]) -> str:
    """The meaning of the signature that the event applied."""
    rows = (image["after"] for image in payload.get("images", []) if image["table"] == "signature" and image["after"])
    return next((str(row.get("meaning", "")) for row in rows), "")


def _changes(image: dict[str, Any]) -> Iterable[str]:
    before, after = image["before"] or {}, image["after"] or {}
    where = f"{image['table']} {image['key']}"
    for column in after or before:
        if before.get(column) != after.get(column):
            yield f"{where}: {column} {_shown(before.get(column))} -> {_shown(after.get(column))}"


def _shown(value: Any) -> str:
    if value is None:
        return "(nothing)"
    text = str(value)
    return "(sealed)" if text.startswith("sealed:") else text


EVENT_FIELDS: Final = {
    "v": "version of this form of the body; 1",
    "seq": "place in the trail, counted from 1 without gaps",
    "utc": "time in UTC, microseconds since 1970-01-01",
    "boot": "id of the computer's boot",
    "mono": "microseconds since that boot; never goes back within it",
    "quality": "quality of the clock: synchronised, holdover, or suspect when it stands before the trail",
    "actor": "employee id of the person who acted, or SYSTEM for the station itself",
    "role": "the role the person held then",
    "session": "id of the person's session",
    "station": "the station",
    "address": "the computer's name",
    "os_user": "the operating system's user",
    "action": "what happened; see actions",
    "outcome": "done, denied, refused or failed",
    "subjects": "the records it is about: kind, id, n (the record's own count of events from 1) and prev (seq of its event before, 0 for none)",
    "payload": "SHA-256 in hex over salt and payload",
    "prior": "SHA-256 in hex over the rows before, null where there were none",
    "next": "SHA-256 in hex over the rows after, null where there are none",
    "signature": "id of the electronic signature that belongs to this event, or null",
    "command": "id of the command; all events of one commit carry the same",
    "software": "version of the program",
    "settings": "revision of the settings in force",
}
"""The fields of a body."""

_FILES: Final = {
    "README.txt": "how to verify this bundle",
    "index.html": "the page that shows and verifies the trail in a browser, without a network",
    "verify.py": "the verifier for Python 3.9 or newer, without any other library",
    "manifest.json": "every file with its SHA-256, what was asked, which event the export is, the checkpoint",
    "manifest.sig": "Ed25519 signature of the station over 'jope bundle manifest v1', a line end and manifest.json; 128 hex digits",
    "checkpoint": "C2SP signed note: origin, number of events, root of the tree in base64, signature",
    "keys.json": "the public keys of the station, each with the first event that it signs; every key but the first is named by a key.rotated event",
    "events.jsonl": "the events, one JSON object per line",
    "events.csv": "the same events for people and spreadsheets",
    "documents": "batch records as PDF",
    "tables": "every business table as JSON (one row per line) and as CSV; tables/index.json names keys, columns and what is left out",
}
_LINE: Final = {
    "body": "the event itself, canonical JSON; the leaf of the tree is SHA-256 over a zero byte and this text",
    "payload": "details, images (rows before and after), reason; null where it was disposed of",
    "salt": "16 random bytes in hex",
    "proof": "the nodes from leaf to root in base64, lowest first (RFC 6962, 2.1.1)",
    "prev": "SHA-256 in hex over 03, hash and signature of the event before; over 04 and the origin for the first",
    "sig": "Ed25519 signature in hex over origin, seq and hash; hash is SHA-256 over 02, prev and leaf; null but for the last event of a commit",
}
_PAYLOAD: Final = {
    "details": "further facts of the action",
    "images": "each changed row: table, key, before and after; of a row that stood before and stands after only the changed columns",
    "reason": "why, as the person gave it",
    "asked": "type and digest of the command",
    "result": "what the command returned",
}
_CSV: Final = (
    "RFC 4180, UTF-8. A text that begins like a formula has an apostrophe before it, which is not part of the value; "
    "the JSON files have the exact value."
)


def dictionary(actions: Iterable[str], left_out: dict[str, str]) -> dict[str, Any]:
    """``dictionary.json``: what every file and field means.

    Args:
        actions: every action that may stand in the trail.
        left_out: what is not in the bundle, with the reason.
    """
    return {
        "format": 1,
        "files": _FILES,
        "line": _LINE,
        "body": EVENT_FIELDS,
        "payload": _PAYLOAD,
        "actions": {action: _in_words(action) for action in sorted(actions)},
        "csv": _CSV,
        "sealed": "A value that begins with 'sealed:' is encrypted in the trail (names, password hashes); the station alone opens it.",
        "left_out": left_out,
    }


def _in_words(action: str) -> str:
    subject, _, what = action.partition(".")
    return f"{subject}: {what.replace('_', ' ')}"


README: Final = """\
{title}

Origin: {origin}
Events: {events}; checkpoint over the first {size} events of the trail
Made:   {made}, event {seq}

What this is
------------
A part of the audit trail of one station, with everything that is needed to see whether it is complete and unchanged. The trail is tamper-evident:
a change is not kept from happening, it is found.

How to verify
-------------
1. Get the station's genesis key from paper (the station's qualification report), not from this bundle.
2. Run      python3 verify.py --genesis KEY BUNDLE
   with Python 3.9 or newer; nothing else is needed. One line is printed per finding; the exit code is 0 without findings, 1 with findings.
   Use a copy of verify.py that you trust: one from the vendor, or from an earlier bundle. What lies in a bundle may have been changed with it.
3. Or open index.html in a browser, without a network. It verifies what is embedded in it; drop the whole zip onto it to verify every file.

If the zip was packed again on its way, unpack it and verify the folder.

What the files are: dictionary.json.
"""

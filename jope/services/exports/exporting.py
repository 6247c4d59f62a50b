"""Making a bundle: first the event, then a checkpoint that covers it, then the file (URS C03, C13, O01, O02, O03, O07; P11-01, P11-03).

Rules:

1. The export's event comes first. It is about the exported record, so that its own count there is the number of events the bundle must hold.
2. A checkpoint is made for this export and says so in its heartbeat. What the trail holds about the record after the export is not in the bundle.
3. Everything is read in one transaction. Manifest and checkpoint carry the signature of the same key; where a new day began in between, it is done
   again.
4. The file is written beside its place and renamed when it is whole. Where it cannot be written the event stands: somebody asked for the data.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Final

from jope.compliance.access.reader import Reader
from jope.compliance.audit.actions import Action
from jope.compliance.audit.notes import read_note
from jope.kernel.canonical import canonical_text
from jope.kernel.clock import utc_text
from jope.kernel.errors import ExportUnsettledError
from jope.kernel.settings.identity import StationFacts
from jope.services.exports.commands import ExportData, Scope
from jope.services.exports.packing import BundleWriter, new_bundle, require_writable
from jope.services.exports.page import MOST_EMBEDDED, page_digest, page_of, verifier_source
from jope.services.exports.proofs import ManyProofs
from jope.services.exports.readable import EVENT_COLUMNS, README, csv_line, dictionary, event_cells
from jope.services.exports.slices import Closing, cause_of, closing_of, epochs_until, keys_text, line_of, rows_of
from jope.services.exports.tables import add_tables, left_out
from jope.services.exports.verifier.verify import manifest_message

_TRIES: Final = 3
_SAFE: Final = re.compile(r"[^A-Za-z0-9_-]")
_IN_MEMORY: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ExportPorts:
    """What making a bundle needs of its station."""

    dispatch: Callable[[ExportData], object]
    """Runs the command as the person who asks."""
    checkpoint: Callable[[str], None]
    """Makes a checkpoint now, for a cause."""
    reading: Callable[[], AbstractContextManager[Reader]]
    """A reading transaction over the whole trail, for the proofs; that the record is the person's to take was settled by the command."""
    sign: Callable[[bytes], tuple[bytes, bytes]]
    """(public key, signature) of the ledger's key over a message."""
    print_batch: Callable[[Reader, str], bytes]
    """The record of a batch as PDF."""
    info: StationFacts
    origin: str
    genesis_public: str


@dataclass(frozen=True, slots=True)
class Exported:
    """A bundle that was made. ``events`` are the lines of its ``events.jsonl``, ``seq`` the export's own event, ``size`` and ``root`` the checkpoint."""

    path: str
    scope: str
    events: int
    seq: int
    size: int
    root: str
    bytes: int


def export(command: ExportData, path: Path, ports: ExportPorts) -> Exported:
    """Make a bundle.

    Args:
        command: what is asked.
        path: where the zip goes; one that is there is replaced when the new one is whole.
        ports: the station.

    Raises:
        UnwritableFileError: the file cannot be written; nothing is at its place that was not there before.
        ExportUnsettledError: no checkpoint covers the export.
        BundleTooLargeError: it does not fit into one bundle.
        DeniedError, RefusedError, NotFoundError: the person may not, or there is no such record.
    """
    require_writable(path)
    ports.dispatch(command)
    for _ in range(_TRIES):
        ports.checkpoint(cause_of(command))
        with ports.reading() as reader:
            closing = closing_of(reader.cursor, command)
            if closing is None:
                break
            if command.scope is Scope.STATION and _newest(reader) != closing.size:
                continue  # the tables would show more than the checkpoint covers
            try:
                return _made(command, path, ports, reader, closing)
            except _NewEpochError:
                continue
    raise ExportUnsettledError("No checkpoint of this export could be made or signed.")


class _NewEpochError(Exception):
    """A new key signs since the checkpoint was made."""


def _newest(reader: Reader) -> int:
    return int(reader.execute("SELECT max(seq) FROM audit")[0][0])


def _made(command: ExportData, path: Path, ports: ExportPorts, reader: Reader, closing: Closing) -> Exported:
    with new_bundle(path) as writer:
        making = _Making(command, closing, reader, ports, writer)
        making.write()
    size = path.stat().st_size
    return Exported(str(path), command.scope.value, making.events, closing.seq, closing.size, making.root.hex(), size)


class _Making:
    """One bundle while it is made."""

    def __init__(self, command: ExportData, closing: Closing, reader: Reader, ports: ExportPorts, writer: BundleWriter) -> None:
        self._command = command
        self._closing = closing
        self._reader = reader
        self._ports = ports
        self._writer = writer
        self._embedded: dict[str, str] = {}
        self.root = read_note(closing.note).root
        self.events = 0
        self._first = self._last = 0
        self._kept: list[bytes] | None = []

    def write(self) -> None:
        """Every file, the manifest before the page that holds it.

        Raises:
            _NewEpochError: the key is another one by now.
        """
        cursor, ports, closing = self._reader.cursor, self._ports, self._closing
        epochs = epochs_until(cursor, closing.size, ports.genesis_public)
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as table:
            table.write(csv_line(EVENT_COLUMNS))
            self._writer.add("events.jsonl", self._lines(table))
            table.seek(0)
            self._writer.add("events.csv", iter(lambda: table.read(_IN_MEMORY), b""))
        self._text("checkpoint", closing.note)
        self._text("keys.json", keys_text(ports.origin, epochs))
        out = left_out(cursor) if self._command.scope is Scope.STATION else {}
        self._text("dictionary.json", canonical_text(dictionary([action.value for action in Action], out)) + "\n")
        self._writer.add("verify.py", [verifier_source()])
        self._writer.add("README.txt", [self._readme().encode()])
        self._documents()
        if self._command.scope is Scope.STATION:
            add_tables(self._writer, cursor)
        self._sign(bytes.fromhex(epochs[-1]["public_key"]))
        self._writer.add("index.html", page_of(self._embedded if self._kept is not None else {}))

    def _text(self, name: str, text: str) -> None:
        """A file that the page holds too."""
        self._embedded[name] = text
        self._writer.add(name, [text.encode()])

    def _lines(self, table: IO[bytes]) -> Iterator[bytes]:
        """The events; on the way each becomes a line of the CSV, and part of the page as long as it holds them."""
        cursor = self._reader.cursor
        proofs = ManyProofs(cursor.connection.cursor(), self._closing.size) if self._command.scope is Scope.SUBJECT else None
        room = MOST_EMBEDDED
        for row in rows_of(cursor, self._command, self._closing):
            line = line_of(row, proofs)
            table.write(csv_line(event_cells(row, self._ports.info.zone)))
            self.events, self._last = self.events + 1, row.seq
            self._first = self._first or row.seq
            room -= len(line)
            self._keep(line if room >= 0 else None)
            yield line
        if self._kept is not None:
            self._embedded["events.jsonl"] = b"".join(self._kept).decode()

    def _keep(self, line: bytes | None) -> None:
        if line is None:
            self._kept = None
        elif self._kept is not None:
            self._kept.append(line)

    def _documents(self) -> None:
        """The batch records."""
        command = self._command
        if command.scope is Scope.STATION:
            batches = [batch_no for (batch_no,) in self._reader.execute("SELECT batch_no FROM batch ORDER BY batch_no")]
        else:
            batches = [command.id] if command.scope is Scope.SUBJECT and command.kind == "batch" else []
        for number, batch_no in enumerate(batches, start=1):
            name = f"documents/{number:04d}-batch-{_SAFE.sub('-', batch_no)[:40]}.pdf"
            self._writer.add(name, [self._ports.print_batch(self._reader, batch_no)])

    def _sign(self, due: bytes) -> None:
        command, closing, ports = self._command, self._closing, self._ports
        info = ports.info
        manifest = {
            "format": 1,
            "origin": ports.origin,
            "scope": command.scope.value,
            "subject": command.subject,
            "request": command.request,
            "export": {"id": command.command_id, "seq": closing.seq},
            "made_utc": closing.utc_us,
            "station": {
                "station_id": info.station_id, "site": info.site, "line": info.line, "zone": info.zone, "demo": info.demo, "version": info.version,
            },
            "checkpoint": {"size": closing.size, "root": self.root.hex()},
            "events": {"count": self.events, "first": self._first, "last": self._last},
            "page": {"sha256": page_digest(), "embedded": self._kept is not None},
            "files": {name: asdict(packed) for name, packed in self._writer.files.items()},
        }  # fmt: skip
        text = canonical_text(manifest) + "\n"
        public, signature = ports.sign(manifest_message(text.encode()))
        if public != due:
            raise _NewEpochError
        self._text("manifest.json", text)
        self._text("manifest.sig", signature.hex() + "\n")

    def _readme(self) -> str:
        command, closing, info = self._command, self._closing, self._ports.info
        what = {
            Scope.SUBJECT: f"The audit trail of {command.kind} {command.id}",
            Scope.TRAIL: "The whole audit trail",
            Scope.STATION: "Everything that the station holds",
        }[command.scope]
        demo = " - DEMO" if info.demo else ""
        return README.format(
            title=f"{what}, station {info.station_id}, {info.site}{demo}", origin=self._ports.origin, events=self.events, size=closing.size,
            made=utc_text(closing.utc_us), seq=closing.seq,
        )  # fmt: skip

"""Bundles that were tampered with: the verifier for a bare Python, the page in a browser and the product say the same of each.

200 honest bundles are found whole, 200 damaged ones are refused, each by the layer that is named for the damage. Somebody without the station's key (D)
leaves a manifest that is not signed; somebody with today's key (K) signs it again, and the layers below find what was done.
"""

from __future__ import annotations

import importlib.util
import json
import random
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jope.bootstrap import open_station
from jope.compliance.audit import ledger
from jope.compliance.audit.commands import RotateKey
from jope.compliance.audit.merkle import inclusion_proof, root_of
from jope.compliance.audit.notes import Checkpoint, read_note
from jope.kernel.canonical import canonical_text
from jope.kernel.crypto.keys import read_key
from jope.kernel.crypto.signing import SigningKey
from jope.services.exports.commands import ExportData, Scope
from jope.services.exports.verifier import verify
from tests.support.browser import Browser, running_browser
from tests.support.bundles import Files, Parts, files_of, pack, payload_follows, place_checkpoint, proof_text, rewrite_trail
from tests.support.demo import Crew
from tests.support.ed25519_cases import cases

VERIFIER = Path(verify.__file__)
HONEST = DAMAGED = 200
PROCESSES = 24
Found = set[tuple[str, str, int | None]]
STRANGER = SigningKey(b"\x09" * 32)


@dataclass
class Scene:
    """Honest bundles of one station, and what an attacker may hold of it."""

    folder: Path
    bundles: list[Path] = field(default_factory=list)
    today: SigningKey = STRANGER
    genesis: str = ""
    leaves: list[bytes] = field(default_factory=list)
    """The leaves of the trail up to the newest whole export."""

    def of(self, scope: str, kind: str = "") -> list[Path]:
        """The bundles of a scope, and of a kind of record."""
        return [path for path in self.bundles if path.stem.split("-")[1] == scope and kind in ("", path.stem.split("-")[2])]


@pytest.fixture(scope="module")
def scene(released_batch: Path, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """200 honest exports of a station with three epochs and a released batch. Never written to."""
    folder = tmp_path_factory.mktemp("bundles")
    root = folder / "station"
    shutil.copytree(released_batch, root)
    made = Scene(folder)
    station = open_station(root)
    try:
        for _ in range(2):
            station._dispatch_own(RotateKey())
        token = Crew(station).token("D-QA")
        with station._reading("*") as reader:
            kinds = reader.execute("SELECT kind, id FROM audit_subject WHERE kind <> 'batch' GROUP BY kind, id ORDER BY id")
        others = cycle(kinds)
        for number in range(HONEST):
            scope = {0: Scope.STATION, 1: Scope.TRAIL, 2: Scope.TRAIL}.get(number, Scope.SUBJECT)
            kind, id_ = ("", "") if scope is not Scope.SUBJECT else ("batch", "B-0001") if number < 7 else next(others)
            path = folder / f"{number:03d}-{scope}-{kind}.zip"
            station.export_data(ExportData(scope=scope, kind=kind, id=id_), token, path)
            station.bus._rate._failures.clear()
            made.bundles.append(path)
        made.today = SigningKey(read_key(root / "keys" / "ledger.key"))
        made.genesis = station.policy.genesis_public_key
        with station._reading("*") as reader:
            made.leaves = [bytes(leaf) for (leaf,) in reader.execute("SELECT leaf FROM audit ORDER BY seq")]
    finally:
        station.close()
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all bundles."""
    with running_browser() as found:
        yield found


# --- three verdicts ------------------------------------------------------------------------------------------------------


def said_by_product(path: Path, module: ModuleType = verify) -> Found:
    """The findings of the shipped verifier, imported."""
    return {(f.layer, f.key, f.seq) for f in module.verify(str(path)).findings}


def said_by_process(path: Path) -> Found:
    """The findings of the shipped verifier in a bare Python."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), str(path), "--json"], capture_output=True, text=True, check=False, timeout=60
    )
    report = json.loads(done.stdout)
    assert done.stderr == ""
    assert done.returncode == (0 if report["ok"] else 1)
    assert report["ok"] == (not report["findings"])
    return in_report(report)


def in_report(report: dict[str, Any]) -> Found:
    """The findings of a report."""
    assert "failed" not in report, report
    return {(f["layer"], f["key"], f["seq"]) for f in report["findings"]}


class Page:
    """A page that is given one zip after the other."""

    def __init__(self, browser: Browser, page: Path, fragment: str = "") -> None:
        self._browser = browser
        browser.open(page, fragment)
        self.first = browser.report()
        self._runs = 1

    def said_of(self, path: Path) -> Found:
        """The findings in a zip."""
        self._runs += 1
        self._browser.run("document.getElementById('file').value = ''")
        self._browser.give("#file", str(path))
        report = self._browser.report(self._runs)
        state = self._browser.run("return document.getElementById('verdict').dataset.state")
        assert state == ("ok" if report["ok"] else "findings")
        return in_report(report)


def unpacked(path: Path, folder: Path) -> Path:
    """The bundle as a folder; returns its page."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files_of(path).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder / "index.html"


def require_same(page: Page, path: Path, module: ModuleType = verify) -> Found:
    """The product and the page say the same of a bundle.

    Raises:
        AssertionError: they do not.
    """
    product, browser = said_by_product(path, module), page.said_of(path)
    assert product == browser, (
        f"{path.name}: only the verifier {sorted(map(str, product - browser))}, only the page {sorted(map(str, browser - product))}"
    )
    return product


# --- what is done to bundles -------------------------------------------------------------------------------------------

Damage = Callable[[Parts, random.Random, Scene], None]
"""Changes the parts of a bundle; manifest, page and signature are made to follow afterwards."""


def _leave_out(which: Callable[[list[int], random.Random], int]) -> Damage:
    def damage(parts: Parts, chance: random.Random, scene: Scene) -> None:
        own = [at for at in parts.own() if parts.lines[at]["body"]["seq"] <= parts.manifest["export"]["seq"]]
        del parts.lines[which(own, chance)]
        parts.write_lines()

    return damage


def _leave_out_action(action: str) -> Damage:
    def damage(parts: Parts, chance: random.Random, scene: Scene) -> None:
        del parts.lines[chance.choice(parts.with_action(action))]
        parts.write_lines()

    return damage


def _leave_out_the_end(parts: Parts, chance: random.Random, scene: Scene) -> None:
    """The newest own events and the export; the manifest names an event that is still there as the export."""
    own = [at for at in parts.own() if parts.lines[at]["body"]["seq"] <= parts.manifest["export"]["seq"]]
    gone = set(own[-2:])
    last = parts.lines[own[-3]]["body"]
    parts.lines = [line for at, line in enumerate(parts.lines) if at not in gone]
    parts.manifest["export"] = {"id": last["command"], "seq": last["seq"]}
    parts.write_lines()


def _edit_body(parts: Parts, chance: random.Random, scene: Scene) -> None:
    line = parts.lines[chance.choice(parts.own())]
    name = chance.choice(("utc", "actor", "outcome", "reason"))
    if name == "utc":
        line["body"]["utc"] += 60_000_000
    elif name == "reason":
        line["payload"]["reason"] += " and more"
        payload_follows(line)
    else:
        line["body"][name] += "X"
    parts.write_lines()


def _edit_payload(parts: Parts, chance: random.Random, scene: Scene) -> None:
    line = parts.lines[chance.choice(parts.own())]
    kind = chance.choice(("reason", "details", "salt", "gone"))
    if kind == "gone":
        line["payload"] = line["salt"] = None
    elif kind == "salt":
        line["salt"] = line["salt"][::-1] + "" if line["salt"] != line["salt"][::-1] else "00" * 16
    elif kind == "details":
        line["payload"]["details"]["added"] = 1
    else:
        line["payload"]["reason"] += "?"
    parts.write_lines()


def _swap_proofs(parts: Parts, chance: random.Random, scene: Scene) -> None:
    a, b = chance.sample(range(len(parts.lines)), 2)
    parts.lines[a]["proof"], parts.lines[b]["proof"] = parts.lines[b]["proof"], parts.lines[a]["proof"]
    parts.write_lines()


def _cut_proof(parts: Parts, chance: random.Random, scene: Scene) -> None:
    line = chance.choice(parts.lines)
    line["proof"] = chance.choice((line["proof"][:-1], [*line["proof"], line["proof"][0]], []))
    parts.write_lines()


def _reorder(parts: Parts, chance: random.Random, scene: Scene) -> None:
    at = chance.randrange(len(parts.lines) - 1)
    parts.lines[at], parts.lines[at + 1] = parts.lines[at + 1], parts.lines[at]
    parts.write_lines()


def _repeat(parts: Parts, chance: random.Random, scene: Scene) -> None:
    at = chance.randrange(len(parts.lines))
    parts.lines.insert(at, dict(parts.lines[at]))
    parts.write_lines()


def _snapshot(parts: Parts, chance: random.Random, scene: Scene) -> None:
    """Another record in the frozen snapshot, with a body that names the new payload."""
    line = parts.lines[chance.choice(parts.with_action("signature.applied"))]
    line["payload"]["details"]["record"]["kind"] = "another"
    payload_follows(line)
    parts.write_lines()


def _move_signature(parts: Parts, chance: random.Random, scene: Scene) -> None:
    """The signature names another event of the bundle as the one it stands on."""
    line = parts.lines[chance.choice(parts.with_action("signature.applied"))]
    image = next(i for i in line["payload"]["images"] if i["table"] == "signature")
    other = chance.choice([one for one in parts.lines if one["body"]["seq"] != image["after"]["target_seq"]])
    image["after"]["target_seq"] = other["body"]["seq"]
    image["after"]["target_leaf"] = ledger.leaf_of(canonical_text(other["body"])).hex()
    payload_follows(line)
    parts.write_lines()


def _another_signer(parts: Parts, chance: random.Random, scene: Scene) -> None:
    line = parts.lines[chance.choice(parts.with_action("signature.applied"))]
    next(i for i in line["payload"]["images"] if i["table"] == "signature")["after"]["signer"] = "D-ADMIN"
    payload_follows(line)
    parts.write_lines()


def _stray(parts: Parts, chance: random.Random, scene: Scene) -> None:
    """An event of the same trail that is not about the record, with a proof that holds."""
    trail = Parts.of(files_of(scene.of("trail")[-1]))
    size, here = parts.manifest["checkpoint"]["size"], {line["body"]["seq"] for line in parts.lines}
    free = [
        line
        for line in trail.lines
        if line["body"]["seq"] <= size and line["body"]["seq"] not in here and line["body"]["action"] == "log.heartbeat"
    ]
    body = chance.choice(free)
    proof = inclusion_proof(body["body"]["seq"] - 1, size, lambda start, end: root_of(scene.leaves[start:end]))
    parts.lines.append({"body": body["body"], "payload": body["payload"], "salt": body["salt"], "proof": proof_text(proof)})
    parts.lines.sort(key=lambda line: line["body"]["seq"])
    parts.write_lines()


def _older_export(parts: Parts, chance: random.Random, scene: Scene) -> None:
    """Everything since an earlier export of the same record is left out, and the bundle passed off as that export."""
    exports = [at for at in parts.with_action("data.exported") if parts.lines[at]["body"]["seq"] < parts.manifest["export"]["seq"]]
    body = parts.lines[chance.choice(exports)]["body"]
    size = parts.manifest["checkpoint"]["size"]
    parts.lines = [line for line in parts.lines if line["body"]["seq"] <= body["seq"] or line["body"]["seq"] == size]
    parts.manifest["export"] = {"id": body["command"], "seq": body["seq"]}
    parts.manifest["request"]["command"] = body["command"]
    parts.write_lines()


def _foreign_checkpoint(parts: Parts, chance: random.Random, scene: Scene) -> None:
    note = read_note(parts.files["checkpoint"].decode())
    kind = chance.randrange(3)
    forged = {
        0: Checkpoint(note.origin, note.size, note.root).signed(STRANGER),
        1: Checkpoint("jope/OTHER/1", note.size, note.root).signed(scene.today),
        2: Checkpoint(note.origin, note.size, sha256(b"").digest()).signed(scene.today),
    }[kind]
    place_checkpoint(parts, forged)


def _malformed_checkpoint(parts: Parts, chance: random.Random, scene: Scene) -> None:
    text = parts.files["checkpoint"].decode()
    parts.files["checkpoint"] = chance.choice((text[:-1], text.replace("\n\n", "\n"), text + "x\n", "", text.replace("=", "A", 1))).encode()


def _other_keys(parts: Parts, chance: random.Random, scene: Scene) -> None:
    keys = json.loads(parts.files["keys.json"])
    kind = chance.randrange(4)
    if kind == 0:
        keys["epochs"][0]["public_key"] = STRANGER.public.hex()
    elif kind == 1:
        keys["epochs"].append({"epoch": 9, "first": 1, "public_key": STRANGER.public.hex()})
    elif kind == 2:
        keys["origin"] = "jope/OTHER/1"
    else:
        keys = [1]
    parts.files["keys.json"] = canonical_text(keys).encode() + b"\n"


def _forged_rotation(parts: Parts, chance: random.Random, scene: Scene) -> None:
    line = parts.lines[parts.with_action("key.rotated")[-1]]
    line["sig"] = chance.choice(("00" * 64, line["sig"][:-2] + "ff", STRANGER.sign(b"x").hex()))
    parts.write_lines()


def _raw_line(parts: Parts, chance: random.Random, scene: Scene) -> None:
    """A line that no station writes."""
    lines = parts.files["events.jsonl"].split(b"\n")[:-1]
    at = chance.randrange(len(lines))
    lines[at] = chance.choice(
        (
            lines[at].replace(b'"seq":', b'"seq":0,"seq":', 1),
            lines[at].replace(b'"settings":1', b'"settings":1.0', 1),
            lines[at].replace(b'"settings":1', b'"settings":NaN', 1),
            lines[at].replace(b'"settings":1', b'"settings":' + b"9" * 400, 1),
            lines[at].replace(b'"settings":1', b'"settings":-0', 1),
            lines[at].replace(b'"settings":1', b'"settings":' + b"[" * 900 + b"]" * 900, 1),
            lines[at].replace(b'"v":1', b'"v":true', 1),
            lines[at].replace(b'"reason":"', b'"reason":"\\ud800', 1),
            lines[at].replace(b'"reason":"', b'"reason":"\xff', 1),
            lines[at].replace(b":", b": ", 1),
            lines[at] + b"\r",
            b"[" * 100_000,
            b"null",
            b"",
            b'{"body":{"__proto__":null},"payload":null,"proof":[],"salt":null}',
        )
    )
    parts.files["events.jsonl"] = b"\n".join(lines) + chance.choice((b"\n", b""))


def _manifest_form(parts: Parts, chance: random.Random, scene: Scene) -> None:
    parts.manifest.update(chance.choice(({"format": 2}, {"more": 1}, {"scope": "all"}, {"subject": [1]}, {"made_utc": "now"})))


def _manifest_says(parts: Parts, chance: random.Random, scene: Scene) -> None:
    kind = chance.randrange(4)
    if kind == 0:
        parts.manifest["events"]["count"] += 1
    elif kind == 1:
        parts.manifest["export"]["id"] = "0" * 32
    elif kind == 2:
        parts.manifest["request"]["more"] = True
    else:
        parts.manifest["checkpoint"]["root"] = "0" * 64


def _changed_row(parts: Parts, chance: random.Random, scene: Scene) -> None:
    name = chance.choice(
        [n for n in parts.files if n.startswith("tables/") and n.endswith(".json") and n != "tables/index.json" and len(parts.files[n]) > 8]
    )
    lines = parts.files[name].decode().split("\n")
    row = json.loads(lines[1].rstrip(","))
    column = chance.choice([c for c in row if not (name.endswith("user_account.json") and c == "name")])
    row[column] = f"{row[column]}0"
    lines[1] = canonical_text(row) + ("," if lines[1].endswith(",") else "")
    parts.files[name] = "\n".join(lines).encode()


def _added_row(parts: Parts, chance: random.Random, scene: Scene) -> None:
    kind, name = chance.randrange(3), "tables/material.json"
    lines = parts.files[name].decode().split("\n")
    if kind == 0:
        lines.insert(1, '{"code":"ADDED","name":"added","unit":"g"},')
    elif kind == 1:
        del lines[1]
    else:
        lines[1] = lines[1].replace(":", ": ", 1)
    parts.files[name] = "\n".join(lines).encode()


def _time_back(parts: Parts, chance: random.Random, scene: Scene) -> None:
    """The last event an hour earlier, in a trail that today's key signs anew from there."""
    parts.lines[-1]["body"]["utc"] -= 3_600_000_000
    rewrite_trail(parts, scene.today, len(parts.lines) - 1)


def _broken_link(parts: Parts, chance: random.Random, scene: Scene) -> None:
    line = chance.choice(parts.lines[:-1])
    name = chance.choice(("prev", "sig"))
    line[name] = ("0" if name == "prev" else "00") * 64
    parts.write_lines()


SUBJECT, WHOLE, STATION = ("batch", "user", "lot"), ("trail",), ("station",)
DAMAGES: tuple[tuple[str, Damage, tuple[str, ...], str], ...] = (
    ("first left out", _leave_out(lambda own, _: own[0]), (*SUBJECT, *WHOLE), "complete.gap or chain.gap"),
    ("middle left out", _leave_out(lambda own, chance: chance.choice(own[1:-1])), (*SUBJECT, *WHOLE), "complete.gap or chain.gap"),
    ("export left out", _leave_out(lambda own, _: own[-1]), (*SUBJECT, *WHOLE), "complete.closing"),
    ("end left out", _leave_out_the_end, SUBJECT, "complete.closing"),
    ("body edited", _edit_body, SUBJECT, "proof.wrong"),
    ("body edited", _edit_body, WHOLE, "chain.root"),
    ("payload edited", _edit_payload, (*SUBJECT, *WHOLE), "event.payload"),
    ("proofs swapped", _swap_proofs, SUBJECT, "proof.wrong"),
    ("proof cut", _cut_proof, SUBJECT, "proof.wrong"),
    ("lines swapped", _reorder, (*SUBJECT, *WHOLE), "event.order"),
    ("line repeated", _repeat, (*SUBJECT, *WHOLE), "event.order"),
    ("signature left out", _leave_out_action("signature.applied"), ("batch", "lot"), "esignature.missing"),
    ("signed event left out", _leave_out_action("weighing.container_verified"), ("batch",), "esignature.target"),
    ("rotation left out", _leave_out_action("key.rotated"), SUBJECT, "keys.rotation or keys.form"),
    ("heartbeat left out", _leave_out_action("log.heartbeat"), SUBJECT, "checkpoint.heartbeat"),
    ("snapshot changed", _snapshot, ("batch", "lot"), "esignature.changed"),
    ("signature moved", _move_signature, ("batch", "lot"), "esignature.target"),
    ("another signer", _another_signer, ("batch", "lot"), "esignature.changed"),
    ("stray event", _stray, SUBJECT, "event.stray"),
    ("older export", _older_export, ("batch",), "checkpoint.heartbeat"),
    ("foreign checkpoint", _foreign_checkpoint, SUBJECT, "checkpoint.signature or proof.wrong or manifest.disagrees"),
    ("malformed checkpoint", _malformed_checkpoint, (*SUBJECT, *WHOLE), "checkpoint.form"),
    ("other keys", _other_keys, (*SUBJECT, *WHOLE), "keys.form"),
    ("forged rotation", _forged_rotation, (*SUBJECT, *WHOLE), "keys.rotation"),
    ("raw line", _raw_line, SUBJECT, "event.form"),
    ("manifest form", _manifest_form, SUBJECT, "manifest.form"),
    ("manifest says", _manifest_says, SUBJECT, "manifest.disagrees or complete.closing"),
    ("row changed", _changed_row, STATION, "table.row"),
    ("row added", _added_row, STATION, "table.row or table.form"),
    ("time back", _time_back, WHOLE, "time.back"),
    ("link broken", _broken_link, WHOLE, "chain.link"),
)
"""Name, damage, of which bundles, and the kind of finding that names it."""


def _flip(files: Files, chance: random.Random) -> None:
    name = chance.choice(list(files))
    content = bytearray(files[name])
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    files[name] = bytes(content)


def _remove_file(files: Files, chance: random.Random) -> None:
    del files[chance.choice(list(files))]


def _add_file(files: Files, chance: random.Random) -> None:
    files[chance.choice(("added.txt", "documents/added.pdf", "sitecustomize.py"))] = b"added"


def _sign_with_another_key(files: Files, chance: random.Random) -> None:
    files["manifest.sig"] = STRANGER.sign(verify.manifest_message(files["manifest.json"])).hex().encode() + b"\n"


def _other_data_in_page(files: Files, chance: random.Random) -> None:
    files["index.html"] = files["index.html"].replace(b"D-OPER", b"D-OPEN").replace(b"D-QA", b"D-QB")


def _other_page(files: Files, chance: random.Random) -> None:
    files["index.html"] = files["index.html"].replace(b"No findings", b"no findings")


def _signature_form(files: Files, chance: random.Random) -> None:
    files["manifest.sig"] = chance.choice(
        (b"", files["manifest.sig"][:-1], files["manifest.sig"].upper(), b"\xff" * 129, b"0" * 128 + b"\n")
    )


FILE_DAMAGES: tuple[tuple[Callable[[Files, random.Random], None], str], ...] = (
    (_flip, ""),
    (_remove_file, "file.missing"),
    (_add_file, "file.unlisted"),
    (_sign_with_another_key, "manifest.signature"),
    (_other_data_in_page, "page.data"),
    (_other_page, "page.form"),
    (_signature_form, "manifest.signature"),
)
"""What is done to files without making anything follow."""


def _entry(name: bytes, content: bytes, *, method: int = 8, size: int | None = None, flags: int = 0) -> tuple[bytes, bytes]:
    """Head and data of an entry, and its directory without the offset."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = deflate.compress(content) + deflate.flush() if method == 8 else content
    numbers = (20, flags, method, 0, 0x21, zlib.crc32(content), len(data), len(content) if size is None else size, len(name))
    local = struct.pack("<4s5H3I2H", b"PK\3\4", *numbers, 0) + name + data
    return local, struct.pack("<4s6H3I5H2I", b"PK\1\2", 0x0314, *numbers, 0, 0, 0, 0, 0x81800000, 0)[:-4]


def _zip_of(*entries: tuple[bytes, bytes, bytes], tail: bytes = b"") -> bytes:
    body = directory = b""
    for name, local, central in entries:
        directory += central + struct.pack("<I", len(body)) + name
        body += local
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(entries), len(entries), len(directory), len(body), len(tail))
    return body + directory + end + tail


def hostile_zips(honest: bytes) -> dict[str, bytes]:
    """Zips that are meant to hurt whoever opens them."""
    one = lambda name, content, **more: (name, *_entry(name, content, **more))  # noqa: E731
    zeros = b"\0" * verify.MAX_WHOLE
    return {
        "empty": b"",
        "no zip": b"PK\3\4" * 100,
        "cut": honest[:-1],
        "longer": honest + b"\0",
        "comment": _zip_of(one(b"manifest.json", b"{}"), tail=b"comment"),
        "path traversal": _zip_of(one(b"../manifest.json", b"{}")),
        "absolute": _zip_of(one(b"/etc/passwd", b"{}")),
        "backslash": _zip_of(one(b"a\\b", b"{}")),
        "deep": _zip_of(one(b"a/b/c", b"{}")),
        "duplicates": _zip_of(one(b"manifest.json", b"{}"), one(b"manifest.json", b"[]")),
        "duplicates in case": _zip_of(one(b"manifest.json", b"{}"), one(b"Manifest.json", b"[]")),
        "stored": _zip_of(one(b"manifest.json", b"{}", method=0)),
        "encrypted": _zip_of(one(b"manifest.json", b"{}", flags=1)),
        "bomb that lies": _zip_of(one(b"manifest.json", zeros, size=2)),
        "bomb": _zip_of(one(b"manifest.json", zeros + b"\0")),
        "short": _zip_of(one(b"manifest.json", b"{}", size=9)),
        "deep json": _zip_of(one(b"manifest.json", b"[" * 5_000_000 + b"\n")),
        "huge number": _zip_of(one(b"manifest.json", b"9" * 5_000_000 + b"\n")),
        "not text": _zip_of(one(b"manifest.json", b"\xff\xfe\n")),
        "byte order mark": _zip_of(one(b"manifest.json", b"\xef\xbb\xbf{}\n")),
        "no manifest": _zip_of(one(b"events.jsonl", b"{}\n")),
    }


def damaged_bundles(scene: Scene, folder: Path, count: int) -> Iterator[tuple[str, Path, str, bool]]:
    """(what was done, the bundle, the finding that must be among them, whether the page's own data follows) of damaged bundles."""
    chance = random.Random(8032)
    bases = {kind: scene.of("subject", kind) for kind in SUBJECT} | {"trail": scene.of("trail"), "station": scene.of("station")}
    plans = [(name, damage, kind, key, holder) for name, damage, kinds, key in DAMAGES for kind in kinds for holder in ("K", "D")]
    done = 0
    for name, damage, kind, key, holder in plans:
        parts = Parts.of(files_of(bases[kind][-1]))
        damage(parts, chance, scene)
        if name == "malformed checkpoint" and parts.files["checkpoint"] == files_of(bases[kind][-1])["checkpoint"]:
            continue
        files = parts.seal(scene.today if holder == "K" else chance.choice((None, STRANGER)))
        done += 1
        readable = all(_is_text(files.get(one, b"")) for one in verify.EMBEDDED)
        expected = key if holder == "K" or name == "manifest form" else f"manifest.signature or {key}"
        yield f"{name}, {kind}, {holder}", pack(files, folder / f"damaged-{done:03d}.zip"), expected, readable
    for damage, key in islice(cycle(FILE_DAMAGES), count - done):
        files = files_of(chance.choice(scene.bundles))
        before = dict(files)
        damage(files, chance)
        done += 1
        if files == before:
            files["README.txt"] += b"x"
        yield damage.__name__, pack(files, folder / f"damaged-{done:03d}.zip"), key if files != before else "", False


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


# --- the tests ------------------------------------------------------------------------------------------------------------


@pytest.mark.req("C02", "C03", "C07", "O01", "O02", "O03", "P11-02", "P11-03")
def test_200_honest_bundles_are_whole_for_all_three(scene: Scene, browser: Browser, tmp_path: Path) -> None:
    assert len({path.read_bytes() for path in scene.bundles}) == HONEST
    page = Page(browser, unpacked(scene.of("subject", "batch")[0], tmp_path / "page"))
    for path in scene.bundles:
        assert require_same(page, path) == set(), path.name
    for number, path in enumerate(scene.bundles[:PROCESSES]):
        assert said_by_process(path) == set()
        own = Page(browser, unpacked(path, tmp_path / "own"), "#own" if number % 2 else "")
        assert in_report(own.first) == set()
        assert own.first["native"] is (number % 2 == 0)
    assert verify.verify(str(scene.bundles[5]), genesis=scene.genesis).ok
    assert said_by_product(scene.bundles[5]) == set()


@pytest.mark.req("C02", "C03", "C07", "B04", "O03", "P11-02", "P11-17")
def test_200_damaged_bundles_are_refused_by_all_three_for_the_same_reason(scene: Scene, browser: Browser, tmp_path: Path) -> None:
    page = Page(browser, unpacked(scene.of("subject", "batch")[0], tmp_path / "page"))
    count, processes, kinds, inside = 0, 0, set[str](), list[tuple[str, Path, Found]]()
    for what, path, expected, follows in damaged_bundles(scene, tmp_path, DAMAGED):
        found = require_same(page, path)
        keys = {key for _, key, _ in found}
        assert found, what
        assert not expected or keys & set(expected.split(" or ")), f"{what}: {sorted(keys)}"
        kinds |= keys
        count += 1
        if count % 7 == 0:
            assert said_by_process(path) == found
            processes += 1
        if follows and count % 3 == 0:
            inside.append((what, path, {one for one in found if one[0] not in ("page", "tables")}))
    assert count == DAMAGED
    assert processes >= 20
    assert len(inside) >= 20
    for what, path, expected_inside in inside:
        browser.open(unpacked(path, tmp_path / "own"))
        assert in_report(browser.report()) == expected_inside, what
    never = verify.MESSAGES.keys() - kinds
    assert never <= {"bundle.form", "bundle.name", "bundle.limit", "bundle.data", "keys.genesis", "chain.gap", "chain.signature"}, never


@pytest.mark.req("C07", "P11-02", "P04")
def test_hostile_zips_are_findings_and_never_an_exception(scene: Scene, browser: Browser, tmp_path: Path) -> None:
    page = Page(browser, unpacked(scene.bundles[5], tmp_path / "page"))
    honest = scene.bundles[5].read_bytes()
    for name, content in hostile_zips(honest).items():
        path = tmp_path / f"{name.replace(' ', '-')}.zip"
        path.write_bytes(content)
        found = require_same(page, path)
        assert {layer for layer, _, _ in found} <= {"bundle", "manifest"}, name
        assert found, name
    chance = random.Random(6962)
    path = tmp_path / "flipped.zip"
    for _ in range(60):
        flipped = bytearray(honest)
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        path.write_bytes(flipped)
        found = require_same(page, path)
        assert found or _contents(path) == files_of(scene.bundles[5])


def _contents(path: Path) -> Files | None:
    try:
        return files_of(path)
    except (zipfile.BadZipFile, zlib.error):
        return None


@pytest.mark.req("C07", "P11-02")
def test_folders_are_verified_like_zips_and_links_are_refused(scene: Scene, tmp_path: Path) -> None:
    folder = unpacked(scene.bundles[3], tmp_path / "folder").parent
    assert said_by_process(folder) == set()
    done = subprocess.run([sys.executable, "-I", "-S", str(folder / "verify.py")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, "without an argument it verifies the folder it lies in"
    assert "Trust begins at the key inside the bundle" in done.stdout
    (folder / "events.csv").write_text("changed")
    assert said_by_process(folder) == {("bundle", "file.changed", None)}
    (folder / "events.csv").unlink()
    (folder / "events.csv").symlink_to("/etc/passwd")
    assert said_by_process(folder) == {("bundle", "bundle.name", None)}
    assert (
        subprocess.run([sys.executable, "-I", "-S", str(VERIFIER), str(tmp_path / "none.zip")], capture_output=True, check=False).returncode
        == 2
    )
    path = pack({"a/b.txt": b""}, tmp_path / "none.zip")
    assert said_by_process(path) == {("bundle", "file.missing", None)}


@pytest.mark.req("C07", "C03", "P11-02")
def test_the_genesis_key_on_paper_decides(scene: Scene, browser: Browser, tmp_path: Path) -> None:
    path = scene.bundles[3]
    assert verify.verify(str(path), genesis=scene.genesis).as_json()["trust"] == "pinned"
    assert {f.key for f in verify.verify(str(path), genesis=STRANGER.public.hex()).findings} == {"keys.genesis"}
    browser.open(unpacked(path, tmp_path / "page"))
    assert browser.report()["trust"] == "bundle"
    for run, key, keys in ((2, scene.genesis, set()), (3, STRANGER.public.hex(), {"keys.genesis"})):
        browser.run("const f = document.getElementById('genesis'); f.value = arguments[0]; f.dispatchEvent(new Event('change'));", key)
        report = browser.report(run)
        assert (report["trust"], {one["key"] for one in report["findings"]}) == ("pinned", keys)


@pytest.mark.req("C07", "N01")
def test_a_verifier_with_a_check_taken_out_turns_the_comparison_red(scene: Scene, browser: Browser, tmp_path: Path) -> None:
    """A seeded fault: once in the verifier, once in the page."""
    parts = Parts.of(files_of(scene.of("subject", "batch")[-1]))
    _leave_out(lambda own, _: own[3])(parts, random.Random(1), scene)
    path = pack(parts.seal(scene.today), tmp_path / "damaged.zip")
    honest = unpacked(scene.of("subject", "batch")[0], tmp_path / "page")
    assert require_same(Page(browser, honest), path)

    source = VERIFIER.read_text("utf-8")
    check = 'if (subject["n"], subject["prev"]) != (n + 1, last):'
    assert source.count(check) == 1
    faulty = tmp_path / "faulty.py"
    faulty.write_text(source.replace(check, "if False:"))
    spec = importlib.util.spec_from_file_location("faulty_verifier", faulty)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["faulty_verifier"] = module
    spec.loader.exec_module(module)
    with pytest.raises(AssertionError, match=r"only the page .*complete\.gap"):
        require_same(Page(browser, honest), path, module)

    page = honest.read_text("utf-8")
    check = "if (subject.n !== n + 1 || subject.prev !== last)"
    assert page.count(check) == 1
    honest.write_text(_allowed(page.replace(check, "if (false)")))
    with pytest.raises(AssertionError, match=r"only the verifier .*complete\.gap"):
        require_same(Page(browser, honest), path)
    honest.write_text(page.replace(check, "if (false)"))
    browser.open(honest)
    assert browser.run("return document.documentElement.dataset.run || ''") == "", "the page's policy runs no other program than its own"


def _allowed(page: str) -> str:
    """The page with the hash of its program as it now is."""
    program = page.partition("<script>")[2].partition("</script>")[0]
    before, mark, rest = page.partition("script-src '")
    return before + mark + "sha256-" + b64encode(sha256(program.encode()).digest()).decode() + "'" + rest.partition("'")[2]


@pytest.mark.req("C07", "C02")
def test_the_page_judges_signatures_as_strictly_with_the_browser_s_ed25519_and_with_its_own(
    scene: Scene, browser: Browser, tmp_path: Path
) -> None:
    script = (
        "const [cases, done] = arguments; (async () => { const said = []; for (const one of cases) said.push(await accepts(...one.map(unhex))); "
        "done([native, said]); })();"
    )
    given = [[case.public.hex(), case.signature.hex(), case.message.hex()] for case in cases()]
    honest = unpacked(scene.bundles[3], tmp_path / "page")
    for fragment, native in (("", True), ("#own", False)):
        browser.open(honest, fragment)
        browser.report()
        used, said = browser.command("POST", "/execute/async", {"script": script, "args": [given]})
        assert used is native
        wrong = [case.name for case, accepted in zip(cases(), said, strict=True) if accepted is not case.accepted]
        assert wrong == []

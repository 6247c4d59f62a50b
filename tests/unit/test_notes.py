"""Checkpoints as signed notes: one form, the right keys, nothing else."""

from __future__ import annotations

import base64
import hashlib
import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from jope.compliance.audit.notes import Checkpoint, read_note
from jope.kernel.crypto.signing import SigningKey
from jope.kernel.errors import CheckpointError

KEY, OTHER, WITNESS = (SigningKey(bytes([n]) * 32) for n in (1, 2, 3))
ORIGIN = "jope/LINE-3/1"
POINT = Checkpoint(ORIGIN, 4711, hashlib.sha256(b"root").digest()).signed(KEY)


@pytest.mark.req("C02", "B01")
def test_a_note_is_laid_out_as_c2sp_says_and_fits_a_qr_code() -> None:
    head, _, line = POINT.note.partition("\n\n")
    assert head.split("\n") == [ORIGIN, "4711", base64.b64encode(POINT.root).decode()]
    mark, name, blob = line.removesuffix("\n").split(" ")
    value = base64.b64decode(blob)
    assert (mark, name) == ("—", ORIGIN)
    assert value[:4] == hashlib.sha256(ORIGIN.encode() + b"\n\x01" + KEY.public).digest()[:4]
    Ed25519PublicKey.from_public_bytes(KEY.public).verify(value[4:], (head + "\n").encode())
    assert len(POINT.note.encode()) < 200


@pytest.mark.req("C02", "B01")
def test_a_note_is_read_back_and_only_the_right_keys_stand_behind_it() -> None:
    read = read_note(POINT.cosigned("witness.example", WITNESS, 1_800_000_000).note)
    assert (read.origin, read.size, read.root) == (ORIGIN, 4711, POINT.root)
    assert read.is_signed_by(KEY.public)
    assert not read.is_signed_by(OTHER.public)
    assert read.cosigned_at("witness.example", WITNESS.public) == 1_800_000_000
    assert read.cosigned_at("witness.example", OTHER.public) is None
    assert read.cosigned_at("other.example", WITNESS.public) is None
    moved = Checkpoint(ORIGIN, 4712, POINT.root, read.signatures)
    assert not moved.is_signed_by(KEY.public)
    assert moved.cosigned_at("witness.example", WITNESS.public) is None


@pytest.mark.req("C02", "P04")
def test_what_is_no_note_is_refused_and_never_crashes() -> None:
    random_ = random.Random(7)
    note = POINT.note
    for broken in (
        "",
        "\n\n",
        note[:-1],
        note.replace("4711", "04711"),
        note.replace("4711", "-1"),
        note.replace("—", "-"),
        note + "\n",
        "x" * 9,
    ):
        with pytest.raises(CheckpointError):
            read_note(broken)
    for _ in range(20_000):
        text = list(note)
        text[random_.randrange(len(text))] = chr(random_.choice((0, 10, 32, 43, 47, 61, 65, 0x2014, random_.randrange(0x3000))))
        changed = "".join(text)
        try:
            read = read_note(changed)
        except CheckpointError:
            continue
        assert changed == note or not read.is_signed_by(KEY.public) or read.note != note
        assert read.note == changed, "a note has one form"

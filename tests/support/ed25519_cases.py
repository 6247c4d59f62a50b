"""Signatures that verifiers are known to disagree about, each with what a strict one says (RFC 8032, 5.1.7 with its optional checks)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from jope.kernel.crypto.signing import SigningKey
from jope.services.exports.verifier import verify

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493


@dataclass(frozen=True, slots=True)
class Case:
    """A signature and whether it is to be accepted."""

    name: str
    public: bytes
    signature: bytes
    message: bytes
    accepted: bool


RFC_8032 = (
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42", hashlib.sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
)  # fmt: skip
"""Seed, message, signature: tests 1 to 3 and SHA(abc) of RFC 8032, 7.1."""


def _times(scalar: int, point: tuple[int, ...]) -> tuple[int, ...]:
    total: tuple[int, ...] = (0, 1, 1, 0)
    for bit in bin(scalar)[2:]:
        total = verify._double(total)
        if bit == "1":
            total = verify._add(total, point)
    return total


def small_points() -> list[bytes]:
    """The eight points of small order in their canonical encodings."""
    for y in range(2, 200):
        point = verify.decoded_point(y.to_bytes(32, "little"))
        if point is None:
            continue
        torsion = _times(L, point)
        if verify.encoded_point(_times(4, torsion)) != verify.encoded_point((0, 1, 1, 0)):
            return [verify.encoded_point(_times(k, torsion)) for k in range(8)]
    raise AssertionError("no point of order eight")


def cases() -> list[Case]:
    """Every case."""
    found = []
    for seed, message, signature in RFC_8032:
        key = SigningKey(bytes.fromhex(seed))
        found.append(Case(f"RFC 8032 {message[:8]}", key.public, bytes.fromhex(signature), bytes.fromhex(message), True))
    key, message = SigningKey(b"\x01" * 32), b"a message"
    good = key.sign(message)
    r, s = good[:32], int.from_bytes(good[32:], "little")
    found.append(Case("good", key.public, good, message, True))
    found += [
        Case("other message", key.public, good, message + b"!", False),
        Case("other key", SigningKey(b"\x02" * 32).public, good, message, False),
        Case("S + L", key.public, r + (s + L).to_bytes(32, "little"), message, False),
        Case("S = L", key.public, r + L.to_bytes(32, "little"), message, False),
        Case("S = 0", key.public, r + bytes(32), message, False),
        Case("R = 0", key.public, bytes(32) + good[32:], message, False),
        Case("too short", key.public, good[:63], message, False),
        Case("too long", key.public, good + b"\0", message, False),
        Case("empty", key.public, b"", message, False),
        Case("key too short", key.public[:31], good, message, False),
        Case("key is no point", (2).to_bytes(32, "little"), good, message, False),
    ]
    found += [Case(f"bit {bit}", key.public, _flipped(good, bit), message, False) for bit in (0, 7, 255, 256, 300, 508, 509, 510, 511)]
    for number, small in enumerate(
        small_points()
    ):  # R = identity and S = 0 are a signature of such a key over one message in eight, or all
        for r_small in (small_points()[0], small):
            found.append(Case(f"small key {number}", small, r_small + bytes(32), message, False))
    for y in range(P, P + 19):  # encodings of y >= p
        for sign in (0, 1 << 255):
            found.append(Case(f"key y = p + {y - P}", (y | sign).to_bytes(32, "little"), small_points()[0] + bytes(32), message, False))
    found.append(Case("key x = 0 with a sign", (1 | 1 << 255).to_bytes(32, "little"), small_points()[0] + bytes(32), message, False))
    return [*found, *_mixed_order(message)]


def _mixed_order(message: bytes) -> list[Case]:
    """Keys with a part of small order: a verifier with cofactor accepts each of these, one without it about one in eight."""
    digest = hashlib.sha512(b"\x05" * 32).digest()
    a = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | 1 << 254
    base, found = verify._BASE[1], []
    torsion = verify.decoded_point(small_points()[1])
    assert torsion is not None
    public = verify.encoded_point(verify._add(_times(a, base), torsion))
    for nonce in range(1, 24):
        r = verify.encoded_point(_times(nonce, base))
        k = int.from_bytes(hashlib.sha512(r + public + message).digest(), "little") % L
        s = (nonce + k * a) % L
        found.append(Case(f"mixed order {nonce}", public, r + s.to_bytes(32, "little"), message, k % 8 == 0))
    return found


def _flipped(raw: bytes, bit: int) -> bytes:
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)

"""The verifier's own Ed25519 against the vectors of RFC 8032, the library that signs, and cases that verifiers are known to disagree about."""

from __future__ import annotations

import hashlib
import random

import pytest

from jope.kernel.crypto.signing import SigningKey, VerifyingKey
from jope.services.exports.verifier import verify
from tests.support.ed25519_cases import RFC_8032, Case, cases, small_points


@pytest.mark.req("C07", "C02")
def test_the_vectors_of_rfc_8032_are_what_the_library_signs() -> None:
    for seed, message, signature in RFC_8032:
        assert SigningKey(bytes.fromhex(seed)).sign(bytes.fromhex(message)).hex() == signature


@pytest.mark.req("C07", "C02")
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_each_case_is_judged_strictly(case: Case) -> None:
    assert verify.accepts(case.public, case.signature, case.message) is case.accepted


@pytest.mark.req("C07")
def test_there_are_eight_small_points_and_cases_of_mixed_order_of_both_kinds() -> None:
    assert len(set(small_points())) == 8
    assert {case.accepted for case in cases() if case.name.startswith("mixed")} == {True, False}


@pytest.mark.req("C07", "C02")
def test_it_agrees_with_the_library_on_random_keys_messages_and_flips() -> None:
    chance = random.Random(25519)
    for _ in range(60):
        key, message = SigningKey(chance.randbytes(32)), chance.randbytes(chance.randrange(200))
        signature = bytearray(key.sign(message))
        assert verify.accepts(key.public, bytes(signature), message)
        signature[chance.randrange(64)] ^= 1 << chance.randrange(8)
        assert verify.accepts(key.public, bytes(signature), message) is VerifyingKey(key.public).accepts(bytes(signature), message) is False


@pytest.mark.req("C07")
def test_a_point_has_one_encoding() -> None:
    chance = random.Random(8032)
    points = 0
    for _ in range(200):
        raw = hashlib.sha256(chance.randbytes(8)).digest()
        point = verify.decoded_point(raw)
        if point is not None:
            points += 1
            assert verify.encoded_point(point) == raw
    assert points > 60
    assert verify.decoded_point(b"\x01") is None

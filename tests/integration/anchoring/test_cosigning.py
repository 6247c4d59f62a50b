"""The witness over real TLS on loopback: what it cosigns, what it refuses, who it speaks to (C2SP tlog-witness)."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jope.compliance.audit.notes import read_note
from jope.kernel.errors import AnchorUnreachableError, PinError
from jope.services.anchoring.certificates import client_context
from tests.support.witnesses import Teller, Trail, WitnessProcess, running_witness


@pytest.fixture(scope="module")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WitnessProcess]:
    with running_witness(tmp_path_factory.mktemp("witness") / "dir") as process:
        yield process


_LINES = iter(range(1000))


@pytest.fixture
def teller(witness: WitnessProcess, tmp_path: Path) -> Teller:
    """A new trail of 700 events, registered at the witness."""
    trail = Trail(origin=f"jope/LINE-{next(_LINES)}/1").grow(700)
    return Teller(witness, trail, tmp_path / "keys").enrolled()


@pytest.mark.req("C03")
def test_it_cosigns_what_continues_and_the_cosignature_carries_its_time(teller: Teller) -> None:
    before = time.time()
    sizes = (1, 2, 255, 256, 257, 512, 700)
    for old, size in zip((0, *sizes), sizes, strict=False):
        answer = teller.push(old, size)
        assert answer.status == 200, answer.text
        seconds = teller.seconds_of(answer, size=size)
        assert seconds is not None
        assert before - 1 <= seconds <= time.time() + 1
    again = teller.push(700)
    assert (again.status, teller.seconds_of(again) is not None) == (200, True), "an answer that was lost on the way can be had again"
    newest = teller.client().newest(teller.trail.origin)
    note = read_note(newest.text)
    assert (note.size, note.is_signed_by(teller.trail.key.public)) == (700, True)


@pytest.mark.req("C03", "C02")
def test_a_smaller_tree_and_another_old_size_are_answered_with_the_remembered_size(teller: Teller) -> None:
    assert teller.push(0, 600).status == 200
    for old, size in ((0, 500), (500, 600), (0, 700), (599, 700), (500, 550), (600, 400)):
        answer = teller.push(min(old, size), size)
        assert (answer.status, answer.type, answer.text) == (409, "text/x.tlog.size", "600\n")
    larger = replace(teller.trail.request(600), old=701)
    assert teller.client().add_checkpoint(larger).status == 400
    assert teller.push(600).status == 200


@pytest.mark.req("C03", "C02")
def test_a_fork_is_refused_and_kept_as_evidence_and_the_honest_trail_goes_on(teller: Teller) -> None:
    assert teller.push(0, 600).status == 200
    rewritten = Trail(teller.trail.origin, teller.trail.key).grow(10).grow(1, "gone").grow(789)
    same_size = Trail(teller.trail.origin, teller.trail.key).grow(599).grow(1, "gone")
    for trail in (rewritten, same_size):
        answer = teller.push(600, trail=trail)
        assert answer.status == 422, answer.text
    honest = teller.trail.request(600)
    for proof in ((), honest.proof[:-1], (*honest.proof, honest.proof[0]), tuple(reversed(honest.proof))):
        assert teller.client().add_checkpoint(replace(honest, proof=proof)).status == 422
    assert teller.client().add_checkpoint(honest).status == 200
    shown = {row["origin"]: row for row in teller.witness.shown()["trails"]}[teller.trail.origin]
    assert (shown["size"], shown["refused"]) == (700, 3)


@pytest.mark.req("C03", "B01")
def test_it_follows_the_key_of_each_day_from_the_genesis_key(teller: Teller) -> None:
    trail = teller.trail
    assert teller.push(0, 650).status == 200
    for _ in range(12):
        trail.rotate().grow(5)
    unsaid = replace(trail.request(650), rotations=())
    assert teller.client().add_checkpoint(unsaid).status == 403, "a key that nobody certified"
    whole = trail.request(650)
    for wrong in (whole.rotations[:-1], whole.rotations[1:], whole.rotations[::-1], (*whole.rotations, whole.rotations[-1])):
        assert teller.client().add_checkpoint(replace(whole, rotations=wrong)).status == 403
    moved = tuple(replace(r, path=r.path[:-1]) for r in whole.rotations)
    assert teller.client().add_checkpoint(replace(whole, rotations=moved)).status == 403, "a change of key outside the shown tree"
    assert teller.client().add_checkpoint(whole).status == 200
    assert max(len(r.line) for r in whole.rotations) < 2048
    trail.grow(3)
    assert teller.push(len(trail.leaves) - 3).status == 200, "the newest key is remembered"


@pytest.mark.req("C03", "B01")
def test_a_key_that_the_outgoing_one_did_not_sign_or_that_the_event_does_not_name_is_refused(teller: Teller) -> None:
    assert teller.push(0).status == 200
    thief = Trail(teller.trail.origin)
    lies = (
        {"signer": thief.key},
        {"action": "lot.received"},
        {"payload": "00" * 32},
        {"seq": 3},
        {"seq": "701"},
    )
    for lie in lies:
        forged = teller.trail.fork().rotate(**lie).grow(2)  # type: ignore[arg-type]
        assert teller.push(700, trail=forged).status == 403, lie
    assert teller.push(700, trail=teller.trail.grow(2)).status == 200


@pytest.mark.req("C03")
def test_an_unknown_trail_is_not_found_and_another_station_s_is_forbidden(teller: Teller, tmp_path: Path) -> None:
    stranger = Trail(origin="jope/NOBODY/1").grow(3)
    assert teller.push(0, trail=stranger).status == 404
    other = Teller(teller.witness, Trail(origin=f"{teller.trail.origin}-b").grow(3), tmp_path / "other").enrolled()
    assert other.push(0, trail=teller.trail).status == 403
    assert other.client().newest(teller.trail.origin).status == 403
    assert other.client().newest("jope/NOBODY/1").status == 404
    assert other.client().newest(other.trail.origin).status == 404, "nothing was cosigned yet"


@pytest.mark.req("C03", "O08")
def test_both_ends_are_pinned(teller: Teller, tmp_path: Path) -> None:
    with pytest.raises(PinError, match="Another machine"):
        teller.client(pin="00" * 32).add_checkpoint(teller.trail.request(0))
    unregistered = Teller(teller.witness, Trail(origin="jope/UNREGISTERED/1").grow(3), tmp_path / "unregistered")
    with pytest.raises(AnchorUnreachableError, match=r"does not answer|may not know this certificate"):
        unregistered.push(0)
    plain = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    plain.check_hostname, plain.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection(("127.0.0.1", teller.witness.port)) as bare, plain.wrap_socket(bare) as secure:
            secure.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert secure.recv(1) == b"", "no answer without a certificate"
    except OSError:
        pass  # the alert may come before the end of the connection
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode, old.maximum_version = False, ssl.CERT_NONE, ssl.TLSVersion.TLSv1_2
    with (
        socket.create_connection(("127.0.0.1", teller.witness.port)) as bare,
        pytest.raises(OSError, match=r"(?i)version|handshake|reset|eof"),
    ):
        old.wrap_socket(bare)


def _raw(teller: Teller, content: bytes, *, pause: float = 0.0, seconds: float = 20.0) -> bytes:
    """What comes back for some bytes inside the pinned TLS."""
    context = client_context(teller.identity.key, teller.identity.certificate, teller.identity.passphrase)
    with socket.create_connection(("127.0.0.1", teller.witness.port), timeout=seconds) as bare, context.wrap_socket(bare) as secure:
        answer = b""
        try:
            if pause:
                for byte in content:
                    secure.sendall(bytes([byte]))
                    time.sleep(pause)
            else:
                secure.sendall(content)
            while piece := secure.recv(4096):
                answer += piece
        except (ConnectionError, ssl.SSLError):
            pass
    return answer


@pytest.mark.req("C03", "K11")
def test_what_is_malformed_is_refused_and_nothing_stops_the_witness(teller: Teller) -> None:
    body = teller.trail.request(0).text.encode()
    length = f"Content-Length: {len(body)}\r\n".encode()
    for content, status in (
        (b"BREW / HTTP/1.1\r\n\r\n", 400),
        (b"\x00\x01\x02\r\n\r\n", 400),
        (b"POST /add-checkpoint HTTP/1.1\r\n\r\n", 400),
        (b"POST /add-checkpoint HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + length + b"\r\n" + body, 400),
        (b"POST /add-checkpoint HTTP/1.1\r\n" + length + length + b"\r\n" + body, 400),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: +5\r\n\r\nold 0", 400),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n", 413),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 2\r\n\r\n\xff\xff", 400),
        (b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 20_000 + b"\r\n\r\n", 431),
        (b"GET /add-checkpoint HTTP/1.1\r\n\r\n", 405),
        (b"GET /nothing HTTP/1.1\r\n\r\n", 404),
    ):
        assert _raw(teller, content).startswith(f"HTTP/1.1 {status} ".encode()), content[:60]
    text = body.decode()
    broken = ("", "old 0", "old 00\n\n" + text.split("\n\n", 1)[1], text.replace("old 0", "old -1"), text.replace("old 0\n", "old 0\nkey {}\n"),
              text.replace("old 0\n", "old 0\nAAAA\n"), text[:-1], text.replace("\n\n", "\n" + "A" * 44 + "\n\n", 1))  # fmt: skip
    for bad in broken:
        head = f"POST /add-checkpoint HTTP/1.1\r\nContent-Length: {len(bad.encode())}\r\n\r\n".encode()
        assert _raw(teller, head + bad.encode()).startswith(b"HTTP/1.1 400 "), bad
    assert teller.push(0).status == 200


@pytest.mark.req("C03")
def test_slow_and_many_connections_do_not_keep_others_out_for_long(teller: Teller) -> None:
    began = time.monotonic()
    answers: list[bytes] = []
    slow = threading.Thread(target=lambda: answers.append(_raw(teller, b"G" * 200, pause=0.1, seconds=30)))
    slow.start()
    assert teller.push(0, 300).status == 200, "beside a slow one"
    held = [socket.create_connection(("127.0.0.1", teller.witness.port)) for _ in range(40)]
    time.sleep(0.3)  # the place of the connection that was answered last is free by now
    held += [socket.create_connection(("127.0.0.1", teller.witness.port)) for _ in range(4)]
    try:
        with pytest.raises(AnchorUnreachableError):
            teller.client(seconds=1.0).add_checkpoint(teller.trail.request(300))
        end = time.monotonic() + 12
        while True:  # the handshakes that never came run into their deadline
            try:
                assert teller.push(300).status == 200
                break
            except AnchorUnreachableError:
                assert time.monotonic() < end
                time.sleep(0.3)
    finally:
        for connection in held:
            connection.close()
    slow.join()
    assert answers == [b""]
    assert time.monotonic() - began < 25


@pytest.mark.req("C03")
def test_an_answer_is_waited_for_no_longer_than_the_deadline(teller: Teller) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(AnchorUnreachableError):
            teller.client(url=f"https://127.0.0.1:{silent.getsockname()[1]}", seconds=0.5).newest(teller.trail.origin)
        assert time.monotonic() - began < 2


@pytest.mark.req("C03", "Q03")
def test_a_damaged_or_lost_memory_is_never_a_beginning_anew(teller: Teller) -> None:
    assert teller.push(0, 600).status == 200
    (state,) = [
        p for p in teller.witness.root.glob("origins/*/state.json") if teller.trail.origin in p.with_name("origin.json").read_text()
    ]
    whole = state.read_bytes()
    teller.witness.kill()
    try:
        for damaged in (whole.replace(b'"size":600', b'"size":500'), whole[:-20], b""):
            state.write_bytes(damaged)
            teller.witness.start()
            assert teller.push(600).status == 503
            assert teller.push(0).status == 503
            teller.witness.kill()
        state.unlink()
        teller.witness.start()
        assert teller.push(0).status == 503
        teller.witness.kill()
        state.write_bytes(whole)
    finally:
        teller.witness.start()
    assert teller.push(600).status == 200

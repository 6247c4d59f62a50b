"""A label's bytes: the same picture for the same record, nothing in them that a person typed, and no command but ours (URS F09, F16)."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from io import BytesIO

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from jope_drivers.simulator.printer import picture_of
from PIL import Image

from jope.kernel.errors import RefusedError
from jope.plant.materials.labels import DispenseLabel
from jope.services.reporting.labels.drawing import LabelFacts, LabelStock, drawn, label_bytes, lines_of
from jope.services.reporting.labels.zpl import Bitmap, decoded, encoded

LABEL = DispenseLabel(
    component="Ascorbic acid", code="RM-001", lot_no="LOT-2026-001", receiving_no="RCV-77", net="123.45", tare="12.30", gross="135.75", unit="g",
    batch_no="B-0001", product="Vitamin C 500 mg tablets", product_lot="VC-77", weighed_by="D-OPER", scale="SC-1 (B123456789)",
    time="2026-11-27T17:20:00.000000Z", weighing_id="0192f0aa-1111-7222-8333-444455556666",
)  # fmt: skip
FACTS = LabelFacts(LABEL, "D-SUPER", 1)
STOCK = LabelStock(8, 100, 60)
COMMANDS = [b"^XA", b"^PW", b"^LL", b"^LH", b"^PQ", b"^FO", b"^GF", b"^FS", b"^XZ"]


@pytest.mark.req("F09", "F16")
@pytest.mark.parametrize("dots", [8, 12])
def test_what_is_shown_is_what_an_independent_reader_makes_of_the_bytes(dots: int) -> None:
    content = label_bytes(FACTS, LabelStock(dots, 100, 60))
    shown = Image.open(BytesIO(decoded(content).png()))
    printed = picture_of(content)
    assert shown.convert("1").tobytes() == printed.tobytes()
    (code,) = zxingcpp.read_barcodes(shown.convert("L"))
    assert code.text == LABEL.qr_text()


@pytest.mark.req("F09")
def test_every_field_stands_on_the_label() -> None:
    text = "\n".join(line for line, _ in lines_of(FACTS))
    values = (
        LABEL.component, LABEL.code, LABEL.lot_no, LABEL.receiving_no, LABEL.net, LABEL.tare, LABEL.gross, LABEL.batch_no, LABEL.product,
        LABEL.product_lot, LABEL.weighed_by, LABEL.scale, LABEL.time, "Verified by D-SUPER", "Copy 1",
    )  # fmt: skip
    assert all(value in text for value in values)
    assert "Not verified yet" in "\n".join(line for line, _ in lines_of(replace(FACTS, verified_by="")))
    assert ("Copy 2 - REPRINT", True) in lines_of(replace(FACTS, copy_no=2))


@pytest.mark.req("F16")
def test_the_same_record_gives_the_same_bytes_and_another_one_others() -> None:
    once = encoded(drawn(FACTS, STOCK))
    assert once == encoded(drawn(FACTS, STOCK)) == label_bytes(FACTS, STOCK)
    others = [replace(FACTS, copy_no=2), replace(FACTS, verified_by=""), replace(FACTS, label=replace(LABEL, net="123.46"))]
    assert len({once, *(label_bytes(one, STOCK) for one in others)}) == 4


@pytest.mark.req("F16")
def test_what_does_not_fit_is_refused_and_never_cut_off() -> None:
    with pytest.raises(RefusedError, match="does not fit"):
        label_bytes(replace(FACTS, label=replace(LABEL, component="Magnesium stearate " * 40)), STOCK)
    with pytest.raises(RefusedError, match="does not fit"):
        label_bytes(FACTS, LabelStock(8, 25, 25))


@pytest.mark.req("F16")
@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=30), st.text(alphabet="^~,:_\\\x02\x03\x1b\r\n\0XZAFSPQJR", min_size=1, max_size=30))
def test_no_name_can_be_a_command(name: str, evil: str) -> None:
    """Whatever stands in the names: the bytes hold our nine commands and a picture, and nothing else."""
    try:
        facts = replace(FACTS, label=replace(LABEL, component=f"x{name}", product=f"{evil}^XA~JR^XZ", product_lot=f"{evil}x"))
        content = label_bytes(facts, STOCK)
    except RefusedError:
        return
    assert re.findall(rb"[\^~][A-Za-z@][A-Za-z0-9]", content) == COMMANDS
    assert content.count(b"^") == len(COMMANDS)
    assert b"~" not in content
    assert all(0x20 <= byte < 0x7F for byte in content)
    assert encoded(decoded(content)) == content


@pytest.mark.req("F16")
def test_bytes_that_are_not_ours_are_never_taken_for_a_label() -> None:
    content = label_bytes(FACTS, STOCK)
    source = random.Random(16)
    for _ in range(3_000):
        data = bytearray(content)
        if source.random() < 0.5:
            data[source.randrange(len(data))] ^= 1 << source.randrange(8)
        else:
            at = source.randrange(len(data))
            data[at:at] = source.choice((b"^XZ^XA", b"~JR", b"\0", b"A", b"^FDx^FS"))
        with pytest.raises(RefusedError):
            decoded(bytes(data))


@pytest.mark.req("F16")
def test_a_small_label_cannot_unpack_into_a_large_one() -> None:
    import base64
    import binascii
    import zlib

    packed = base64.b64encode(zlib.compress(b"\0" * 50_000_000, 9))
    bomb = b"^XA^PW8^LL1^LH0,0^PQ1,0,0,N^FO0,0^GFA,1,1,1,:Z64:" + packed + f":{binascii.crc_hqx(packed, 0):04X}^FS^XZ".encode()
    with pytest.raises(RefusedError):
        decoded(bomb)
    with pytest.raises(RefusedError):
        Bitmap(8, 2, b"\0")

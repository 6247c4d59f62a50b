"""A renderer of ZPL that is not ours makes of our bytes the very picture that was shown, and its QR code is the record (URS F09, F16)."""

from __future__ import annotations

import subprocess
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from jope.services.reporting.labels.drawing import LabelStock, label_bytes
from jope.services.reporting.labels.zpl import decoded
from tests.support.opcua_peers import ROOT, node_program
from tests.unit.test_label_bytes import FACTS, LABEL

RENDERER = ROOT / "tests" / "drivers" / "peers" / "node" / "labels"


@pytest.mark.req("F09", "F16")
@pytest.mark.parametrize(("dots", "width", "height"), [(8, 100, 60), (12, 100, 60), (8, 76, 70)])
def test_another_program_reads_the_same_label_from_the_bytes(dots: int, width: int, height: int) -> None:
    content = label_bytes(FACTS, LabelStock(dots, width, height))
    command = [str(node_program()), "render.js", str(width), str(height), str(dots)]
    done = subprocess.run(command, cwd=RENDERER, input=content, capture_output=True, timeout=60, check=True)
    theirs = Image.open(BytesIO(done.stdout)).convert("L").point(lambda value: 255 if value > 127 else 0)
    ours = Image.open(BytesIO(decoded(content).png())).convert("L")
    assert theirs.size == ours.size
    assert theirs.tobytes() == ours.tobytes()
    (code,) = zxingcpp.read_barcodes(theirs)
    assert code.text == LABEL.qr_text()

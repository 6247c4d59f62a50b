"""KERN Communications Protocol: the verbs of MT-SICS, asked more slowly (URS F01, F14; the reader's rules are those of ``mt_sics``).

1. Two requests begin more than 100 ms apart.
2. ``I4`` is sent without a parameter, always: with one it sets the serial number.
3. ``@`` is never sent.
4. ``I2`` may state the maker, the type and the capacity as texts of their own; they are kept in that order, parted by one space.
"""

from __future__ import annotations

import re
from typing import Final

from jope.kernel.errors import FrameError
from jope_drivers.scales.dialect import Dialect, Inquiry, frame_text
from jope_drivers.scales.mt_sics import Command
from jope_drivers.scales.sics import ACTIONS, TARE, inquiry, read_poll

PAUSE_SECONDS: Final = 0.11
_MODEL = re.compile(r'I2 A((?: "[ !#-\[\]-~]*"){1,8})')
_QUOTED = re.compile(r'"([^"]*)"')


def read_model(line: bytes) -> str:
    """Maker, type and capacity as ``I2`` states them.

    Raises:
        FrameError: it is no answer to ``I2``, or an empty one.
    """
    match = _MODEL.fullmatch(frame_text(line, "KCP"))
    model = " ".join(filter(None, _QUOTED.findall(match.group(1)))) if match is not None else ""
    if not model:
        raise FrameError(f"The frame {line!r} does not answer I2.")
    return model


KCP: Final = Dialect(
    protocol="kcp",
    poll=Command.SEND_IMMEDIATELY.value,
    read_poll=read_poll,
    serial_number=inquiry(Command.SERIAL_NUMBER),
    model=Inquiry(Command.MODEL.value, read_model),
    firmware=inquiry(Command.SOFTWARE),
    actions=ACTIONS,
    tare=TARE,
    pause_seconds=PAUSE_SECONDS,
)

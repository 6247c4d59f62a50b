"""The makes of serial scales that are spoken, by protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jope_drivers.scales.and_scale import AND
from jope_drivers.scales.dialect import Dialect
from jope_drivers.scales.kcp import KCP
from jope_drivers.scales.ohaus import OHAUS
from jope_drivers.scales.sbi import SBI
from jope_drivers.scales.sics import MT_SICS

DIALECTS: Final[Mapping[str, Dialect]] = {dialect.protocol: dialect for dialect in (MT_SICS, SBI, KCP, AND, OHAUS)}

"""OPC-UA beside the library's own client: CPU for each value, values lost to a pulled cable, and how soon a black hole is noticed.

Values come from the simulated line, a process of its own, over Basic256Sha256 SignAndEncrypt; the cable is pulled before node-opcua's server, whose
subscriptions survive. Lost are the numbers that are missing in counters of which the server kept everything.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable
from pathlib import Path

from jope_drivers.opcua.certificate import ApplicationCertificate
from jope_drivers.simulator.line_handle import SimulatedOpcUaLine
from jope_drivers.simulator.line_model import NAMESPACE

from bench.measure import Report
from jope.plant.devices.ports import DeviceState
from tests.support.opcua import Cable, counters, line_config, online, running_line, station_certificate
from tests.support.opcua_peers import NAMESPACE as PEER_NAMESPACE
from tests.support.opcua_peers import NodeServer, StockClient, lost_of, peer_config, peer_tag

FAST = 100
RATE_HZ = 20.0
PULLED_SECONDS = 8.0
PULLED_COUNTERS = 20


def measure(ground: Path, *, seconds: float) -> Report:
    """Both clients at the same servers, one after the other for the CPU and side by side for the cable."""
    report = Report("opcua: 100 tags, 2,000 values a second", {})
    own = station_certificate()
    with running_line(ground / "line", own, fast=FAST, rate_hz=RATE_HZ) as line:
        asyncio.run(_cpu(report, line, own, seconds))
        asyncio.run(_black_hole(report, line, own))
    with NodeServer(ground / "node") as server:
        server.trust(own)
        asyncio.run(_cable(report, server, own))
    return report


async def _cpu(report: Report, line: SimulatedOpcUaLine, own: ApplicationCertificate, seconds: float) -> None:
    async with online(line_config(line, own, tags=counters(FAST), options={"publishing_ms": "500"})) as station:
        ours = await _per_value(lambda: len(station.values), seconds)
    stock = StockClient()
    assert line.certificate is not None
    client = await stock.connect(
        line.address,
        own,
        line.certificate.certificate_der,
        namespace=NAMESPACE,
        nodes=[f"Fast.{n:04}" for n in range(FAST)],
        sampling_ms=50,
    )
    theirs = await _per_value(lambda: sum(map(len, stock.values.values())), seconds)
    await client.disconnect()
    report.limit("CPU a value", ours[0], 10.0, "us")
    report.notes["values a second, driver"] = round(ours[1])
    report.notes["CPU a value of the library's client, us"] = round(theirs[0], 2)
    report.notes["values a second, library"] = round(theirs[1])
    report.notes["CPU of a core at this rate, driver, %"] = round(ours[0] * ours[1] / 10_000, 2)


async def _per_value(count: Callable[[], int], seconds: float) -> tuple[float, float]:
    """Microseconds of this process' CPU for each value, and values a second."""
    await asyncio.sleep(2)
    gc.collect()
    values, cpu, begun = count(), time.process_time_ns(), time.perf_counter()
    await asyncio.sleep(seconds)
    taken = count() - values
    return (time.process_time_ns() - cpu) / 1000 / taken, taken / (time.perf_counter() - begun)


async def _black_hole(report: Report, line: SimulatedOpcUaLine, own: ApplicationCertificate) -> None:
    slowest = 0.0
    async with Cable(line.port) as cable, online(line_config(line, own, tags=counters(2), address=cable.address)) as station:
        for wait in (0.2, 0.5, 0.8, 1.1):
            await asyncio.sleep(wait)
            begun = time.perf_counter()
            cable.pull()
            await station.until(lambda: station.standing is DeviceState.RECOVERING)
            slowest = max(slowest, time.perf_counter() - begun)
            cable.plug()
            await station.until(lambda: station.standing is DeviceState.ONLINE)
    report.limit("black hole noticed, the slowest of 4", slowest, 3.0, "s")


async def _cable(report: Report, server: NodeServer, own: ApplicationCertificate) -> None:
    names = [f"Fast.{n}" for n in range(PULLED_COUNTERS)]
    stock = StockClient()
    async with Cable(server.port) as cable, Cable(server.port) as other:
        client = await stock.connect(
            other.address,
            own,
            server.certificate.certificate_der,
            namespace=PEER_NAMESPACE,
            nodes=names,
            sampling_ms=50,
        )
        async with online(peer_config(server, own, tuple(map(peer_tag, names)), address=cable.address)) as station:
            await asyncio.sleep(2)
            for one in (cable, other):
                one.pull()
            await asyncio.sleep(PULLED_SECONDS)
            for one in (cable, other):
                one.plug()
            await station.until(lambda: station.standing is DeviceState.ONLINE)
            seen = len(stock.values[names[0]])
            await station.until(lambda: len(stock.values[names[0]]) > seen + 30)
            ours = {name: [int(v.value) for v in station.of(name) if v.value is not None] for name in names}
        await client.disconnect()
    kept = sum(values[-1] - values[0] + 1 for values in ours.values())
    report.limit("values lost to a cable pulled for 8 s", sum(map(lost_of, ours.values())), 0, f"of {kept}")
    report.notes["the same, lost by the library's client"] = sum(map(lost_of, stock.values.values()))

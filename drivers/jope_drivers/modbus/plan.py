"""Which requests read the registered tags: neighbours together, nothing that is not registered (URS J01).

Tags of one table and one sampling interval that touch or overlap are read in one request, up to the device's limits. Between them at most
``read_gaps`` unregistered addresses are read along.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from jope_drivers.modbus.pdu import Request, Table, read
from jope_drivers.modbus.points import Point
from jope_drivers.modbus.settings import ModbusSettings


@dataclass(slots=True, eq=False)
class Poll:
    """One request and the tags that it tells, in order of address; when it is due next, in microseconds of the monotonic clock."""

    points: tuple[Point, ...]
    interval_us: int
    due_us: int = 0
    request: Request = field(init=False)

    def __post_init__(self) -> None:
        self.request = read(self.table, self.address, max(point.end for point in self.points) - self.address)

    @property
    def table(self) -> Table:
        """The table that is read."""
        return self.points[0].table

    @property
    def address(self) -> int:
        """The first address that is read."""
        return self.points[0].address

    def halves(self) -> tuple[Poll, Poll]:
        """Two requests for the same tags, due when this one was."""
        middle = len(self.points) // 2
        return Poll(self.points[:middle], self.interval_us, self.due_us), Poll(self.points[middle:], self.interval_us, self.due_us)


def plan(settings: ModbusSettings) -> list[Poll]:
    """The requests for all tags, the first due at once."""

    def key(point: Point) -> tuple[int, int]:
        return point.tag.sampling_ms, point.table

    polls: list[Poll] = []
    for _, group in groupby(sorted(settings.points, key=lambda point: (*key(point), point.address, point.count)), key):
        polls += _coalesced(group, settings)
    return polls


def _coalesced(points: Iterable[Point], settings: ModbusSettings) -> Iterable[Poll]:
    run: list[Point] = []
    end = 0
    for point in points:
        limit = settings.max_bits if point.table.holds_bits else settings.max_registers
        if run and (point.address > end + settings.read_gaps or max(end, point.end) - run[0].address > limit):
            yield _poll(run)
            run = []
        end = max(end, point.end) if run else point.end
        run.append(point)
    if run:
        yield _poll(run)


def _poll(points: list[Point]) -> Poll:
    return Poll(tuple(points), points[0].tag.sampling_ms * 1000)

"""Where the gateway puts what it hears: states become events of the station, values become samples with the batch they were taken in."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from jope.kernel.clock import Clock
from jope.plant.devices.ports import DeviceConfig, DeviceStatus, Quality, Reading
from jope.plant.devices.sampling.contexts import ContextBook
from jope.plant.devices.sampling.keeping import SampleKeeper
from jope.plant.devices.sampling.limits import LimitWatch
from jope.plant.devices.sampling.store import NewGap, NewSample
from jope.plant.devices.state_events import StateEvents
from jope.plant.devices.tags import GapRecord, SampleFlag, StatusCode, TagBatch

SOURCE_LIMIT_US: Final = 60_000_000
"""A device's time counts where it is within a minute of the station's; a value that has stood for longer counts from when it was heard."""
REST_US: Final = 60_000_000
"""A scale that shows the same for a minute leaves one sample a minute, not ten a second; each change leaves one at once."""
WEIGHT: Final = "weight"
_STATUS_OF: Final = {
    "offline": StatusCode.BAD_NO_COMMUNICATION,
    "busy": StatusCode.BAD_TIMEOUT,
    "garbled": StatusCode.BAD_DECODING_ERROR,
    "wrong_unit": StatusCode.BAD_TYPE_MISMATCH,
    "overload": StatusCode.BAD_OUT_OF_RANGE,
    "underload": StatusCode.BAD_OUT_OF_RANGE,
}
_UNSTABLE: Final = 0x40000000
"""Uncertain: the scale itself says that the load moves."""
_DRIFT: Final = int(SampleFlag.CLOCK_DRIFT)
_RECOVERED: Final = int(SampleFlag.RECOVERED)


def weight_tag(device_id: str) -> str:
    """The tag under which a scale's readings are kept."""
    return f"{device_id}.{WEIGHT}"


class SampleSink:
    """The gateway's sink. All methods run in the gateway's thread and never wait."""

    def __init__(self, states: StateEvents, keeper: SampleKeeper, contexts: ContextBook, limits: LimitWatch, clock: Clock) -> None:
        self._states = states
        self._limits = limits
        self._keeper = keeper
        self._contexts = contexts
        self._clock = clock
        self._units: dict[str, str] = {}
        self._shown: dict[str, tuple[object, int]] = {}
        self._lost: dict[str, tuple[int, int, int]] = {}

    def describe(self, configs: tuple[DeviceConfig, ...]) -> None:
        """Which unit each tag has; before the gateway starts, and again before it takes up a changed configuration."""
        self._units = {tag.tag_id: tag.unit for config in configs for tag in config.tags}

    def status(self, status: DeviceStatus) -> None:
        """A device changed its state."""
        self._states.status(status)

    def reading(self, reading: Reading) -> None:
        """A frame of a scale. Each change is kept with its raw frame; rest is kept once a minute."""
        self._states.reading(reading)
        now_us = reading.source_time.utc_us
        shows = (reading.quantity, reading.stable, reading.detail)
        before = self._shown.get(reading.device_id)
        if before is not None and before[0] == shows and 0 <= now_us - before[1] < REST_US:
            return
        quantity = reading.quantity
        status = int(_STATUS_OF.get(reading.detail, StatusCode.BAD_DEVICE_FAILURE))
        if quantity is not None and reading.quality is not Quality.BAD:
            status = StatusCode.GOOD if reading.stable and reading.quality is Quality.GOOD else _UNSTABLE
        value: Decimal | None = quantity.value if quantity is not None else None
        sample = NewSample(
            reading.device_id, weight_tag(reading.device_id), quantity.unit if quantity is not None else "", now_us, None, None, now_us,
            reading.source_time.mono_us, value, int(status), 0, self._contexts.current, reading.raw_frame.encode("latin-1"),
        )  # fmt: skip
        if self._offer(reading.device_id, [sample]):
            self._shown[reading.device_id] = (shows, now_us)

    def values(self, device_id: str, batch: TagBatch) -> bool:
        """Values of a device that arrived together. False where they could not be taken: the device has to be let go of."""
        received, units, current = batch.received, self._units, self._contexts.current
        recv_us, mono_us = received.utc_us, received.mono_us
        samples = []
        for value in batch.values:
            source_us, flags = value.source_us, value.flags
            context, time_us = current, recv_us
            if source_us is not None and not flags & _DRIFT:
                if flags & _RECOVERED:
                    context, time_us = self._contexts.at(source_us), source_us
                elif -SOURCE_LIMIT_US < source_us - recv_us < SOURCE_LIMIT_US:
                    time_us = source_us
            samples.append(
                NewSample(device_id, value.tag_id, units.get(value.tag_id, ""), time_us, source_us, value.server_us, recv_us, mono_us, value.value,
                          value.status, flags, context, None)
            )  # fmt: skip
        self._limits.look(batch.values)
        return self._offer(device_id, samples)

    def gap(self, device_id: str, gap: GapRecord) -> None:
        """A device lost values for good."""
        reason = gap.reason if len(gap.tag_ids) != 1 else f"{gap.tag_ids[0]}: {gap.reason}"
        self._keeper.note_gap(NewGap(device_id, gap.from_us, gap.to_us, gap.known_lost, reason, self._clock.now().utc_us))

    def _offer(self, device_id: str, samples: list[NewSample]) -> bool:
        taken = self._keeper.offer(samples)
        if not taken:
            first, last, count = self._lost.get(device_id, (samples[0].time_us, samples[0].time_us, 0))
            self._lost[device_id] = (min(first, samples[0].time_us), max(last, samples[-1].time_us), count + len(samples))
        elif device_id in self._lost:
            first, last, count = self._lost.pop(device_id)
            reason = "The station could not keep these values: its buffer was full."
            self._keeper.note_gap(NewGap(device_id, first, last, count, reason, self._clock.now().utc_us))
        return taken

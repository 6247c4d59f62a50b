"""A scale that speaks MT-SICS over a serial port (URS F01, F14, J01, J08; P11-09).

The protocol has neither checksums nor request numbers, so an answer belongs to a request only by order. The rules that keep a late answer
from being taken for a fresh one:

1. One request is under way at a time, in the one thread of the port.
2. Before a request nothing may lie in the input. What lies there was not asked for: the pair is out of step.
3. No answer in time, an answer that cannot be read, two answers, or an answer to something else: the pair is out of step.
4. Out of step, nothing is believed: wait until the line is silent, throw everything away, then ask ``I4``. Answers come in order, so
   whatever comes before the serial number is old and is thrown away too. The serial number must be the one that was identified.
5. ``@`` is never sent (it clears the tare), nor ``I4`` with a parameter (on some makes it sets the serial number).
6. An action (zero, tare) is sent once. No answer means that nobody knows.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from jope.kernel.clock import Clock, Instant
from jope.kernel.errors import (
    DeviceIdentityError,
    DeviceIndeterminateError,
    DeviceOfflineError,
    DeviceRefusedError,
    FrameError,
    SettingsError,
)
from jope.kernel.units import MASS_UNITS, Quantity
from jope.plant.devices.ports import ActionReceipt, DeviceConfig, DeviceIdentity, Quality, Reading, ScaleAction
from jope_drivers.scales.mt_sics import (
    MAX_FRAME_BYTES,
    TERMINATOR,
    Command,
    Condition,
    ConditionFrame,
    DoneFrame,
    FaultFrame,
    Frame,
    TextFrame,
    WeightFrame,
    parse_frame,
)
from jope_drivers.scales.serial_line import LINE_OPTIONS, LineSettings, SerialLine, require_known

ANSWER_SECONDS: Final = 0.5
"""A device answers ``SI`` within some 100 ms."""

INQUIRY_SECONDS: Final = 1.0
PROBE_SECONDS: Final = (1.0, 0.5)
"""The resynchronising probe is sent twice at most, so that a dead line is known within three seconds."""

ACTION_SECONDS: Final = 4.5
"""Zero and tare wait for stability in the device, usually three seconds at most."""

QUIET_SECONDS: Final = 0.15
DRAIN_LIMIT_SECONDS: Final = 1.0

GARBLED: Final = "garbled"
WRONG_UNIT: Final = "wrong_unit"
_ACTIONS: Final = {ScaleAction.ZERO: Command.ZERO, ScaleAction.TARE: Command.TARE}
_Result = TypeVar("_Result")


class SerialScale:
    """Driver of one scale. Options: ``unit`` (the only unit whose weights are taken) and those of ``LineSettings``."""

    def __init__(self, config: DeviceConfig, clock: Clock) -> None:
        """Check the options; the port stays closed.

        Raises:
            SettingsError: an option cannot be used.
        """
        require_known(config.options, LINE_OPTIONS | {"unit", "readability"})
        self._config = config
        self._clock = clock
        self._unit = config.options.get("unit", "")
        if self._unit and self._unit not in MASS_UNITS:
            raise SettingsError(
                f"Option unit of {config.device_id} is '{self._unit}'.", remedy="Use one of: " + ", ".join(sorted(MASS_UNITS)) + "."
            )
        self._line = SerialLine(config.address, LineSettings.from_options(config.options), clock, max_line_bytes=MAX_FRAME_BYTES)
        self._thread: ThreadPoolExecutor | None = None
        self._identity: DeviceIdentity | None = None
        self._out_of_step = True
        self._acting = 0
        self._numbers = itertools.count(1)
        self._garbled_frames = 0
        self._closed = False

    @property
    def garbled_frames(self) -> int:
        """Answers that could not be read since the port was opened, missing ones included."""
        return self._garbled_frames

    # --- the port ----------------------------------------------------------------------------------------------------

    async def connect(self) -> None:
        """Open the port.

        Raises:
            DeviceOfflineError: it cannot be opened, or this driver was closed before.
        """
        if self._closed:
            raise DeviceOfflineError(f"{self._config.address} was closed.")
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"port-{self._config.device_id}")
        await self._in_port_thread(self._line.open)

    async def identify(self) -> DeviceIdentity:
        """Ask model (``I2``), software (``I3``) and serial number (``I4``), each exactly as the device states it.

        Raises:
            DeviceOfflineError: no answer.
            FrameError: the answer is not an identification.
        """
        return await self._in_port_thread(self._identify)

    async def tare(self) -> Quantity | None:
        """Ask ``TA``. A device that does not know the command, or answers in another unit than the registered one, has told nothing.

        Raises:
            DeviceOfflineError: no answer.
        """
        return await self._in_port_thread(self._ask_tare)

    async def readings(self) -> AsyncIterator[Reading]:
        """Poll ``SI`` every ``poll_seconds`` and yield one reading for each poll, the unusable ones too.

        While an action is under way the device does not answer polls; readings with detail ``busy`` stand for them, so that no older
        weight looks fresh.

        Raises:
            DeviceOfflineError: the line is lost.
            DeviceIdentityError: another device answers than the identified one.
        """
        while not self._closed:
            due_us = self._clock.monotonic_us() + int(self._config.poll_seconds * 1_000_000)
            if self._acting:
                yield self._unusable(b"", self._clock.now(), "busy")
            else:
                yield await self._in_port_thread(self._poll)
            await asyncio.sleep(max(0, due_us - self._clock.monotonic_us()) / 1_000_000)

    async def act(self, action: ScaleAction) -> ActionReceipt:
        """Send ``Z`` or ``T`` once and wait for the answer.

        Raises:
            DeviceOfflineError: the line was lost before the command was sent.
            DeviceRefusedError: the device said no; nothing was done.
            DeviceIndeterminateError: no answer, or one that cannot be read; whether it was done is not known.
        """
        self._acting += 1
        try:
            return await self._in_port_thread(lambda: self._act(action))
        finally:
            self._acting -= 1

    async def close(self) -> None:
        """Let go of the port. May be called twice."""
        self._closed = True
        self._line.abandon()
        thread, self._thread = self._thread, None
        if thread is None:
            return
        try:
            await asyncio.get_running_loop().run_in_executor(thread, self._line.close)
        finally:
            thread.shutdown(wait=False)

    async def _in_port_thread(self, call: Callable[[], _Result]) -> _Result:
        if self._thread is None:
            raise DeviceOfflineError(f"{self._config.address} is not open.")
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    # --- in the port's thread ----------------------------------------------------------------------------------------

    def _identify(self) -> DeviceIdentity:
        self._identity = None
        self._resynchronise()
        identity = DeviceIdentity(
            model=self._inquire(Command.MODEL),
            serial_number=self._inquire(Command.SERIAL_NUMBER),
            firmware=self._inquire(Command.SOFTWARE),
        )
        self._identity = identity
        return identity

    def _inquire(self, command: Command) -> str:
        self._line.send(command.line)
        received = self._line.receive(INQUIRY_SECONDS)
        if not received.data:
            raise DeviceOfflineError(f"{self._config.address} does not answer {command}.")
        frame = parse_frame(received.data)
        if not isinstance(frame, TextFrame) or frame.answer_id != command.answer_id or not frame.texts[0]:
            raise FrameError(f"{self._config.address} answers {command} with {received.data!r}.")
        return frame.texts[0]

    def _ask_tare(self) -> Quantity | None:
        self._line.send(Command.TARE_VALUE.line)
        received = self._line.receive(INQUIRY_SECONDS)
        if not received.data:
            raise DeviceOfflineError(f"{self._config.address} does not answer {Command.TARE_VALUE}.")
        try:
            frame = parse_frame(received.data)
        except FrameError:
            self._out_of_step = True
            return None
        match frame:
            case WeightFrame(answer_id="TA", quantity=quantity) if self._unit in ("", quantity.unit):
                return quantity
            case FaultFrame() | ConditionFrame() | WeightFrame(answer_id="TA"):
                return None
        self._out_of_step = True
        return None

    def _poll(self) -> Reading:
        if self._out_of_step:
            self._resynchronise()
        stray = self._line.take_stray()
        if stray:
            return self._misunderstood(stray, self._clock.now())
        self._line.send(Command.SEND_IMMEDIATELY.line)
        received = self._line.receive(ANSWER_SECONDS)
        arrived = self._clock.now()
        surplus = self._line.take_stray()
        if surplus or not received.complete:
            return self._misunderstood(received.data + surplus, arrived)
        return self._judge(received.data, arrived)

    def _judge(self, line: bytes, arrived: Instant) -> Reading:
        try:
            frame = parse_frame(line)
        except FrameError:
            return self._misunderstood(line, arrived)
        match frame:
            case WeightFrame(answer_id="S", quantity=quantity) if self._unit in ("", quantity.unit):
                return self._reading(line, arrived, quantity=quantity, stable=frame.stable)
            case WeightFrame(answer_id="S"):
                return self._unusable(line, arrived, WRONG_UNIT)
            case ConditionFrame(answer_id="S", condition=Condition.OVERLOAD | Condition.UNDERLOAD | Condition.BUSY as condition):
                return self._unusable(line, arrived, condition.value)
        return self._misunderstood(line, arrived)

    def _act(self, action: ScaleAction) -> ActionReceipt:
        command = _ACTIONS[action]
        if self._out_of_step or self._line.take_stray():
            self._resynchronise()
        # From here on the command may have been carried out, whatever happens.
        try:
            self._line.send(command.line)
            received = self._line.receive(ACTION_SECONDS)
            time = self._clock.now()
            frame = parse_frame(received.data)
        except (DeviceOfflineError, FrameError) as error:
            self._out_of_step = True
            raise DeviceIndeterminateError(f"{self._config.device_id} did not answer {command} understandably.") from error
        self._refuse_or_pass(frame, command, received.data)
        return ActionReceipt(self._config.device_id, action, done=True, raw_frame=_raw_text(received.data), time=time)

    def _refuse_or_pass(self, frame: Frame, command: Command, line: bytes) -> None:
        match frame:
            case DoneFrame() | WeightFrame() if frame.answer_id == command.answer_id:
                return
            case ConditionFrame(condition=condition) if frame.answer_id == command.answer_id:
                raise DeviceRefusedError(f"{self._config.device_id} refused {command} ({condition}: '{_raw_text(line)}').")
            case FaultFrame(fault=fault):
                raise DeviceRefusedError(f"{self._config.device_id} does not carry out {command} ('{fault}').")
        self._out_of_step = True
        raise DeviceIndeterminateError(f"{self._config.device_id} answered {command} with something else ('{_raw_text(line)}').")

    # --- keeping in step ---------------------------------------------------------------------------------------------

    def _resynchronise(self) -> None:
        """Rule 4 of the module.

        Raises:
            DeviceOfflineError: no serial number came.
            DeviceIdentityError: the serial number is another one.
        """
        self._out_of_step = True
        for seconds in PROBE_SECONDS:
            self._line.drain(quiet_seconds=QUIET_SECONDS, limit_seconds=DRAIN_LIMIT_SECONDS)
            self._line.send(Command.SERIAL_NUMBER.line)
            serial_number = self._await_serial_number(seconds)
            if serial_number is not None:
                self._refuse_another(serial_number)
                self._out_of_step = False
                return
        raise DeviceOfflineError(f"{self._config.address} does not answer.")

    def _await_serial_number(self, seconds: float) -> str | None:
        deadline_us = self._clock.monotonic_us() + int(seconds * 1_000_000)
        while (rest_us := deadline_us - self._clock.monotonic_us()) > 0:
            received = self._line.receive(rest_us / 1_000_000)
            try:
                frame = parse_frame(received.data)
            except FrameError:
                continue  # an older answer, or a piece of one
            if isinstance(frame, TextFrame) and frame.answer_id == Command.SERIAL_NUMBER.answer_id:
                return frame.texts[0]
        return None

    def _refuse_another(self, serial_number: str) -> None:
        identity = self._identity
        if identity is not None and identity.serial_number != serial_number:
            raise DeviceIdentityError(
                f"Serial number {serial_number} answers on {self._config.address}, {identity.serial_number} answered before."
            )

    # --- readings ----------------------------------------------------------------------------------------------------

    def _misunderstood(self, data: bytes, arrived: Instant) -> Reading:
        self._out_of_step = True
        self._garbled_frames += 1
        return self._unusable(data, arrived, GARBLED)

    def _unusable(self, data: bytes, arrived: Instant, detail: str) -> Reading:
        return self._reading(data, arrived, detail=detail)

    def _reading(
        self, data: bytes, arrived: Instant, *, quantity: Quantity | None = None, stable: bool = False, detail: str = ""
    ) -> Reading:
        if self._identity is None:
            raise DeviceIdentityError(f"{self._config.device_id} has not been identified.")
        body = data.removesuffix(TERMINATOR)
        return Reading(
            device_id=self._config.device_id,
            number=next(self._numbers),
            quantity=quantity,
            quality=Quality.BAD if quantity is None else Quality.GOOD,
            stable=stable,
            source_time=arrived,
            raw_frame=_raw_text(data),
            frame_hash=hashlib.sha256(body).hexdigest(),
            identity=self._identity,
            detail=detail,
        )


def _raw_text(data: bytes) -> str:
    """The line without its terminator, one character a byte, so that noise can be told from text and turned back into the same bytes."""
    return data.removesuffix(TERMINATOR).decode("latin-1")

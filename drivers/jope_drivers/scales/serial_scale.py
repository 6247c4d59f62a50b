"""A scale on a serial port, whatever its make speaks (URS F01, F14, J01, J08; P11-09).

None of the dialects has checksums or request numbers, so an answer belongs to a request only by order. The rules that keep a late answer
from being taken for a fresh one:

1. One request is under way at a time, in the one thread of the port.
2. Before a request nothing may lie in the input. What lies there was not asked for: the pair is out of step.
3. No answer in time, an answer that cannot be read, two answers, or an answer to something else: the pair is out of step.
4. Out of step, nothing is believed: wait until the line is silent, throw everything away, then ask for the serial number (MT-SICS: ``I4``).
   Answers come in order, so whatever comes before the serial number is old and is thrown away too. The serial number must be the one that was
   identified.
5. Nothing is sent that changes the device unasked: no ``@`` (it clears the tare), no ``I4`` with a parameter (on some makes it sets the serial
   number), no ``ESC Z`` (it begins an adjustment), no switching of printing.
6. An action (zero, tare) is sent once. No answer means that nobody knows. Where a make answers nothing, or only that it heard, the receipt is
   the first weight at rest that shows zero after the command; without one in time nobody knows either. The receipt says
   so when the scale showed zero already before.
7. The weight of a moving load that comes without its unit is shown in the unit of the last weight at rest, as uncertain; before there was one,
   and after the pair was out of step, it is no value.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
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
from jope_drivers.scales.dialect import (
    BUSY,
    GARBLED,
    MAX_FRAME_BYTES,
    TERMINATOR,
    WRONG_UNIT,
    Acknowledged,
    Action,
    Dialect,
    Inquiry,
    NoWeight,
    Refused,
    Shown,
    UnitlessWeight,
    Weight,
    command_line,
)
from jope_drivers.serial_line import LINE_OPTIONS, LineSettings, SerialLine, require_known

ANSWER_SECONDS: Final = 0.5
"""A device answers a poll within some 100 ms."""

INQUIRY_SECONDS: Final = 1.0
PROBE_SECONDS: Final = (1.0, 0.5)
"""The resynchronising probe is sent twice at most, so that a dead line is known within three seconds."""

ACTION_SECONDS: Final = 4.5
"""Zero and tare wait for stability in the device, usually three seconds at most."""

QUIET_SECONDS: Final = 0.15
DRAIN_LIMIT_SECONDS: Final = 1.0

HEARD_SECONDS: Final = 0.3
"""How long a make whose acknowledgement is optional is listened to before it is asked what it shows."""

FURTHER_LINES: Final = 4
READ_BACK: Final = "read back"
ZERO_BEFORE: Final = "showed zero before and after"
"""Receipts of makes that answer nothing to an action; the latter does not tell whether the device did anything."""

_Result = TypeVar("_Result")


class SerialScale:
    """Driver of one scale. Options: ``unit`` (the only unit whose weights are taken) and those of ``LineSettings``."""

    def __init__(self, config: DeviceConfig, clock: Clock, *, dialect: Dialect) -> None:
        """Check the options; the port stays closed.

        Raises:
            SettingsError: an option cannot be used.
        """
        require_known(config.options, LINE_OPTIONS | {"unit", "readability"})
        self._config = config
        self._clock = clock
        self._dialect = dialect
        self._unit = config.options.get("unit", "")
        if self._unit and self._unit not in MASS_UNITS:
            raise SettingsError(
                f"Option unit of {config.device_id} is '{self._unit}'.", remedy="Use one of: " + ", ".join(sorted(MASS_UNITS)) + "."
            )
        self._line = SerialLine(config.address, LineSettings.from_options(config.options), clock, max_line_bytes=MAX_FRAME_BYTES)
        self._thread: ThreadPoolExecutor | None = None
        self._identity: DeviceIdentity | None = None
        self._resting_unit = ""
        self._next_request_us = 0
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
        """Ask for model, firmware and serial number, each exactly as the device states it; what its make cannot tell is an empty text.

        Raises:
            DeviceOfflineError: no answer.
            DeviceIdentityError: two serial numbers answered one after the other.
            FrameError: the answer is not an identification.
        """
        return await self._in_port_thread(self._identify)

    async def tare(self) -> Quantity | None:
        """Ask for the tare. A device that cannot say, or answers in another unit than the registered one, has told nothing.

        Raises:
            DeviceOfflineError: no answer.
        """
        return await self._in_port_thread(self._ask_tare)

    async def readings(self) -> AsyncIterator[Reading]:
        """Poll every ``poll_seconds`` and yield one reading for each poll, the unusable ones too.

        While an action is under way the device does not answer polls; readings with detail ``busy`` stand for them, so that no older
        weight looks fresh.

        Raises:
            DeviceOfflineError: the line is lost.
            DeviceIdentityError: another device answers than the identified one.
        """
        while not self._closed:
            due_us = self._clock.monotonic_us() + int(self._config.poll_seconds * 1_000_000)
            if self._acting:
                yield self._unusable(b"", self._clock.now(), BUSY)
            else:
                yield await self._in_port_thread(self._poll)
            await asyncio.sleep(max(0, due_us - self._clock.monotonic_us()) / 1_000_000)

    async def act(self, action: ScaleAction) -> ActionReceipt:
        """Send the command once and wait for the answer, or for what the device then shows.

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
        probed = self._resynchronise()
        identity = DeviceIdentity(
            model=self._inquire(self._dialect.model),
            serial_number=self._inquire(self._dialect.serial_number),
            firmware=self._inquire(self._dialect.firmware),
        )
        if identity.serial_number != probed:
            # Some makes answer with bare texts: a late answer to something else must not become the name of the device.
            raise DeviceIdentityError(f"{self._config.address} answers as {probed}, then as {identity.serial_number}.")
        self._identity = identity
        return identity

    def _inquire(self, inquiry: Inquiry | None) -> str:
        if inquiry is None:
            return ""
        self._request(inquiry.command)
        received = self._line.receive(INQUIRY_SECONDS)
        if not received.data:
            raise DeviceOfflineError(f"{self._config.address} does not answer {_printable(inquiry.command)}.")
        if received.data == inquiry.unknown:
            return ""
        texts = [inquiry.read(received.data)]
        while inquiry.further_lines and len(texts) < FURTHER_LINES and (further := self._line.receive(QUIET_SECONDS)).data:
            texts.append(inquiry.read(further.data))
        return "; ".join(texts)

    def _ask_tare(self) -> Quantity | None:
        question = self._dialect.tare
        if question is None:
            return None
        self._request(question.command)
        received = self._line.receive(INQUIRY_SECONDS)
        if not received.data:
            raise DeviceOfflineError(f"{self._config.address} does not answer {_printable(question.command)}.")
        try:
            tare = question.read(received.data)
        except FrameError:
            self._out_of_step = True
            return None
        return tare if tare is not None and self._unit in ("", tare.unit) else None

    def _poll(self) -> Reading:
        if self._out_of_step:
            self._resynchronise()
        stray = self._line.take_stray()
        if stray:
            return self._misunderstood(stray, self._clock.now())
        self._request(self._dialect.poll)
        received = self._line.receive(ANSWER_SECONDS)
        arrived = self._clock.now()
        surplus = self._line.take_stray()
        if surplus or not received.complete:
            return self._misunderstood(received.data + surplus, arrived)
        return self._judge(received.data, arrived)

    def _judge(self, line: bytes, arrived: Instant) -> Reading:
        try:
            shown = self._dialect.read_poll(line)
        except FrameError:
            return self._misunderstood(line, arrived)
        match shown:
            case NoWeight(detail=detail):
                return self._unusable(line, arrived, detail)
            case UnitlessWeight(value=value):
                return self._moving(line, arrived, value)
            case Weight(quantity=quantity) if self._unit in ("", quantity.unit):
                self._resting_unit = quantity.unit
                return self._reading(line, arrived, quantity=quantity, quality=Quality.GOOD, stable=shown.stable)
        self._resting_unit = ""
        return self._unusable(line, arrived, WRONG_UNIT)

    def _moving(self, line: bytes, arrived: Instant, value: Decimal) -> Reading:
        """Rule 7 of the module."""
        if not self._resting_unit:
            return self._unusable(line, arrived, BUSY)
        return self._reading(line, arrived, quantity=Quantity(value, self._resting_unit), quality=Quality.UNCERTAIN)

    # --- actions -----------------------------------------------------------------------------------------------------

    def _act(self, action: ScaleAction) -> ActionReceipt:
        order = self._dialect.actions[action]
        if self._out_of_step or self._line.take_stray():
            self._resynchronise()
        detail = self._before(order) if order.silent else ""
        # From here on the command may have been carried out, whatever happens.
        try:
            line = self._see_it_done(order) if order.silent else self._hear_of_it(order)
        except (DeviceOfflineError, DeviceIdentityError, FrameError) as error:
            self._out_of_step = True
            raise DeviceIndeterminateError(
                f"{self._config.device_id} did not answer {_printable(order.command)} understandably."
            ) from error
        finally:
            # A late acknowledgement must not stand before the next answer.
            self._out_of_step = self._out_of_step or order.silent
        return ActionReceipt(self._config.device_id, action, done=True, raw_frame=_raw_text(line), time=self._clock.now(), detail=detail)

    def _before(self, order: Action) -> str:
        """What the receipt of a silent action has to say of the time before it: a zero that stood there already proves less."""
        _, shown = self._look(order)
        if shown is None:
            self._resynchronise()
        return ZERO_BEFORE if self._is_zero_at_rest(shown) else READ_BACK

    def _is_zero_at_rest(self, shown: Shown | None) -> bool:
        return isinstance(shown, Weight) and shown.stable and shown.quantity.value == 0 and self._unit in ("", shown.quantity.unit)

    def _hear_of_it(self, order: Action) -> bytes:
        """Send the command and return the line that says that it was carried out."""
        self._request(order.command)
        line = self._line.receive(ACTION_SECONDS).data
        self._raise_if_refused(order, line)
        return line

    def _see_it_done(self, order: Action) -> bytes:
        """Send the command and return the first line that shows zero at rest."""
        deadline_us = self._clock.monotonic_us() + int(ACTION_SECONDS * 1_000_000)
        self._request(order.command)
        heard = self._line.receive(HEARD_SECONDS).data
        if heard:
            self._raise_if_refused(order, heard)
        in_step = True
        while self._clock.monotonic_us() < deadline_us:
            if not in_step:
                self._resynchronise()
            stray = self._line.take_stray()
            if stray:
                self._raise_if_refused(order, stray)
            line, shown = self._look(order)
            if self._is_zero_at_rest(shown):
                return line
            in_step = shown is not None
        raise DeviceOfflineError(f"{self._config.device_id} does not show zero.")

    def _look(self, order: Action) -> tuple[bytes, Shown | None]:
        """What the device shows, past an acknowledgement that comes first; None where its answer cannot be used."""
        self._request(self._dialect.poll)
        line = self._line.receive(ANSWER_SECONDS).data
        if self._is_acknowledgement(order, line):
            line = self._line.receive(ANSWER_SECONDS).data
        try:
            return line, self._dialect.read_poll(line)
        except FrameError:
            return line, None

    def _is_acknowledgement(self, order: Action, line: bytes) -> bool:
        try:
            return isinstance(order.read(line), Acknowledged)
        except FrameError:
            return False

    def _raise_if_refused(self, order: Action, line: bytes) -> None:
        """Pass over an answer that says done or heard.

        Raises:
            DeviceRefusedError: it says no.
            FrameError: it is no answer to this command.
        """
        outcome = order.read(line)
        if isinstance(outcome, Refused):
            raise DeviceRefusedError(
                f"{self._config.device_id} did not carry out {_printable(order.command)} ({outcome.reason}: '{_raw_text(line)}')."
            )

    # --- keeping in step ---------------------------------------------------------------------------------------------

    def _resynchronise(self) -> str:
        """Rule 4 of the module. Returns the serial number.

        Raises:
            DeviceOfflineError: no serial number came.
            DeviceIdentityError: the serial number is another one.
        """
        self._out_of_step = True
        self._resting_unit = ""
        for seconds in PROBE_SECONDS:
            self._line.drain(quiet_seconds=QUIET_SECONDS, limit_seconds=DRAIN_LIMIT_SECONDS)
            self._request(self._dialect.serial_number.command)
            serial_number = self._await_serial_number(seconds)
            if serial_number is not None:
                self._refuse_another(serial_number)
                self._out_of_step = False
                return serial_number
        raise DeviceOfflineError(f"{self._config.address} does not answer.")

    def _await_serial_number(self, seconds: float) -> str | None:
        deadline_us = self._clock.monotonic_us() + int(seconds * 1_000_000)
        while (rest_us := deadline_us - self._clock.monotonic_us()) > 0:
            received = self._line.receive(rest_us / 1_000_000)
            try:
                return self._dialect.serial_number.read(received.data)
            except FrameError:
                continue  # an older answer, or a piece of one
        return None

    def _request(self, command: str) -> None:
        """Send a request, not sooner after the one before than the make allows."""
        early_us = self._next_request_us - self._clock.monotonic_us()
        if early_us > 0:
            self._line.rest(early_us / 1_000_000)
        self._line.send(command_line(command))
        self._next_request_us = self._clock.monotonic_us() + int(self._dialect.pause_seconds * 1_000_000)

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
        self,
        data: bytes,
        arrived: Instant,
        *,
        quantity: Quantity | None = None,
        quality: Quality = Quality.BAD,
        stable: bool = False,
        detail: str = "",
    ) -> Reading:
        if self._identity is None:
            raise DeviceIdentityError(f"{self._config.device_id} has not been identified.")
        body = data.removesuffix(TERMINATOR)
        return Reading(
            device_id=self._config.device_id,
            number=next(self._numbers),
            quantity=quantity,
            quality=quality,
            stable=stable,
            source_time=arrived,
            raw_frame=_raw_text(data),
            frame_hash=hashlib.sha256(body).hexdigest(),
            identity=self._identity,
            detail=detail,
        )


def _printable(command: str) -> str:
    return command.replace("\x1b", "ESC ")


def _raw_text(data: bytes) -> str:
    """The line without its terminator, one character a byte, so that noise can be told from text and turned back into the same bytes."""
    return data.removesuffix(TERMINATOR).decode("latin-1")

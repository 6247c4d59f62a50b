"""Relays and other switched outputs as alarm channels. What switches them is a driver, found by entry point (``jope.outputs``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jope.kernel.clock import Clock
from jope.kernel.errors import ChannelRefusedError, ChannelUnreachableError, DeviceError, OutputDriverMissingError
from jope.kernel.settings.files import OutputChannel, PolicyFile
from jope.plant.devices.ports import AlarmOutput, OutputFactory
from jope.services.health.channels.ports import Message

_ALL: Final = frozenset({1, 2, 3, 4})


def require_drivers(policy: PolicyFile, drivers: Mapping[str, OutputFactory]) -> None:
    """Refuse a policy that names an output nobody can switch.

    Raises:
        OutputDriverMissingError: names channel and driver.
    """
    for channel in policy.alarm_channels:
        if isinstance(channel, OutputChannel) and channel.driver not in drivers:
            known = ", ".join(sorted(drivers)) or "none"
            raise OutputDriverMissingError(
                f"The alarm channel {channel.name} needs the output driver '{channel.driver}'; installed: {known}."
            )


class SwitchedOutput:
    """One output of a driver. An alarm is told when its priority was switched on and read back."""

    def __init__(self, settings: OutputChannel, factory: OutputFactory, clock: Clock) -> None:
        self.name = settings.name
        self.priorities = settings.priorities
        self._output: AlarmOutput = factory(settings.address, clock)
        self._active: frozenset[int] = frozenset()

    def send(self, message: Message) -> str:
        """Switch the priority on; a test switches all of them on and back.

        Raises:
            ChannelUnreachableError, ChannelRefusedError: as named.
        """
        if not message.active:
            return "back to normal before it could be switched on"
        if message.priority:
            self._active |= {message.priority}
            self._switch(message.priority, on=True)
            return ""
        for priority in self.priorities:
            self._switch(priority, on=True)
        self.follow(self._active)
        return ""

    def follow(self, active: frozenset[int]) -> None:
        """Switch on what is active, and everything else off.

        Raises:
            ChannelUnreachableError, ChannelRefusedError: as named.
        """
        self._active = active
        for priority in self.priorities:
            self._switch(priority, on=priority in active)

    def abort(self) -> None:
        """Let go of the driver."""
        self._output.close()

    def _switch(self, priority: int, *, on: bool) -> None:
        try:
            self._output.switch(priority, on)
            found = self._output.is_on(priority)
        except DeviceError as error:
            raise ChannelUnreachableError(f"The output of {self.name} cannot be switched: {error.message}") from error
        if found is not on:
            raise ChannelRefusedError(f"The output of {self.name} reads back {'on' if found else 'off'} for priority {priority}.")

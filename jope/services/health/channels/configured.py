"""The channels that a policy names, as parts of the program, and what the store must be told of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from jope.compliance.commands import Command
from jope.kernel.canonical import canonical_text
from jope.kernel.clock import Clock
from jope.kernel.crypto.keys import KEY_BYTES, KeyFiles
from jope.kernel.crypto.wrapping import unwrap, wrap
from jope.kernel.errors import ChannelSecretError, StoreKeyError, WrappingKeyWrongError
from jope.kernel.settings.files import AlarmChannel, OutputChannel, PolicyFile, SmtpChannel
from jope.plant.devices.ports import OutputFactory
from jope.services.health.channels.outputs import SwitchedOutput
from jope.services.health.channels.ports import Channel
from jope.services.health.channels.syslog import SyslogAlarms
from jope.services.health.commands import ConfigureChannel, RemoveChannel
from jope.services.health.queries import KnownChannel

_KEY: Final = "channels"


def channels_of(
    policy: PolicyFile, *, folder: Path, station_id: str, keys: KeyFiles, outputs: Mapping[str, OutputFactory] | None, clock: Clock
) -> tuple[tuple[str, Channel], ...]:
    """(kind, channel) of every channel that this process tells alarms to. Without a plant (``outputs`` is None) outputs are left to the client."""
    return tuple((c.kind, made) for c in policy.alarm_channels if (made := _made(c, folder, station_id, keys, outputs, clock)) is not None)


def _made(
    channel: AlarmChannel, folder: Path, station_id: str, keys: KeyFiles, outputs: Mapping[str, OutputFactory] | None, clock: Clock
) -> Channel | None:
    if isinstance(channel, SmtpChannel):
        from jope.services.health.channels.mail import MailChannel  # the library of mails is not worth the time of a start without one

        return MailChannel(channel, folder=folder, station_id=station_id, password=password_reader(keys))
    if isinstance(channel, OutputChannel):
        return None if outputs is None else SwitchedOutput(channel, outputs[channel.driver], clock)
    return SyslogAlarms(channel, folder=folder, station_id=station_id)


def due_commands(policy: PolicyFile, known: Sequence[KnownChannel], folder: Path) -> Iterator[Command]:
    """What the store must be told so that it knows the channels of the policy (URS C15): new, changed and removed ones."""
    before = {channel.name: channel.settings for channel in known}
    for channel in policy.alarm_channels:
        settings = _settings_of(channel, folder)
        if before.pop(channel.name, None) != settings:
            yield ConfigureChannel(channel=channel.name, settings=settings)
    for name in before:
        yield RemoveChannel(channel=name)


def _settings_of(channel: AlarmChannel, folder: Path) -> str:
    """The settings of a channel and the digest of its pinned CA file, as canonical JSON. A password is not among them."""
    settings = channel.model_dump(mode="json")
    ca_file = settings.get("ca_file")
    if ca_file:
        path = folder / ca_file
        settings["ca_sha256"] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    return canonical_text(settings)


def password_path(keys: KeyFiles, channel: str) -> Path:
    """Where the sealed password of a channel is."""
    return keys.folder / f"channel-{channel}.sealed"


def set_password(keys: KeyFiles, channel: str, password: str) -> None:
    """Seal the password of a channel's login beside the station's keys, under a key of its own.

    Raises:
        StoreKeyError, ProtectorError: the station's keys cannot be read or written.
    """
    import secrets

    from jope.kernel.durable import write_aside

    if not keys.path(_KEY).exists():
        keys.write(_KEY, secrets.token_bytes(KEY_BYTES))
    write_aside(password_path(keys, channel), f"{wrap(keys.read(_KEY), channel, password.encode())}\n".encode())


def password_reader(keys: KeyFiles) -> Callable[[str], str]:
    """Reads the password of a channel when it is needed, and keeps none."""

    def read(channel: str) -> str:
        try:
            return unwrap(keys.read(_KEY), channel, password_path(keys, channel).read_text("ascii").strip()).decode()
        except (OSError, ValueError, StoreKeyError, WrappingKeyWrongError) as error:
            raise ChannelSecretError(f"The password of the channel {channel} is not there or does not open.") from error

    return read

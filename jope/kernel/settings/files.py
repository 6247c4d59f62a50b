"""The files of a station directory: ``station.toml`` (identity and ports) and ``policy.json`` (what is pinned outside the store).

Behaviour that matters to GMP lives in the store under change control, never here and never in environment variables.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from jope.kernel.errors import SettingsError

_ANCHOR_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"


class KeySettings(BaseModel):
    """``[keys]`` of ``station.toml``: what protects the station's key files (``kernel/crypto/protectors.py``)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    protector: Literal["file", "keyring", "systemd-creds", "dpapi", "tpm"] = "file"


class StationFile(BaseModel):
    """``station.toml``. Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    station_id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")
    site: str = Field(min_length=1, max_length=60)
    line: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")
    zone: str = Field(min_length=1, max_length=60)
    panel_pitch_mm: float = Field(default=0.1793, gt=0.05, lt=1.0)
    encrypted: bool = True
    demo: bool = False
    """Shown before the store is open; the store must say the same, or the station does not start."""
    log_retention_days: int = Field(default=730, ge=1, le=7300)
    """How long daily logs and metrics are kept. Two years reach from one periodic evaluation over the next inspection; the trail is kept for itself."""
    keys: KeySettings = KeySettings()


class WitnessAnchor(BaseModel):
    """A witness that cosigns this station's checkpoints: where it listens, the SHA-256 of its certificate, its name and its cosigning key (hex).

    One that is ``retired`` is asked no more; its cosignatures are still verified.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["witness"]
    name: str = Field(pattern=_ANCHOR_NAME)
    url: str = Field(pattern=r"^https://([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):[0-9]{1,5}/?$")
    pin: str = Field(pattern=r"^[0-9a-f]{64}$")
    public_key: str = Field(pattern=r"^[0-9a-f]{64}$")
    retired: bool = False


class FolderAnchor(BaseModel):
    """A folder, on another machine and write-once where there is one, that keeps checkpoints as files.

    Between two of them pass at least ``every_seconds``; after a signature that releases a batch and at a stop it is asked at once.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["folder"]
    name: str = Field(default="folder", pattern=_ANCHOR_NAME)
    path: str = Field(min_length=1, max_length=1000)
    every_seconds: int = Field(default=900, ge=1, le=86_400)


Anchor = Annotated[WitnessAnchor | FolderAnchor, Field(discriminator="kind")]
_MAX_ANCHORS = 8
_HOST = r"^([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]{2,45}\]?)$"
_ADDRESS = r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,188}[A-Za-z0-9])?$"
_MAX_CHANNELS = 8
Priority = Annotated[int, Field(ge=1, le=4)]
Priorities = Annotated[tuple[Priority, ...], Field(min_length=1, max_length=4)]
_URGENT: tuple[int, ...] = (1, 2, 3)


class SmtpChannel(BaseModel):
    """A mail server that takes alarms. Its certificate is checked against ``ca_file`` alone, a path beside ``policy.json`` or an absolute one.

    With a ``login`` the password lies sealed in the station's keys (``jope health set-password``), never here.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["smtp"]
    name: str = Field(pattern=_ANCHOR_NAME)
    host: str = Field(pattern=_HOST)
    port: int = Field(default=587, ge=1, le=65_535)
    tls: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: str = Field(default="", max_length=1000)
    sender: str = Field(pattern=_ADDRESS)
    to: tuple[Annotated[str, Field(pattern=_ADDRESS)], ...] = Field(min_length=1, max_length=20)
    login: str = Field(default="", max_length=100, pattern=r"^[!-~]*$")
    priorities: Priorities = _URGENT

    @model_validator(mode="after")
    def _secrets_travel_encrypted(self) -> SmtpChannel:
        if self.tls != "none" and not self.ca_file:
            raise ValueError("ca_file is missing: with TLS the server's certificate is checked against it")
        if self.login and self.tls == "none":
            raise ValueError("a login needs TLS")
        return self


class SyslogTarget(BaseModel):
    """Where a syslog listens (RFC 5424): a unix socket at ``path``, or ``host`` and ``port`` over UDP, TCP or TLS."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    transport: Literal["unix", "udp", "tcp", "tls"] = "unix"
    path: str = Field(default="/dev/log", max_length=100)
    host: str = Field(default="", max_length=253, pattern=r"^[A-Za-z0-9.:\[\]-]*$")
    port: int = Field(default=514, ge=1, le=65_535)
    ca_file: str = Field(default="", max_length=1000)

    @model_validator(mode="after")
    def _address_is_whole(self) -> SyslogTarget:
        if self.transport != "unix" and not self.host:
            raise ValueError("host is missing")
        if self.transport == "tls" and not self.ca_file:
            raise ValueError("ca_file is missing: with TLS the server's certificate is checked against it")
        return self


class SyslogChannel(SyslogTarget):
    """A syslog that takes alarms."""

    kind: Literal["syslog"]
    name: str = Field(pattern=_ANCHOR_NAME)
    priorities: Priorities = _URGENT


class OutputChannel(BaseModel):
    """A relay or another switched output of a driver; ``address`` is as that driver writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["output"]
    name: str = Field(pattern=_ANCHOR_NAME)
    driver: str = Field(pattern=_ANCHOR_NAME)
    address: str = Field(min_length=1, max_length=200)
    priorities: Priorities = _URGENT


AlarmChannel = Annotated[SmtpChannel | SyslogChannel | OutputChannel, Field(discriminator="kind")]


class SyslogSink(SyslogTarget):
    """A syslog that takes security events."""

    kind: Literal["syslog"]


class EventLogSink(BaseModel):
    """The Windows event log as the sink of security events."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["windows-event-log"]


SecuritySinkSettings = Annotated[SyslogSink | EventLogSink, Field(discriminator="kind")]


class PolicyFile(BaseModel):
    """``policy.json``: the chain's origin and its genesis key, which no one with the store alone can change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: int = Field(ge=1, le=1)
    origin: str = Field(min_length=1, max_length=120)
    genesis_public_key: str = Field(pattern=r"^[0-9a-f]{64}$")
    release_key: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    """The public key that signs releases of the program; where it is named, an unsigned program comes up read-only."""
    anchors: tuple[Anchor, ...] = Field(default=(), max_length=_MAX_ANCHORS)
    """Where checkpoints are kept outside the station."""
    release_needs_anchor: bool = False
    """Whether a batch is released only when an anchor holds a checkpoint over everything that was recorded of it."""
    alarm_channels: tuple[AlarmChannel, ...] = Field(default=(), max_length=_MAX_CHANNELS)
    """Who is told of alarms outside the station."""
    security_sink: SecuritySinkSettings | None = None
    """Where security events go beside the trail; the station only writes there."""

    @model_validator(mode="after")
    def _names_are_unique(self) -> PolicyFile:
        names = [anchor.name for anchor in self.anchors]
        if len(set(names)) != len(names):
            raise ValueError("two anchors have the same name")
        channels = [channel.name for channel in self.alarm_channels]
        if len(set(channels)) != len(channels):
            raise ValueError("two alarm channels have the same name")
        if self.release_needs_anchor and not any(self.live_anchors()):
            raise ValueError("release_needs_anchor is set, but there is no anchor")
        return self

    def live_anchors(self) -> tuple[WitnessAnchor | FolderAnchor, ...]:
        """The anchors that are asked."""
        return tuple(a for a in self.anchors if not (isinstance(a, WitnessAnchor) and a.retired))

    def witnesses(self) -> tuple[WitnessAnchor, ...]:
        """All witnesses whose cosignatures count, retired ones too."""
        return tuple(a for a in self.anchors if isinstance(a, WitnessAnchor))


@dataclass(frozen=True, slots=True)
class StationFolder:
    """Where the files of a station are."""

    root: Path

    @property
    def store(self) -> Path:
        """The encrypted store."""
        return self.root / "store.db"

    @property
    def keys(self) -> Path:
        """The key files."""
        return self.root / "keys"

    @property
    def head_mark(self) -> Path:
        """How far the trail had come, beside the signing key."""
        return self.keys / "head.mark"

    @property
    def blobs(self) -> Path:
        """Encrypted documents by content hash."""
        return self.root / "blobs"

    @property
    def lock(self) -> Path:
        """The file whose OS lock makes one process the holder."""
        return self.root / "station.lock"

    @property
    def logs(self) -> Path:
        """Daily logs and metrics, and captured errors."""
        return self.root / "logs"

    @property
    def reserve(self) -> Path:
        """Disk space that is given up so that a full disk can still be written into the trail."""
        return self.root / "reserve.bin"

    def settings(self) -> StationFile:
        """Read ``station.toml``.

        Raises:
            SettingsError: missing or not understood.
        """
        path = self.root / "station.toml"
        try:
            return StationFile.model_validate(tomllib.loads(path.read_text("utf-8")))
        except (OSError, ValueError, ValidationError) as error:
            raise SettingsError(
                f"{path.name} is missing or cannot be understood: {_first_line(error)}", remedy="Give the station directory with --data."
            ) from error

    def policy(self) -> PolicyFile:
        """Read ``policy.json``.

        Raises:
            SettingsError: missing or not understood.
        """
        return read_policy(self.root / "policy.json")

    def write(self, settings: StationFile, policy: PolicyFile) -> None:
        """Write both files of a new station."""
        self.write_settings(settings)
        (self.root / "policy.json").write_text(json.dumps(policy.model_dump(mode="json"), indent=2) + "\n", "utf-8")

    def write_settings(self, settings: StationFile) -> None:
        """Write ``station.toml``, whole or not at all."""
        lines = [f"{key} = {json.dumps(value)}" for key, value in settings.model_dump(exclude={"keys"}).items()]
        lines += ["", "[keys]", f"protector = {json.dumps(settings.keys.protector)}"]
        part = self.root / "station.toml.part"
        part.write_text("\n".join(lines) + "\n", "utf-8")
        part.replace(self.root / "station.toml")


def read_policy(path: Path) -> PolicyFile:
    """Read a policy file.

    Raises:
        SettingsError: missing or not understood.
    """
    try:
        return PolicyFile.model_validate_json(path.read_text("utf-8"))
    except (OSError, ValueError, ValidationError) as error:
        raise SettingsError(
            f"{path.name} is missing or cannot be understood: {_first_line(error)}", remedy="Name it with --policy."
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__

"""The files of a station directory: ``station.toml`` (identity and ports) and ``policy.json`` (what is pinned outside the store).

Behaviour that matters to GMP lives in the store under change control, never here and never in environment variables.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jope.kernel.errors import SettingsError


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


class PolicyFile(BaseModel):
    """``policy.json``: the chain's origin and its genesis key, which no one with the store alone can change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: int = Field(ge=1, le=1)
    origin: str = Field(min_length=1, max_length=120)
    genesis_public_key: str = Field(pattern=r"^[0-9a-f]{64}$")
    release_key: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    """The public key that signs releases of the program; where it is named, an unsigned program comes up read-only."""


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
        lines = [f"{key} = {json.dumps(value)}" for key, value in settings.model_dump().items()]
        (self.root / "station.toml").write_text("\n".join(lines) + "\n", "utf-8")
        (self.root / "policy.json").write_text(json.dumps(policy.model_dump(), indent=2) + "\n", "utf-8")


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

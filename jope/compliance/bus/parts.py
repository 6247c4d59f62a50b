"""What the bus is joined from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jope.compliance.commands import Command, Declaration, FourEyes, Principal, Sealing, Training
from jope.compliance.identity.authentication import Authenticator
from jope.compliance.identity.sessions import SessionRegistry
from jope.compliance.signatures.matrix import SignatureMatrix
from jope.kernel.clock import Clock
from jope.kernel.store.command_thread import CommandThread
from jope.kernel.store.uow import WriteStore


@dataclass(frozen=True, slots=True, kw_only=True)
class BusParts:
    """What the bus is joined from, in ``jope.bootstrap``."""

    store: WriteStore
    commands: CommandThread
    declarations: Mapping[type[Command], Declaration]
    ports: Mapping[str, object]
    sessions: SessionRegistry
    authenticator: Authenticator
    sealing: Sealing
    matrix: SignatureMatrix
    clock: Clock
    zone: str
    here: Principal
    """The station's own principal: who acts when nobody is signed in, and where."""
    person: Callable[[Any, str, Principal, int], tuple[Principal, str]]
    """(cursor, employee id, where, now in UTC microseconds) -> the person's principal and name."""
    high_water_us: Callable[[], int]
    training: Training | None = None
    four_eyes: FourEyes | None = None

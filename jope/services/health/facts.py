"""The facts that health is read from, each measured or read from the store; nothing here judges."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """The trail: its newest event, how far and when it was verified, and the last full verification. Times are UTC microseconds, 0 for never."""

    head_seq: int
    first_us: int
    verified_seq: int
    verified_us: int
    full_us: int
    verdict: str
    findings: int


@dataclass(frozen=True, slots=True)
class AnchorFacts:
    """An anchor: up to where and when it kept a checkpoint, and what an active alarm says of it."""

    name: str
    size: int
    at_us: int
    failing: str


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """The clock: its quality, how far it stands before the trail, and its last jump."""

    quality: str
    behind_us: int
    jumped_us: int
    jump_us: int


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """An alarm channel. ``code`` is of the failure that lasts in the running process; ``silent`` is its active alarm."""

    name: str
    kind: str
    waiting: int
    sent_us: int
    tested_us: int
    test_ok: bool
    code: str
    silent: bool


@dataclass(frozen=True, slots=True)
class SinkFacts:
    """The security sink since the start."""

    running: bool
    sent: int = 0
    waiting: int = 0
    dropped: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class ErrorFacts:
    """What was captured, and when a support file took it last."""

    kinds: int
    count: int
    last_us: int
    last_where: str
    exported_us: int
    lost: int


@dataclass(frozen=True, slots=True)
class RunningFacts:
    """The running process: since when, its memory in bytes (0 where the system does not say), and durations of commands in microseconds."""

    started_us: int
    uptime_us: int
    rss_bytes: int
    commands: int
    p50_us: int
    p95_us: int
    p99_us: int
    proven_p95_us: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything. ``running`` is None while no process holds the station."""

    now_us: int
    read_only: str
    ledger: LedgerFacts
    anchors: tuple[AnchorFacts, ...]
    clock: ClockFacts
    disk_free: int
    wal_bytes: int
    starts: int
    unplanned: int
    unplanned_last: bool
    commands: int
    failed: int
    running: RunningFacts | None
    channels: tuple[ChannelFacts, ...]
    sink: SinkFacts | None
    errors: ErrorFacts

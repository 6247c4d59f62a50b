"""The reading of a station's health: facts in, lines out. No I/O.

Rules:

1. A line is ``ok``, ``attention`` (somebody should look), ``bad`` (something does not work) or ``absent`` (there is no such part, and the line says so).
2. What is not known is never ``ok``: a station that does not run has no latency, a channel that was never tested is not said to work.
3. Each line that is not ok says what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jope.services.health.facts import ChannelFacts, Facts

HOUR_US: Final = 3600 * 1_000_000
DAY_US: Final = 24 * HOUR_US
WEEK_US: Final = 7 * DAY_US
VERIFIED_WITHIN_US: Final = 2 * DAY_US
"""Two nights: one may fall out."""
ANCHORED_WITHIN_US: Final = DAY_US
DISK_LOW: Final = 2 * 1024**3
DISK_BAD: Final = 512 * 1024**2
WAL_LARGE: Final = 64 * 1024**2
WAL_BAD: Final = 512 * 1024**2
ERROR_BUDGET_PER_MILLE: Final = 1
"""Of a thousand commands in 30 days, one may end in a fault of the program or of its machine."""
LATENCY_BUDGET_US: Final = 128_000
"""95 of 100 commands without a password are done within this; people feel what takes longer than 100 ms as waiting."""
TEST_SLACK_US: Final = DAY_US


class State(StrEnum):
    """How a part of the station is."""

    OK = "ok"
    ATTENTION = "attention"
    BAD = "bad"
    ABSENT = "absent"


_RANK: Final = {State.ABSENT: 0, State.OK: 0, State.ATTENTION: 1, State.BAD: 2}


@dataclass(frozen=True, slots=True)
class Line:
    """One part of the station. ``since_us`` is when the value began or was taken, UTC microseconds, 0 where it has no time."""

    name: str
    state: State
    value: str
    since_us: int = 0
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """All lines, in a fixed order, as of a time in UTC microseconds."""

    at_us: int
    lines: tuple[Line, ...]

    @property
    def worst(self) -> State:
        """The worst state of all lines; a part that is absent harms nothing."""
        return max((line.state for line in self.lines), key=_RANK.__getitem__, default=State.OK) if any(
            _RANK[line.state] for line in self.lines
        ) else State.OK  # fmt: skip

    @property
    def first(self) -> Line | None:
        """The first of the worst lines, None where nothing is amiss."""
        worst = self.worst
        return None if worst is State.OK else next(line for line in self.lines if line.state is worst)


def health(facts: Facts) -> Health:
    """Read the facts."""
    lines = [
        _station(facts), _ledger(facts), *_anchors(facts), _clock(facts), _disk(facts), _wal(facts), _uptime(facts), _latency(facts), _budget(facts),
        *_channels(facts), _sink(facts), _errors(facts),
        Line("backup", State.ABSENT, "No backup is set up on this station.", todo="Copy the station's directory while it is stopped."),
        Line("historian", State.ABSENT, "No historian is set up on this station."),
    ]  # fmt: skip
    return Health(facts.now_us, tuple(lines))


def _station(facts: Facts) -> Line:
    if facts.read_only:
        return Line(
            "station", State.BAD, f"Read-only: {facts.read_only}", todo="The reason says what to put right; then start the station again."
        )
    return Line("station", State.OK, "Records." if facts.running is not None else "Not running.")


def _ledger(facts: Facts) -> Line:
    ledger = facts.ledger
    after = ledger.head_seq - ledger.verified_seq
    value = f"{ledger.head_seq} events, {after} since the last verification"
    if ledger.verdict == "findings":
        text = f"The last full verification found {ledger.findings} findings. {value}."
        return Line("ledger", State.BAD, text, ledger.verified_us, "Keep all files, call QA, run 'jope audit verify'.")
    if ledger.full_us == 0 and facts.now_us - ledger.first_us <= VERIFIED_WITHIN_US:
        return Line("ledger", State.OK, f"Verified at the start, in full tonight. {value}.", ledger.verified_us)
    if facts.now_us - ledger.full_us > VERIFIED_WITHIN_US:
        return Line(
            "ledger", State.ATTENTION, f"Not verified in full for two nights. {value}.", ledger.full_us, "Verify the trail on its page."
        )
    return Line("ledger", State.OK, f"Verified without findings. {value}.", ledger.full_us)


def _anchors(facts: Facts) -> list[Line]:
    if not facts.anchors:
        return [Line("anchors", State.ABSENT, "No anchor keeps checkpoints outside this station.", todo="See docs/operations/witness.md.")]
    lines = []
    for anchor in facts.anchors:
        name = f"anchor {anchor.name}"
        if anchor.failing:
            lines.append(Line(name, State.BAD, anchor.failing, anchor.at_us, "Look at the anchor's machine and the network."))
        elif anchor.at_us == 0:
            lines.append(Line(name, State.ATTENTION, "It has kept nothing yet.", todo="Look at the anchor's machine and the network."))
        else:
            lines.append(Line(name, State.OK, f"Keeps {anchor.size} events.", anchor.at_us))
    return lines


def _clock(facts: Facts) -> Line:
    clock = facts.clock
    if clock.behind_us:
        text = f"The clock stands {clock.behind_us // 1_000_000} s before the trail."
        return Line("clock", State.BAD, text, todo="Set the clock right; one that was in the future is put right by two people.")
    jumped = clock.jumped_us > facts.now_us - DAY_US
    if jumped:
        text = f"It jumped by {clock.jump_us / 1_000_000:+.1f} s."
        return Line("clock", State.ATTENTION, text, clock.jumped_us, "Look at the time source of this machine.")
    return Line("clock", State.OK, f"Quality {clock.quality}; no jump in a day.", clock.jumped_us)


def _disk(facts: Facts) -> Line:
    free = facts.disk_free
    state = State.BAD if free < DISK_BAD else State.ATTENTION if free < DISK_LOW else State.OK
    return Line("disk", state, f"{_bytes(free)} free.", todo="" if state is State.OK else "Free space on the station's disk.")


def _wal(facts: Facts) -> Line:
    state = State.BAD if facts.wal_bytes > WAL_BAD else State.ATTENTION if facts.wal_bytes > WAL_LARGE else State.OK
    todo = "" if state is State.OK else "A long reading holds it up: end exports and verifications, then start the station again."
    return Line("write-ahead log", state, f"{_bytes(facts.wal_bytes)}.", todo=todo)


def _uptime(facts: Facts) -> Line:
    stops = f"{facts.unplanned} of {facts.starts} starts in 30 days came after a stop that was not planned"
    state = State.ATTENTION if facts.unplanned_last else State.OK
    todo = "Look for a power cut, a crash or a killed process." if facts.unplanned_last else ""
    if facts.running is None:
        return Line("uptime", state, f"The station does not run; {stops}.", todo=todo)
    memory = f" It uses {_bytes(facts.running.rss_bytes)} of memory." if facts.running.rss_bytes else ""
    return Line("uptime", state, f"Runs for {_span(facts.running.uptime_us)}; {stops}.{memory}", facts.running.started_us, todo)


def _latency(facts: Facts) -> Line:
    if facts.running is None or not facts.running.commands:
        return Line(
            "latency", State.ABSENT, "No command was given since the start." if facts.running is not None else "The station does not run."
        )
    at = facts.running
    value = f"Of {at.commands} commands half took under {_ms(at.p50_us)}, 95 % under {_ms(at.p95_us)}, 99 % under {_ms(at.p99_us)}"
    value += f"; with a password 95 % under {_ms(at.proven_p95_us)}." if at.proven_p95_us else "."
    slow = at.p95_us > LATENCY_BUDGET_US and at.commands >= 100
    todo = "Look at the disk and at what else runs on this machine." if slow else ""
    return Line("latency", State.ATTENTION if slow else State.OK, value, at.started_us, todo)


def _budget(facts: Facts) -> Line:
    allowed = max(1, facts.commands * ERROR_BUDGET_PER_MILLE // 1000)
    value = f"{facts.failed} of {facts.commands} commands failed in 30 days; {allowed} are allowed (1 in 1000)."
    over = facts.failed > allowed
    return Line("error budget", State.BAD if over else State.OK, value, todo="Make a support file and report the failures." if over else "")


def _channels(facts: Facts) -> list[Line]:
    if not facts.channels:
        text = "Alarms are shown on this screen alone."
        return [Line("alarm channels", State.ABSENT, text, todo="Name a channel in policy.json: docs/operations/health.md.")]
    return [_channel(channel, facts.now_us) for channel in facts.channels]


def _channel(channel: ChannelFacts, now_us: int) -> Line:
    name = f"channel {channel.name}"
    at_us = max(channel.sent_us, channel.tested_us if channel.test_ok else 0)
    waiting = f"{channel.waiting} notices wait" if channel.waiting else "nothing waits"
    if channel.silent:
        return Line(
            name, State.BAD, f"It delivers nothing ({channel.code or 'silent'}); {waiting}.", at_us, "Look at its server and the network."
        )
    if channel.code:
        return Line(name, State.ATTENTION, f"The last try failed ({channel.code}); {waiting}.", at_us, "The station tries again by itself.")
    if not channel.test_ok or now_us - channel.tested_us > WEEK_US + TEST_SLACK_US:
        return Line(name, State.ATTENTION, f"No test was delivered in a week; {waiting}.", channel.tested_us, "Test the channels.")
    return Line(name, State.OK, f"Delivers; {waiting}.", at_us)


def _sink(facts: Facts) -> Line:
    sink = facts.sink
    if sink is None:
        return Line("security sink", State.ABSENT, "Security events stand in the trail alone.", todo="Name a syslog in policy.json.")
    if not sink.running:
        return Line("security sink", State.ABSENT, "The station does not run.")
    value = f"{sink.sent} sent, {sink.waiting} wait, {sink.dropped} dropped since the start."
    if sink.code or sink.dropped:
        state = State.BAD if sink.dropped else State.ATTENTION
        return Line("security sink", state, f"{value} {sink.code}".strip(), todo="Look at the syslog; the trail holds what it missed.")
    return Line("security sink", State.OK, value)


def _errors(facts: Facts) -> Line:
    errors = facts.errors
    if errors.lost:
        return Line("errors", State.BAD, f"{errors.lost} errors could not be stored.", errors.last_us, "Look at the disk and its rights.")
    if not errors.kinds:
        return Line("errors", State.OK, "No error was captured.")
    value = f"{errors.kinds} kinds, {errors.count} times; the last one at {errors.last_where}."
    if errors.last_us > errors.exported_us:
        return Line("errors", State.ATTENTION, value, errors.last_us, "Make a support file and report it.")
    return Line("errors", State.OK, f"{value} A support file holds them.", errors.last_us)


def _bytes(count: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count * 10 // size / 10:.1f} {unit}"
    return f"{count} B"


def _ms(us: int) -> str:
    return f"{us / 1000:g} ms" if us < 1_000_000 else f"{us / 1_000_000:g} s"


def _span(us: int) -> str:
    days, hours, minutes = us // DAY_US, us % DAY_US // HOUR_US, us % HOUR_US // 60_000_000
    return f"{days} d {hours} h" if days else f"{hours} h {minutes} min"

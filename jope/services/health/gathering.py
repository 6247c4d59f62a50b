"""Gathers the facts of health from the store, the files and, where one runs, the process that holds the station."""

from __future__ import annotations

import json
from typing import Any, Final

from jope.compliance.access.reader import Reader
from jope.compliance.audit.actions import Action
from jope.compliance.audit.queries import audit_seq_at
from jope.compliance.audit.recorder import trusted_time
from jope.kernel.clock import JUMP_LIMIT_US
from jope.kernel.settings.files import PolicyFile, StationFolder
from jope.services.health.capturing import captured_errors
from jope.services.health.facts import AnchorFacts, ChannelFacts, ClockFacts, ErrorFacts, Facts, LedgerFacts, SinkFacts
from jope.services.health.handlers import SILENT, source_of
from jope.services.health.metrics import Snapshot, disk_free, running_facts, size_of
from jope.services.health.queries import last_sent_us, last_test, waiting_notices
from jope.services.health.reading import DAY_US

WINDOW_US: Final = 30 * DAY_US
_NEWEST_OF: Final = (
    "SELECT json_extract(a.body, '$.utc'), p.payload FROM audit_subject s JOIN audit a USING (seq) JOIN audit_payload p USING (seq) "
    "WHERE s.kind = ? AND s.id = ? AND a.action = ? ORDER BY s.n DESC LIMIT ?"
)
_NEWEST: Final = "SELECT json_extract(a.body, '$.utc'), p.payload FROM audit a JOIN audit_payload p USING (seq) WHERE a.action = ? ORDER BY a.seq DESC LIMIT 1"
_ACTIVE: Final = "SELECT text FROM alarm WHERE source = ? AND kind = ? AND returned_us IS NULL"
_FULL: Final = "SELECT ended_us, verdict, findings FROM verification_run WHERE full = 1 AND verdict IN ('ok', 'findings') ORDER BY ended_us DESC LIMIT 1"
_VERIFIED: Final = "SELECT head_seq, ended_us FROM verification_run WHERE verdict = 'ok' ORDER BY head_seq DESC LIMIT 1"


def gather(reader: Reader, folder: StationFolder, policy: PolicyFile, snapshot: Snapshot | None) -> Facts:
    """All facts as of now.

    Args:
        reader: reads all lines.
        folder: the station's directory.
        policy: which anchors, channels and sink there should be.
        snapshot: what the running process measured, None where none runs.
    """
    since = audit_seq_at(reader, utc_us=reader.now_us - WINDOW_US)
    starts = _starts(reader)
    last_broken = bool(starts) and starts[0][1] == "break" and reader.now_us - starts[0][0] < DAY_US
    return Facts(
        now_us=reader.now_us,
        read_only=snapshot.read_only if snapshot is not None else "",
        ledger=_ledger(reader),
        anchors=tuple(_anchor(reader, anchor.name) for anchor in policy.live_anchors()),
        clock=_clock(reader),
        disk_free=disk_free(folder.root),
        wal_bytes=size_of(folder.store.with_name(f"{folder.store.name}-wal")),
        starts=len(starts),
        unplanned=sum(1 for _, after in starts if after == "break"),
        unplanned_last=last_broken,
        commands=_count(reader, "SELECT count(*) FROM command_outcome WHERE seq > ?", since),
        failed=_count(reader, f"SELECT count(*) FROM audit WHERE action = '{Action.COMMAND_FAILED.value}' AND seq > ?", since),
        running=running_facts(snapshot) if snapshot is not None else None,
        channels=tuple(_channel(reader, c.name, c.kind, c.priorities, snapshot) for c in policy.alarm_channels),
        sink=_sink(policy, snapshot),
        errors=_errors(reader, folder, snapshot),
    )


def _count(reader: Reader, sql: str, since: int) -> int:
    return int(reader.execute(sql, (since,))[0][0])


def _ledger(reader: Reader) -> LedgerFacts:
    (row,) = reader.execute(
        "SELECT coalesce(max(seq), 0), coalesce((SELECT json_extract(body, '$.utc') FROM audit WHERE seq = 1), 0) FROM audit"
    )
    verified = (reader.execute(_VERIFIED) or [(0, 0)])[0]
    full = (reader.execute(_FULL) or [(0, "", 0)])[0]
    return LedgerFacts(int(row[0]), int(row[1]), int(verified[0]), int(verified[1] or 0), int(full[0] or 0), str(full[1]), int(full[2]))


def _anchor(reader: Reader, name: str) -> AnchorFacts:
    utc_us, details = _newest_of(reader, "anchor", name, Action.LOG_ANCHORED)
    alarms = (reader.execute(_ACTIVE, (f"anchor {name}", kind)) for kind in ("anchor_disagrees", "anchor"))
    return AnchorFacts(name, int(details.get("size", 0)), utc_us, next((str(rows[0][0]) for rows in alarms if rows), ""))


def _newest_of(reader: Reader, kind: str, subject_id: str, action: Action) -> tuple[int, dict[str, Any]]:
    rows = reader.execute(_NEWEST_OF, (kind, subject_id, action.value, 1))
    return (int(rows[0][0]), json.loads(rows[0][1])["details"]) if rows else (0, {})


def _clock(reader: Reader) -> ClockFacts:
    behind_us = trusted_time(reader.cursor) - reader.now_us
    quality = reader.execute("SELECT json_extract(body, '$.quality') FROM audit ORDER BY seq DESC LIMIT 1")
    jumps = reader.execute(_NEWEST, (Action.CLOCK_JUMPED.value,))
    jumped_us, jump_us = (int(jumps[0][0]), int(json.loads(jumps[0][1])["details"]["jump_us"])) if jumps else (0, 0)
    return ClockFacts(str(quality[0][0]) if quality else "", behind_us if behind_us > JUMP_LIMIT_US else 0, jumped_us, jump_us)


def _starts(reader: Reader) -> list[tuple[int, str]]:
    """(time, what came before) of the starts in 30 days, newest first; those of programs that did not say it are left out."""
    rows = reader.execute(_NEWEST_OF, ("ledger", "attestation", Action.STATION_ATTESTED.value, 1000))
    found = ((int(utc_us), str(json.loads(payload)["details"].get("after", ""))) for utc_us, payload in rows)
    return [(utc_us, after) for utc_us, after in found if after and utc_us > reader.now_us - WINDOW_US]


def _channel(reader: Reader, name: str, kind: str, priorities: tuple[int, ...], snapshot: Snapshot | None) -> ChannelFacts:
    tested = last_test(reader, channel=name)
    state = next((one for one in snapshot.channels if one.name == name), None) if snapshot is not None else None
    return ChannelFacts(
        name=name, kind=kind, waiting=len(waiting_notices(reader, channel=name, priorities=priorities)),
        sent_us=last_sent_us(reader, channel=name), tested_us=tested.utc_us if tested is not None else 0,
        test_ok=tested is not None and tested.ok, code=state.code if state is not None else "",
        silent=bool(reader.execute(_ACTIVE, (source_of(name), SILENT))),
    )  # fmt: skip


def _sink(policy: PolicyFile, snapshot: Snapshot | None) -> SinkFacts | None:
    if policy.security_sink is None:
        return None
    state = snapshot.sink if snapshot is not None else None
    return SinkFacts(False) if state is None else SinkFacts(True, state.sent, state.waiting, state.dropped, state.code)


def _errors(reader: Reader, folder: StationFolder, snapshot: Snapshot | None) -> ErrorFacts:
    errors = captured_errors(folder.logs / "errors")
    exported = reader.execute(_NEWEST, (Action.SUPPORT_EXPORTED.value,))
    last = errors[0] if errors else None
    return ErrorFacts(
        kinds=len(errors), count=sum(error.count for error in errors), last_us=last.last_us if last is not None else 0,
        last_where=last.where if last is not None else "", exported_us=int(exported[0][0]) if exported else 0,
        lost=snapshot.errors_lost if snapshot is not None else 0,
    )  # fmt: skip

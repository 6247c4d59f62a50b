"""Who may do what the rules forbid, named one by one with the reason.

A place that no longer needs its exemption is a finding of its gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from jope.services.qualification.gates.project import Project

Exemptions = Mapping[str, str]
"""Path (or ``path::name``) -> reason."""

DELETE_STATEMENTS: Final[Exemptions] = {
    "jope/services/qualification/gates/rules/deletes.py": "tries a deletion on the schema in memory and expects it to be refused",
    "jope/kernel/store/authorizer.py": "holds the statements that the start-up self-test expects to be refused",
    "jope/kernel/store/disposing.py": "erases the payloads that a disposal signed by two people names; the schema lets no other go",
}
WRITE_STATEMENTS: Final[Exemptions] = {
    "jope/compliance/changes/executing.py": "the bus's own port: stores a four-eyes command as a draft inside the bus's transaction",
    "jope/plant/devices/sampling/store.py": "keeps the samples, in a file of their own that holds no record",
    "jope/compliance/audit/tree.py": "stores the tiles of the ledger's tree",
    "jope/kernel/store/rows.py": "makes the statements that write what a handler added or changed",
    "jope/compliance/audit/recorder.py": "the one writer of the ledger",
    "jope/compliance/signatures/sealing.py": "stores a signature's row inside the commit it belongs to",
    "jope/compliance/identity/authentication.py": "raises and clears the failure counter before and after a proof, in its own transaction",
    "jope/kernel/store/authorizer.py": "holds the statements that the start-up self-test expects to be refused",
}
TRANSACTIONS: Final[Exemptions] = {
    "jope/kernel/store/uow.py": "the unit of work is what begins and ends transactions",
    "jope/compliance/bus/dispatch.py": "the bus opens one unit of work per command",
    "jope/compliance/bus/refusals.py": "the bus opens one unit of work per refusal",
    "jope/compliance/bus/stream.py": "events of devices that wait together share one unit of work",
    "jope/compliance/identity/authentication.py": "a failed proof is written in its own transaction",
    "jope/kernel/store/migrations.py": "migrations run on a connection of their own",
    "jope/kernel/store/disposing.py": "payloads are erased on a connection of their own, in one transaction",
    "jope/kernel/store/engine.py": "a reading pool begins its short read-only transactions",
    "jope/compliance/audit/verification/run.py": "verification reads beside a running client inside one read-only transaction",
    "jope/plant/devices/sampling/store.py": "commits samples, in a file of their own that holds no record",
    "jope/bootstrap.py": "a reading transaction ends with a rollback",
    "jope/services/qualification/gates/schema.py": "tries statements on the schema in memory and takes them back",
}
CLOCKS: Final[Exemptions] = {
    "jope/kernel/clock.py": "the one place where time comes from",
    "ui/jope_ui/bridge/presence.py": "how often presence is reported; measures a duration, stamps nothing",
    "ui/jope_ui/demo_hand.py": "how long the demo waits for a screen; measures a duration, stamps nothing",
    "ui/jope_ui/bridge/live.py": "how old a shown reading is; measures a duration, stamps nothing",
}
STOPWATCHES: Final[Exemptions] = {
    "jope/compliance/audit/verification/run.py": "how long a verification took",
    "jope/compliance/bus/meter.py": "how long commands take, for health and metrics; stamps nothing",
    "jope/cli/demo.py": "how long the demo took",
    "ui/jope_ui/demo_hand.py": "how long a step of the demo took",
}
FLOATS: Final[Exemptions] = {
    "jope/plant/devices/sampling/store.py": "keeps what an OPC-UA server sends as a Double as one",
    "jope/plant/devices/tags.py": "what an OPC-UA server sends as a Double is kept as one; no weight passes here",
}
BROAD_EXCEPTS: Final[Exemptions] = {
    "jope/kernel/store/uow.py": "border behind the commit: a listener's fault is raised as what it is, after the change was saved",
    "jope/kernel/store/command_thread.py": "carries whatever a visit raised to the thread that asked, which raises it",
    "jope/compliance/bus/stream.py": "border of the command thread: each caller of a group is told of the fault and raises it",
    "jope/compliance/bus/dispatch.py": "border of the command thread: a fault of the program is an event, then raised",
    "jope/services/anchoring/keeping.py": "border of an anchor's thread: a fault of the program is a failure of the anchor, which becomes an alarm",
    "jope/services/health/channels/keeping.py": "border of a channel's thread: a fault of the program is a failure of the channel, which becomes an alarm",
    "jope/services/health/security.py": "border of the sink's thread: a fault of the program is a failure of the sink, which the health page shows",
    "jope/services/reporting/labels/sending.py": "border of the labels' thread: what failed is tried again, and a label that may have left is unknown",
    "ui/jope_ui/bridge/runners.py": "border of the client's workers: a fault becomes a notice",
    "drivers/jope_drivers/gateway.py": "border of the gateway thread: a sink's fault must not stop the devices",
    "drivers/jope_drivers/supervision.py": "border of a device's task: a driver's fault leads to a reconnect",
}
STORE_FILES: Final[Exemptions] = {
    "jope/kernel/settings/files.py": "names the files of a station directory",
    "jope/compliance/audit/verification/run.py": "verifies a private copy of the store and its -wal",
    "jope/services/qualification/gates/schema.py": "builds the schema in memory from its SQL files",
}
READING_CONNECTIONS: Final[Exemptions] = {
    "jope/plant/devices/sampling/store.py": "reads the samples, which belong to the station's one line",
    "jope/cli/signatures.py": "reads the signature matrix, which has no line, beside a station that may be open",
    "jope/services/health/beside.py": "reads the health of the station, which has no line, from its directory",
    "jope/compliance/audit/verification/run.py": "verifies the whole trail: a chain with holes cannot be verified",
}
SEAL_WRITERS: Final[Exemptions] = {
    "jope/compliance/signatures/sealing.py": "the seal fills the slot of the record that was named",
    "jope/compliance/commands/declaration.py": "hangs a declaration onto its handler",
}
PRINCIPAL_MAKERS: Final[Exemptions] = {
    "jope/compliance/identity/queries.py": "who a proven employee id is, from the store",
    "jope/bootstrap.py": "the station's own principal",
}
SERIES_OPENERS: Final[Exemptions] = {
    "jope/compliance/bus/dispatch.py": "opens a series after the commit of a full signature, and signs inside one for the person it belongs to",
    "jope/compliance/identity/sessions.py": "keeps the running series of each session",
}
WRITE_REQUEST_MAKERS: Final[Exemptions] = {
    "jope/plant/devices/writing.py": "makes it from the row of a write that two people approved",
}
DEVICE_WRITERS: Final[Exemptions] = {
    "drivers/jope_drivers/opcua/writing.py": "carries out an approved write over OPC-UA",
    "drivers/jope_drivers/modbus/points.py": "encodes the request of an approved write, which writing.py sends",
}
SECRETS_TOLD: Final[Exemptions] = {
    "jope/cli/people.py": "a first password is told once to whoever hands it over, as the sheet on the screen tells it",
}
ADDED_COLUMNS: Final[Exemptions] = dict.fromkeys(
    (
        "role.administrative", "role.number", "role_permission.held", "user_account.password_state", "user_account.password_set_us",
        "user_account.identified", "user_account.admitted", "alarm.acknowledged_role", "alarm.shelved_by", "alarm.shelve_reason", "device.title",
        "device.options", "device.poll_ms", "device.write_enabled", "device.held_reason", "device.check_profile", "device.process_tolerance",
        "device.safety_factor", "device.check_every_hours", "lot.retest",
    ),
    "added to a table that holds rows: what those rows mean; every new row names its own value",
)  # fmt: skip
UNMAPPED_TABLES: Final[Exemptions] = {
    "signature": "written by the seal alone, never through a mapped class",
}
UNUSED_PERMISSIONS: Final[Exemptions] = {}
SIGNER_OF_MANY_MEANINGS: Final[Exemptions] = {
    "batch_transition.signed": "moves are signed with the meaning of the command that made them",
}


def stale(exemptions: Exemptions, used: Iterable[str], project: Project) -> Iterator[str]:
    """Findings for exempted files that are in the project and have nothing to be exempt for."""
    for path in sorted(set(exemptions) - set(used)):
        if path in project.files:
            yield f"{path}: needs no exemption any more; take it off the list"

"""All gates, in the order they are reported."""

from __future__ import annotations

from typing import Final

from jope.services.qualification.gates.rules import (
    authority,
    coverage,
    deletes,
    device_writes,
    forward,
    ledger_form,
    quantities,
    rooms,
    scoped,
    secrets_kept,
    stored,
    time_sources,
    two_people,
    words,
    writes,
)
from jope.services.qualification.gates.verdict import Gate

GATES: Final[tuple[Gate, ...]] = (
    Gate("no-delete", "Regulated records have no delete path", deletes.no_delete_path, ("P01", "E06", "C01", "P11-04", "P11-06")),
    Gate("append-only", "The ledger and what follows its pattern is append-only", deletes.append_only, ("C01", "P11-06", "A11d-20")),
    Gate(
        "chain-continuity",
        "The chain keeps its frozen form and has one writer",
        ledger_form.the_chain_is_continuous,
        ("C02", "P02", "P11-06"),
    ),
    Gate("writes-in-handlers", "Records are written in handlers alone", writes.writes_stay_in_handlers, ("P02", "C04", "A11d-18")),
    Gate("bus-commits", "Only the bus begins and ends transactions", writes.only_the_bus_commits, ("P02", "P06")),
    Gate("one-handler", "Every command has one handler with a permission", coverage.every_command_is_handled, ("A02", "P11-05", "P11-08")),
    Gate(
        "audit-coverage",
        "Every way out of a handler leaves an event",
        coverage.every_way_out_leaves_an_event,
        ("P06", "P11-06", "A11d-18", "PI-03"),
    ),
    Gate("one-clock", "Time has one source", time_sources.one_clock, ("C12", "PI-02", "A11d-20")),
    Gate("layers", "Qt, device protocols and the store stay in their rooms", rooms.rooms_keep_to_themselves, ("P02", "J05")),
    Gate("store-access", "Only the store opens the store", rooms.only_the_store_opens_the_store, ("P02", "P11-02", "A11d-20")),
    Gate("row-scope", "Nobody reads a row of another line", scoped.row_scope_is_whole, ("A14", "P11-05", "P02")),
    Gate("no-swallowed-error", "Errors are caught broadly at the thread borders alone", rooms.errors_are_not_swallowed, ("P04", "Q11")),
    Gate("input-is-data", "Input is never executed or unpickled", rooms.input_is_data, ("P02", "K11", "A11-05")),
    Gate(
        "regulated-tables", "Every table is regulated unless named with a reason", stored.every_table_is_regulated, ("P05", "C04", "P11-06")
    ),
    Gate("mapped-schema", "Mapped classes and schema say the same", stored.mapped_classes_match, ("P05", "A11d-19")),
    Gate(
        "signature-slots",
        "Signature slots are complete and bound to their record",
        two_people.signature_slots_are_bound,
        ("B04", "P11-17", "P05"),
    ),
    Gate(
        "two-people",
        "What two people do, the schema asks of two people",
        two_people.two_people_are_two,
        ("D06", "G02", "B07", "PR-03", "PR-09"),
    ),
    Gate("no-impersonation", "Nobody acts or signs as another", authority.nobody_signs_as_another, ("A06", "P11-25")),
    Gate(
        "segregation", "Duties are segregated, each permission is asked for", authority.duties_are_segregated, ("A04", "A11d-16", "P11-08")
    ),
    Gate(
        "device-writes",
        "Devices are written to by approval alone",
        device_writes.devices_are_written_to_by_approval,
        ("J05", "K03", "PR-01"),
    ),
    Gate("secrets-kept", "Secrets stay out of texts and images", secrets_kept.secrets_are_kept, ("O08", "P11-28")),
    Gate("exact-quantities", "Quantities are decimals", quantities.quantities_are_exact, ("F01", "P05")),
    Gate("claims", "No text claims more than is built", words.claims_are_true, ("P03",)),
    Gate("citations", "Every cited requirement exists", words.citations_exist, ("N02", "A11-04", "A11d-01")),
    Gate("forward-only", "Migrations go forward only", forward.migrations_go_forward, ("E06", "N03", "P11-04")),
)

"""What a station does before its first command: every check that is quick, and the quick verification of its newest events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jope.compliance.audit.verification import authority
from jope.compliance.audit.verification.evidence import Evidence
from jope.compliance.audit.verification.run import verify_evidence
from jope.compliance.audit.verification.since import LAYER, NOTHING, Verified, last_verified, since_layer, verified_to
from jope.compliance.signatures.matrix import SignatureMatrix
from jope.kernel.clock import ClockQuality
from jope.kernel.crypto.sealing import FieldSealer
from jope.kernel.settings.files import PolicyFile
from jope.kernel.store.migrations import expected_schema
from jope.kernel.store.schema import sealed_columns
from jope.services.qualification.attestation import checks
from jope.services.qualification.attestation.checks import Attestation


@dataclass(frozen=True, slots=True)
class StartReport:
    """What a start found. ``verified`` is how far the trail is verified now; nothing where it did not verify."""

    attestation: Attestation
    since: int
    verified: Verified


def check_start(
    connection: Any,
    *,
    pragmas: Mapping[str, str],
    not_refused: tuple[str, ...],
    policy: PolicyFile,
    quality: ClockQuality,
    demo: bool,
    matrix: SignatureMatrix,
    sealer: FieldSealer | None = None,
) -> StartReport:
    """Run the checks of a start.

    Args:
        connection: reads the store, a raw one.
        pragmas: how the store was found and is set.
        not_refused: forbidden statements that were tried and not refused.
        policy: what is pinned outside the store.
        quality: of the clock, as the next event will carry it.
        demo: whether an unsigned release will do.
        matrix: what the program demands to be signed.
        sealer: opens the names and password hashes that the trail keeps sealed; without it they are not compared.
    """
    early = checks.attest(
        (
            checks.interpreter,
            lambda: checks.program(release_key=policy.release_key, demo=demo),
            lambda: checks.schema(connection),
            lambda: checks.pragmas(pragmas),
            lambda: checks.authorizer(not_refused),
            lambda: checks.clock(quality),
        )
    )
    if any(result.name == "schema" and not result.ok for result in early.results):
        return StartReport(early, 0, NOTHING)  # what the rows mean is not known
    last = last_verified(connection)
    evidence = Evidence(connection, policy, expected_schema(), sealed_columns(), sealer)
    found = verify_evidence(evidence, {LAYER: lambda e: since_layer(e, last)}).findings
    end = NOTHING if found else verified_to(evidence)
    late = (
        checks.last_verification(connection),
        checks.newest_rows(found, last.seq, end.seq),
        checks.authority(verify_evidence(evidence, {authority.LAYER: authority.authority_layer}).findings),
        checks.signing(matrix.faults(connection)),
    )
    return StartReport(Attestation((*early.results, *late)), last.seq, end)

"""Run the gates over a source tree. Fail closed: a gate that cannot look, or has nothing to look at, has not passed (URS P04).

The seal's key is given by whoever keeps the verdicts as evidence (a release key, a station's key). Without one it is the SHA-256 of the
checked files, which anybody with the same files can compute again: such a seal binds a verdict to its files and says nothing about who ran
the gate.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from jope.kernel.errors import JopeError
from jope.services.qualification.gates.catalog import GATES
from jope.services.qualification.gates.project import Project, UnreadableSourceError
from jope.services.qualification.gates.verdict import Gate, GateVerdict, sealed


def run_gates(root: Path, *, key: bytes | None = None) -> tuple[GateVerdict, ...]:
    """Run every gate over the tree below ``root``.

    Args:
        root: the folder that holds ``jope``, ``ui``, ``drivers``, ``sql`` and ``tests``.
        key: the seal's key; by default derived from the checked files.
    """
    return run_over(Project.read(root), key=key)


def run_over(project: Project, *, gates: tuple[Gate, ...] = GATES, key: bytes | None = None) -> tuple[GateVerdict, ...]:
    """Run gates over a project that was read already."""
    used = key if key is not None else project.digest
    return tuple(sealed(gate.id, gate.title, findings_of(gate, project), digest=project.digest, key=used) for gate in gates)


def findings_of(gate: Gate, project: Project) -> tuple[str, ...]:
    """What a gate finds; that it could not look is a finding too."""
    try:
        return tuple(gate.rule(project))
    except (UnreadableSourceError, JopeError, sqlite3.Error, SyntaxError, LookupError, ValueError, TypeError, AttributeError) as error:
        return (f"The gate could not look: {type(error).__name__}: {error}",)

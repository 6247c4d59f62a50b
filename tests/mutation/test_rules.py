"""Whether a reading may be a weight, and how a training stands: no small change of either rule goes unnoticed (URS P04, F01, I02)."""

from __future__ import annotations

import pytest

from jope.plant.devices.usable import require_fresh
from tests.mutation.mutants import in_place, key_of, mutants_of
from tests.mutation.rules import checks, count, fails, subjects, survivors


@pytest.mark.req("P04", "F01", "I02")
def test_the_rules_say_what_their_checks_say() -> None:
    assert all(check() for check in checks())


@pytest.mark.req("P04", "F01", "I02")
def test_every_mutant_of_a_rule_of_weighing_or_training_is_noticed() -> None:
    assert len(subjects()) == 12
    assert count() > 100
    assert survivors() == []


@pytest.mark.req("P04")
def test_a_changed_rule_is_noticed() -> None:
    """The walk itself is seen red: a reading of two seconds and a bit is late."""
    late = next(m for m in mutants_of(require_fresh) if "lets pass" in m.name or "GtE" in m.name or "not (" in m.name)
    with in_place(subjects()[key_of(require_fresh)], late):
        assert any(fails(check) for check in checks()), late.name

"""What differs between two versions of a recipe: every field once."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jope.plant.recipes.comparison import Change, compare

_CONTENTS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["", "1", "2"]))


@pytest.mark.req("E01")
@settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
@given(_CONTENTS, _CONTENTS)
def test_a_comparison_has_every_field_of_both_versions_once(before: dict[str, str], after: dict[str, str]) -> None:
    fields = compare(before, after)
    assert sorted(f.label for f in fields) == sorted(before.keys() | after.keys())
    for field in fields:
        assert (field.before, field.after) == (before.get(field.label, ""), after.get(field.label, ""))
        assert (field.change == Change.ADDED) == (field.label not in before)
        assert (field.change == Change.REMOVED) == (field.label not in after)
        assert (field.change == Change.SAME) == (field.label in before and before.get(field.label) == after.get(field.label))

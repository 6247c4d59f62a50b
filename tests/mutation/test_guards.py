"""Guards decide as their cases say, and no small change of a guard goes unnoticed (URS P04).

The cases hold for the guards as they are; then each guard is changed in every small way, and some case must fail.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jope.compliance.changes.handlers import approver_is_another
from tests.mutation.cases import all_cases
from tests.mutation.mutants import function_of, guard_functions, key_of
from tests.mutation.running import by_guard, failures, known_equivalents, untold, walk
from tests.mutation.world import Case, World, both_ways, built

ROOMS = sorted({".".join(key.split(".")[:2]) for key in guard_functions()})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One store for all cases; each is undone."""
    with built(tmp_path_factory.mktemp("guards") / "station") as found:
        yield found


@pytest.fixture(scope="module")
def told(world: World) -> list[Case]:
    """The cases of every guard but those whose cases are due."""
    return [case for case in all_cases(world) if key_of(function_of(case.guard)) not in untold()]


@pytest.mark.req("P04", "A11d-07")
def test_every_guard_says_what_its_cases_say(world: World, told: list[Case]) -> None:
    assert failures(world, told) == []


@pytest.mark.req("P04")
def test_every_guard_has_cases_that_pass_and_cases_that_are_refused(told: list[Case]) -> None:
    assert untold() <= guard_functions().keys()
    assert guard_functions().keys() - by_guard(told).keys() == untold()
    assert both_ways(told) == set()


@pytest.mark.req("P04")
@pytest.mark.parametrize("room", ROOMS)
def test_every_mutant_of_a_guard_is_noticed(world: World, told: list[Case], room: str) -> None:
    tallies = walk(world, told, (room,))
    assert sum(tally.mutants for tally in tallies.values()) > 0
    assert [name for tally in tallies.values() for name in tally.survived] == []


@pytest.mark.req("P04")
def test_a_case_that_is_taken_away_lets_mutants_survive(world: World, told: list[Case]) -> None:
    """The walk itself is seen red: without the one case in which somebody approves the own request, nobody notices that it may be done."""
    key = key_of(function_of(approver_is_another))
    fewer = [case for case in told if not (key_of(function_of(case.guard)) == key and case.expect is not None)]
    survived = [name for tally in walk(world, fewer, (key,)).values() for name in tally.survived]
    assert f"{key}: line 6.4: lets pass" in survived


@pytest.mark.req("P04")
def test_the_list_of_equivalent_mutants_names_only_mutants_that_survive(world: World, told: list[Case]) -> None:
    equivalents = known_equivalents()
    assert all(reason.strip() for reason in equivalents.values())
    guards = sorted({guard for guard, _ in equivalents})
    assert sum(tally.equivalent for tally in walk(world, told, guards).values()) == len(equivalents)

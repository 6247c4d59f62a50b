"""Run the cases of each guard against each of its mutants."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType

from tests.mutation.mutants import asked_by, function_of, guard_functions, in_place, key_of, mutants_of
from tests.mutation.world import Case, World

UNTOLD = Path(__file__).with_name("untold.csv")
"""Guards that changed after their cases were written: cases are due, and the list only shrinks."""
EQUIVALENT = Path(__file__).with_name("equivalent.csv")
"""Mutants that decide as the guard does, each with the reason."""


@dataclass
class Tally:
    """What became of the mutants of one room."""

    killed: int = 0
    equivalent: int = 0
    survived: list[str] = field(default_factory=list)

    @property
    def mutants(self) -> int:
        """All of them."""
        return self.killed + self.equivalent + len(self.survived)


def known_equivalents() -> Mapping[tuple[str, str], str]:
    """Guard and mutant -> the reason why no case can tell it from the guard."""
    with EQUIVALENT.open(encoding="utf-8") as file:
        return {(row["guard"], row["mutant"]): row["reason"] for row in csv.DictReader(file)}


def untold() -> frozenset[str]:
    """Guards whose cases are due."""
    with UNTOLD.open(encoding="utf-8") as file:
        return frozenset(row["guard"] for row in csv.DictReader(file))


def by_guard(cases: Sequence[Case]) -> Mapping[str, list[Case]]:
    """Cases by the guard that they ask."""
    found: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        found[key_of(function_of(case.guard))].append(case)
    return found


def failures(world: World, cases: Sequence[Case]) -> list[str]:
    """The cases that do not hold, each with what the guard said."""
    return [f"{type(case.command).__name__}: {why}" for case in cases if (why := world.holds(case))]


def notices(world: World, cases: Sequence[Case]) -> bool:
    """Whether any case does not hold, or breaks."""
    for case in cases:
        try:
            if world.holds(case):
                return True
        except Exception:  # noqa: BLE001 - a mutant may break in any way, and is noticed by it
            return True
    return False


def subjects(cases: Sequence[Case]) -> list[tuple[str, FunctionType, list[Case]]]:
    """Every guard, and every function that a guard asks, each with the cases that reach it."""
    told = by_guard(cases)
    found = {key: (function, told.get(key, [])) for key, function in guard_functions().items()}
    asking: dict[str, list[Case]] = defaultdict(list)
    functions: dict[str, FunctionType] = {}
    for some in told.values():
        for name, function in asked_by(function_of(some[0].guard)).items():
            if name not in found:
                functions[name] = function
                asking[name] += some
    found |= {name: (function, asking[name]) for name, function in functions.items()}
    return [(key, function, some) for key, (function, some) in sorted(found.items())]


def walk(world: World, cases: Sequence[Case], rooms: Sequence[str] = ("",)) -> dict[str, Tally]:
    """The tally of every room whose name begins with one of ``rooms``."""
    found: dict[str, Tally] = defaultdict(Tally)
    equivalents = known_equivalents()
    for guard, function, reaching in subjects(cases):
        if not guard.startswith(tuple(rooms)) or guard in untold():
            continue
        tally = found[".".join(guard.split(".")[:2])]
        for mutant in mutants_of(function):
            with in_place(function, mutant):
                noticed = notices(world, reaching)
            if noticed:
                tally.killed += 1
            elif (guard, mutant.name) in equivalents:
                tally.equivalent += 1
            else:
                tally.survived.append(f"{guard}: {mutant.name}")
    return dict(found)

"""What a check of a balance shows. Pure, in decimals (domain.md "Balances"; USP <41> and <1251>, Ph. Eur. 2.1.7; URS J06).

- Repeatability: ten weighings of one load; s is their standard deviation (n - 1), d the readability. The minimum net weight is
  ``max(2 s, 2 * 0.41 d) / 0.001`` for USP and Ph. Eur., and ``/ (process tolerance) * safety factor`` for production scales.
- Accuracy: the reading is within the limit of the reference weight, at 5 to 100 % of the capacity. The weight's own uncertainty is at most a third of that.
- Eccentricity: the same load in the centre and at four corners, at 30 % of the capacity or more; no corner differs from the centre by more than the limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext
from enum import StrEnum
from typing import Final

REPEATABILITY_COUNT: Final = 10
CORNERS: Final = ("centre", "front-left", "back-left", "back-right", "front-right")
LEAST_LOAD: Final = Decimal("0.05")
LEAST_CORNER_LOAD: Final = Decimal("0.30")
_FLOOR: Final = Decimal("0.41")
_USP_SHARE: Final = Decimal("0.001")
_ACCURACY: Final = {"usp": Decimal("0.0010"), "ph_eur": Decimal("0.0005")}
_ECCENTRICITY: Final = Decimal("0.0005")
_DIGITS: Final = 40


class BalanceTest(StrEnum):
    """The three tests of a check."""

    REPEATABILITY = "repeatability"
    ACCURACY = "accuracy"
    ECCENTRICITY = "eccentricity"


@dataclass(frozen=True, slots=True)
class CheckRules:
    """By which rules a balance is checked. ``tolerance`` is a share (0.01 for 1 %), for the process profile alone."""

    profile: str
    readability: Decimal
    capacity: Decimal
    tolerance: Decimal | None = None
    safety_factor: Decimal = Decimal(2)

    @property
    def accuracy_limit(self) -> Decimal:
        """How far a reading may be from the reference weight, as a share of it."""
        if self.tolerance is not None and self.profile == "process":
            return self.tolerance / self.safety_factor
        return _ACCURACY[self.profile]

    @property
    def eccentricity_limit(self) -> Decimal:
        """How far a corner may be from the centre, as a share of the load."""
        return self.accuracy_limit if self.profile == "process" else _ECCENTRICITY

    @property
    def weight_limit(self) -> Decimal:
        """How uncertain a reference weight may be, as a share of it."""
        return self.accuracy_limit / 3


@dataclass(frozen=True, slots=True)
class CheckReading:
    """One reading of a check. ``weight`` is the conventional mass of the reference weight, in the scale's unit like ``value``."""

    test: BalanceTest
    value: Decimal
    weight: Decimal
    weight_id: str
    position: str = ""


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """What a check found. ``problems`` is empty when it passed; ``missing`` says what is still to be weighed."""

    repeatability: Decimal | None
    minimum_weight: Decimal | None
    problems: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Everything was weighed, and nothing is out of its limit."""
        return not self.problems and not self.missing


def judge(readings: Sequence[CheckReading], rules: CheckRules) -> CheckFinding:
    """What the readings show, complete or not."""
    problems: list[str] = []
    missing: list[str] = []
    spread, minimum = _repeatability(_of(readings, BalanceTest.REPEATABILITY), rules, missing)
    if minimum is not None and minimum >= rules.capacity:
        problems.append(f"The minimum weight of {minimum:f} is not below the capacity.")
    _accuracy(_of(readings, BalanceTest.ACCURACY), rules, problems, missing)
    _eccentricity(_of(readings, BalanceTest.ECCENTRICITY), rules, problems, missing)
    return CheckFinding(spread, minimum, tuple(problems), tuple(missing))


def _of(readings: Sequence[CheckReading], test: BalanceTest) -> list[CheckReading]:
    return [reading for reading in readings if reading.test is test]


def standard_deviation(values: Sequence[Decimal]) -> Decimal:
    """The standard deviation of a sample (n - 1). At least two values."""
    with localcontext() as context:
        context.prec = _DIGITS
        mean = sum(values, Decimal(0)) / len(values)
        return (sum(((value - mean) ** 2 for value in values), Decimal(0)) / (len(values) - 1)).sqrt()


def minimum_weight(spread: Decimal, rules: CheckRules) -> Decimal:
    """The smallest net weight, rounded up to the readability."""
    with localcontext() as context:
        context.prec = _DIGITS
        floor = max(2 * spread, 2 * _FLOOR * rules.readability)
        of_process = rules.profile == "process" and rules.tolerance is not None
        least = floor / (rules.tolerance or _USP_SHARE) * rules.safety_factor if of_process else floor / _USP_SHARE
        steps = (least / rules.readability).to_integral_value(ROUND_CEILING)
        return (steps * rules.readability).quantize(rules.readability)


def _repeatability(readings: list[CheckReading], rules: CheckRules, missing: list[str]) -> tuple[Decimal | None, Decimal | None]:
    left = REPEATABILITY_COUNT - len(readings)
    if left > 0:
        missing.append(f"Repeatability: {left} of {REPEATABILITY_COUNT} weighings.")
        return None, None
    spread = standard_deviation([reading.value for reading in readings])
    return spread, minimum_weight(spread, rules)


def _accuracy(readings: list[CheckReading], rules: CheckRules, problems: list[str], missing: list[str]) -> None:
    if not readings:
        missing.append("Accuracy: a reference weight of 5 to 100 % of the capacity.")
    for reading in readings:
        off = abs(reading.value - reading.weight)
        if off > rules.accuracy_limit * reading.weight:
            share = (off / reading.weight * 100).quantize(Decimal("0.001"))
            problems.append(f"Accuracy: {reading.weight_id} reads {reading.value:f}, {share} % off.")


def _eccentricity(readings: list[CheckReading], rules: CheckRules, problems: list[str], missing: list[str]) -> None:
    by_corner = {reading.position: reading for reading in readings}
    missing.extend(f"Eccentricity: {corner}." for corner in CORNERS if corner not in by_corner)
    centre = by_corner.get("centre")
    if centre is None:
        return
    for corner in CORNERS[1:]:
        found = by_corner.get(corner)
        if found is not None and abs(found.value - centre.value) > rules.eccentricity_limit * centre.weight:
            problems.append(f"Eccentricity: {corner} reads {found.value:f}, the centre {centre.value:f}.")


def fault_of_load(test: BalanceTest, weight: Decimal, uncertainty: Decimal, rules: CheckRules) -> str:
    """Why a reference weight does not suit a test, empty where it does. All in the scale's unit."""
    if weight > rules.capacity:
        return "The weight is above the scale's capacity."
    if test is BalanceTest.REPEATABILITY:
        return ""
    if uncertainty > rules.weight_limit * weight:
        return "The weight is not exact enough: its uncertainty may be a third of the limit."
    least = LEAST_LOAD if test is BalanceTest.ACCURACY else LEAST_CORNER_LOAD
    if weight < least * rules.capacity:
        return f"The weight is below {int(least * 100)} % of the scale's capacity."
    return ""

"""How far a check of a balance is, and what the next reading needs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from jope.kernel.errors import JopeError
from jope.kernel.units import Quantity, parse_decimal
from jope.plant.devices.checks.balance import (
    CORNERS,
    REPEATABILITY_COUNT,
    BalanceTest,
    CheckFinding,
    CheckReading,
    CheckRules,
    fault_of_load,
    judge,
)
from jope.plant.devices.queries import CheckReadingRow, CheckRow, WeightRow


@dataclass(frozen=True, slots=True)
class CheckProgress:
    """Where a check stands: how much of each test is read, with which weight, and what the readings show."""

    counts: dict[BalanceTest, int]
    corners: tuple[str, ...]
    weights: dict[BalanceTest, str]
    finding: CheckFinding

    @property
    def next_corner(self) -> str:
        """The first place on the pan that was not weighed yet, empty when all were."""
        return next((corner for corner in CORNERS if corner not in self.corners), "")

    def done(self, test: BalanceTest) -> bool:
        """Whether a test has all that it needs."""
        if test is BalanceTest.REPEATABILITY:
            return self.counts[test] >= REPEATABILITY_COUNT
        return self.counts[test] > 0 if test is BalanceTest.ACCURACY else not self.next_corner

    @property
    def next_test(self) -> BalanceTest:
        """The first test that is not complete, the last one when all are."""
        return next((test for test in BalanceTest if not self.done(test)), BalanceTest.ECCENTRICITY)


def rules_of_check(row: CheckRow) -> CheckRules:
    """The rules under which a check runs."""
    tolerance = parse_decimal(row.process_tolerance) / 100 if row.process_tolerance else None
    return CheckRules(row.profile, parse_decimal(row.readability), parse_decimal(row.capacity), tolerance, parse_decimal(row.safety_factor))


def progress_of(row: CheckRow, readings: Sequence[CheckReadingRow]) -> CheckProgress:
    """Where a check stands."""
    taken = [_reading(row, one) for one in readings]
    return CheckProgress(
        {test: sum(1 for one in taken if one.test is test) for test in BalanceTest},
        tuple(one.position for one in taken if one.test is BalanceTest.ECCENTRICITY),
        {one.test: one.weight_id for one in reversed(taken)},
        judge(taken, rules_of_check(row)),
    )


def _reading(row: CheckRow, one: CheckReadingRow) -> CheckReading:
    mass = Quantity.parse(one.conventional, one.weight_unit).to(row.unit).value
    return CheckReading(BalanceTest(one.test), parse_decimal(one.value), mass, one.weight_id, one.position)


def suitable_weights(row: CheckRow, test: BalanceTest, weights: Sequence[WeightRow], today: str) -> tuple[WeightRow, ...]:
    """The reference weights that may be used for a test: in use, not overdue, of the right mass and exact enough."""
    return tuple(one for one in weights if one.state == "in_use" and one.due_on >= today and not _fault(row, test, one))


def mass_in(row: CheckRow, weight: WeightRow) -> Decimal:
    """The conventional mass of a weight in the scale's unit."""
    return Quantity.parse(weight.conventional, weight.unit).to(row.unit).value


def _fault(row: CheckRow, test: BalanceTest, weight: WeightRow) -> str:
    try:
        uncertainty = Quantity.parse(weight.uncertainty, weight.unit).to(row.unit).value
        return fault_of_load(test, mass_in(row, weight), uncertainty, rules_of_check(row))
    except JopeError as error:
        return error.message

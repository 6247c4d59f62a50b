"""Readings by number, and whether the load changed since one of them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from jope_drivers.ring import RING_SIZE, ReadingRing

from jope.kernel.clock import ClockQuality, Instant
from jope.kernel.units import Quantity
from jope.plant.devices.ports import DeviceIdentity, Quality, Reading

IDENTITY = DeviceIdentity("XSR6002S 6100.00 g", "B021002593", "1.00")


class Feed:
    """Feeds a ring with numbered readings."""

    def __init__(self, *, readability: Decimal | None = None) -> None:
        self.ring = ReadingRing(readability=readability)
        self.number = 0

    def good(self, value: str, *, stable: bool = True, unit: str = "g") -> int:
        return self._add(Quantity(Decimal(value), unit), stable=stable)

    def bad(self, detail: str) -> int:
        return self._add(None, detail=detail)

    def _add(self, quantity: Quantity | None, *, stable: bool = False, detail: str = "") -> int:
        self.number += 1
        now = Instant(self.number, self.number, "boot", ClockQuality.HOLDOVER)
        quality = Quality.BAD if quantity is None else Quality.GOOD
        self.ring.add(Reading("SC-1", self.number, quantity, quality, stable, now, "", "", IDENTITY, detail))
        return self.number


@pytest.mark.req("F14")
def test_the_last_thousand_are_kept_by_number() -> None:
    feed = Feed()
    assert feed.ring.newest() is None
    assert feed.ring.by_number(1) is None
    for index in range(RING_SIZE + 5):
        feed.good(f"{index}.00")
    assert feed.ring.by_number(5) is None
    for number in (6, 500, RING_SIZE + 5):
        found = feed.ring.by_number(number)
        assert found is not None
        assert found.number == number
    assert feed.ring.by_number(RING_SIZE + 6) is None
    newest = feed.ring.newest()
    assert newest is not None
    assert newest.number == RING_SIZE + 5


@pytest.mark.req("F08")
@pytest.mark.parametrize(("later", "moved"), [("100.00", False), ("100.05", False), ("99.95", False), ("100.06", True), ("99.94", True)])
def test_more_than_five_divisions_are_a_change(later: str, moved: bool) -> None:
    feed = Feed()
    accepted = feed.good("100.00")
    assert not feed.ring.moved_since(accepted)
    feed.good(later)
    assert feed.ring.moved_since(accepted) is moved


@pytest.mark.req("F08")
def test_a_registered_readability_counts_instead_of_the_last_place() -> None:
    feed = Feed(readability=Decimal("0.05"))
    accepted = feed.good("100.00")
    feed.good("100.25")
    assert not feed.ring.moved_since(accepted)
    feed.good("100.30")
    assert feed.ring.moved_since(accepted)


@pytest.mark.req("F08")
@pytest.mark.parametrize("detail", ["overload", "underload", "garbled", "busy", "wrong_unit", "offline"])
def test_what_is_no_stable_weight_proves_no_change(detail: str) -> None:
    feed = Feed()
    accepted = feed.good("100.00")
    feed.bad(detail)
    feed.good("100.00")
    assert not feed.ring.moved_since(accepted)


@pytest.mark.req("F08", "A11d-04")
def test_a_knock_on_the_table_is_no_change_and_a_new_load_after_it_is_one() -> None:
    feed = Feed()
    accepted = feed.good("100.00")
    for value in ("103.10", "92.40", "108.75", "99.20"):
        feed.good(value, stable=False)
    assert not feed.ring.moved_since(accepted)
    feed.good("100.00")
    assert not feed.ring.moved_since(accepted)
    feed.good("60.00", stable=False)
    lifted = feed.good("0.00")
    assert feed.ring.moved_since(accepted)
    assert not feed.ring.moved_since(lifted)


@pytest.mark.req("F08")
def test_without_a_stable_reading_before_it_counts_from_the_first_one_after() -> None:
    feed = Feed()
    number = feed.bad("offline")
    feed.good("40.00", stable=False)
    feed.good("100.00")
    assert not feed.ring.moved_since(number)
    feed.good("0.00")
    assert feed.ring.moved_since(number)


@pytest.mark.req("F08")
def test_a_slow_change_is_seen_when_the_accepted_reading_has_left_the_ring() -> None:
    feed = Feed()
    accepted = feed.good("100.00")
    for _ in range(RING_SIZE + 10):
        feed.good("100.00")
    assert feed.ring.by_number(accepted) is None
    assert not feed.ring.moved_since(accepted)
    feed.good("100.06")
    assert feed.ring.moved_since(accepted)


@pytest.mark.req("F08")
def test_another_unit_is_compared_as_mass() -> None:
    feed = Feed()
    accepted = feed.good("1000.00")
    feed.good("1.00000", unit="kg")
    assert not feed.ring.moved_since(accepted)

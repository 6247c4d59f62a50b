"""Pure rules beside the guards: whether a reading may be a weight, and how a training stands. Each small change of one fails one of the checks here.

A check is one sentence about a rule: what it is given, and what it says. Functions are changed as guards are (``mutants.py``).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from types import FunctionType
from typing import Any

from jope.compliance.training import standing as t
from jope.kernel.clock import ClockQuality, Instant
from jope.kernel.units import Quantity
from jope.plant.devices import usable as u
from jope.plant.devices.model import Device
from jope.plant.devices.ports import DeviceIdentity, DeviceState, DeviceStatus, Quality, Reading
from jope.plant.weighing import eligibility as e
from tests.mutation.mutants import in_place, key_of, mutants_of

Check = Callable[[], bool]
EQUIVALENT = {
    ("plant.devices.usable.fault_of_scale", "not (device.calibration_due)"): "says it in other words, and refuses alike",
    ("plant.weighing.eligibility._exact_grams", "2 for 1"): "both sides of the comparison are twice as much",
}
"""Function and end of the mutant's name -> why no check can tell it from the rule."""
_NOW = Instant(1_000_000_000, 10_000_000, "boot", ClockQuality.SYNCHRONISED)
_IDENTITY = DeviceIdentity("XPR", "SN-1", "1.10")
_ONLINE = DeviceStatus("SC-1", DeviceState.ONLINE, _IDENTITY, _NOW)
_TODAY = "2026-11-26"


def subjects() -> dict[str, FunctionType]:
    """Every function of these modules that decides, by its name; what a standing says in words decides nothing."""
    found = [
        value
        for module in (u, e, t)
        for value in vars(module).values()
        if inspect.isfunction(value) and value.__module__ == module.__name__
    ]
    return {key_of(function): function for function in found}


def checks() -> list[Check]:
    """All of them."""
    return [*_weights(), *_trainings()]


def survivors() -> list[str]:
    """Mutants that no check notices, but for those that decide alike."""
    asked, found = checks(), []
    for name, function in subjects().items():
        for mutant in mutants_of(function):
            with in_place(function, mutant):
                noticed = any(fails(check) for check in asked)
            if not noticed and not any(name == known and mutant.name.endswith(end) for known, end in EQUIVALENT):
                found.append(f"{name}: {mutant.name}")
    return found


def count() -> int:
    """How many mutants there are."""
    return sum(1 for function in subjects().values() for _ in mutants_of(function))


def fails(check: Check) -> bool:
    """Whether a check does not hold, or breaks."""
    try:
        return not check()
    except Exception:  # noqa: BLE001 - a mutant may break in any way, and is noticed by it
        return True


# --- weights ---------------------------------------------------------------------------------------------------------


def _device(**changed: Any) -> Device:
    fields = {
        "device_id": "SC-1", "line": "L3", "protocol": "mt-sics", "address": "", "model": "XPR", "serial_number": "SN-1", "firmware": "1.10", "unit": "g",
        "readability": "0.01", "minimum_weight": "5.00", "capacity": "6200.00", "calibration_due": _TODAY, "check_passed": 1, "tare": "100.00",
        "state": "online", "held_reason": "", "check_due_us": None,
    }  # fmt: skip
    return Device(**(fields | changed))


def _reading(value: str | None = "500.00", unit: str = "g", *, age_us: int = 0, boot: str = "boot", **changed: Any) -> Reading:
    taken = Instant(_NOW.utc_us - age_us, _NOW.mono_us - age_us, boot, ClockQuality.SYNCHRONISED)
    quantity = None if value is None else Quantity(Decimal(value), unit)
    return replace(Reading("SC-1", 1, quantity, Quality.GOOD, True, taken, "S S 500.00 g", "0" * 64, _IDENTITY), **changed)


def _asked(reading: Reading, device: Device | None = None, *, low: str = "490.00", high: str = "510.00", unit: str = "g", status: DeviceStatus = _ONLINE,
           today: str = _TODAY, load_changed: bool = True) -> e.Weight | str:  # fmt: skip
    """The weight, or the rule that stands against it."""
    limits = e.Limits(Quantity(Decimal(low), unit), Quantity(Decimal(high), unit))
    try:
        return e.eligible_weight(reading, device or _device(), status, now=_NOW, today=today, limits=limits, load_changed=load_changed)
    except u.RejectionError as error:
        return error.rule


def _weighs(given: Callable[[], e.Weight | str], net: str, gross: str, unit: str = "g") -> Check:
    def check() -> bool:
        found = given()
        assert isinstance(found, e.Weight)
        sums = found.net.value + found.tare.value == found.gross.value
        return (str(found.net), str(found.gross)) == (f"{net} {unit}", f"{gross} {unit}") and sums

    return check


def _weights() -> Iterator[Check]:
    yield _weighs(lambda: _asked(_reading()), "500.00", "600.00")
    yield _weighs(
        lambda: _asked(_reading("0.50000", "kg"), _device(unit="kg", minimum_weight="0.005", capacity="6.2", tare="0.10000")), "500", "600"
    )
    yield _weighs(lambda: _asked(_reading(age_us=u.MAX_AGE_US)), "500.00", "600.00")
    yield _weighs(lambda: _asked(_reading(), _device(check_due_us=_NOW.utc_us + 1)), "500.00", "600.00")
    for edge in ("490.00", "510.00"):
        yield _weighs(lambda edge=edge: _asked(_reading(edge)), edge, str(Decimal(edge) + 100))
    yield _weighs(lambda: _asked(_reading("5.00"), low="1.00"), "5.00", "105.00")
    yield _weighs(lambda: _asked(_reading("6100.00"), high="7000.00"), "6100.00", "6200.00")
    refused: list[tuple[str, Callable[[], e.Weight | str]]] = [
        ("scale", lambda: _asked(_reading(), status=replace(_ONLINE, state=DeviceState.CONNECTING))),
        ("scale", lambda: _asked(_reading(identity=DeviceIdentity("XPR", "SN-2", "1.10")))),
        ("scale", lambda: _asked(_reading(identity=DeviceIdentity("XPR", "SN-1", "1.11")))),
        ("scale", lambda: _asked(_reading(), _device(tare=""))),
        ("calibration", lambda: _asked(_reading(), today="2026-11-27")),
        ("calibration", lambda: _asked(_reading(), _device(calibration_due=""))),
        ("calibration", lambda: _asked(_reading(), _device(check_passed=0))),
        ("held", lambda: _asked(_reading(), _device(held_reason="knocked over"))),
        ("check_due", lambda: _asked(_reading(), _device(check_due_us=_NOW.utc_us))),
        ("quality", lambda: _asked(_reading(quality=Quality.BAD))),
        ("quality", lambda: _asked(_reading(None))),
        ("quality", lambda: _asked(_reading("500.00", "kg"))),
        ("quality", lambda: _asked(_reading(), unit="lb", low="1", high="2")),
        ("unstable", lambda: _asked(_reading(stable=False))),
        ("late", lambda: _asked(_reading(age_us=u.MAX_AGE_US + 1))),
        ("late", lambda: _asked(_reading(boot="another"))),
        ("stale", lambda: _asked(_reading(), load_changed=False)),
        ("minimum", lambda: _asked(_reading("4.99"), low="1.00")),
        ("capacity", lambda: _asked(_reading("6100.01"), high="7000.00")),
        ("tolerance", lambda: _asked(_reading("489.99"))),
        ("tolerance", lambda: _asked(_reading("510.01"))),
    ]  # fmt: skip
    yield from (lambda rule=rule, given=given: given() == rule for rule, given in refused)  # type: ignore[misc]


# --- trainings -------------------------------------------------------------------------------------------------------


def _sop(number: int = 2, since: str = "2026-01-01", state: str = "effective") -> t.SopFacts:
    return t.SopFacts("SOP-1", number, "t", since, state)


def _stands(records: list[t.Attended], today: str = _TODAY) -> tuple[str, int, str]:
    found = t.standing(_sop(), records, today)
    return found.state.value, found.number, found.valid_until


def _trainings() -> Iterator[Check]:
    one, old, older = _sop(), _sop(1, "2025-01-01", "superseded"), _sop(0, "2024-01-01", "superseded")
    coming, draft = _sop(2, "2027-01-01"), _sop(3, "2025-06-01", "draft")
    force: list[tuple[list[t.SopFacts], str, t.SopFacts | None]] = [
        ([], _TODAY, None),
        ([one, old], _TODAY, one),
        ([one], "2026-01-01", one),
        ([older, old, coming], _TODAY, old),
        ([old, older, coming, draft], _TODAY, old),
        ([old, older, coming], "2024-12-31", older),
        ([old, older, coming], "2025-01-01", old),
        ([coming], _TODAY, None),
        ([old, older], _TODAY, None),
        ([draft], _TODAY, None),
    ]
    yield from (lambda v=v, day=day, due=due: t.in_force(v, day) is due for v, day, due in force)  # type: ignore[misc]
    stands: list[tuple[list[t.Attended], tuple[str, int, str]]] = [
        ([], ("never", 0, "")),
        ([t.Attended(2, "")], ("trained", 2, "")),
        ([t.Attended(3, "")], ("trained", 3, "")),
        ([t.Attended(2, _TODAY)], ("trained", 2, _TODAY)),
        ([t.Attended(2, "2026-11-25")], ("expired", 2, "2026-11-25")),
        ([t.Attended(1, "")], ("outdated", 1, "")),
        ([t.Attended(1, ""), t.Attended(2, "2026-01-01")], ("expired", 2, "2026-01-01")),
        ([t.Attended(2, "2026-02-01"), t.Attended(2, "2026-01-01")], ("expired", 2, "2026-02-01")),
        ([t.Attended(2, "2026-02-01"), t.Attended(3, "2026-01-01")], ("expired", 3, "2026-01-01")),
        ([t.Attended(1, ""), t.Attended(1, "2099-01-01")], ("outdated", 1, "")),
        ([t.Attended(1, "2027-01-01"), t.Attended(0, "")], ("outdated", 1, "2027-01-01")),
        ([t.Attended(2, ""), t.Attended(2, "2027-01-01")], ("trained", 2, "")),
        ([t.Attended(2, "2027-01-01"), t.Attended(2, "2028-01-01")], ("trained", 2, "2028-01-01")),
        ([t.Attended(3, "2027-01-01"), t.Attended(2, "2028-01-01")], ("trained", 2, "2028-01-01")),
        ([t.Attended(3, ""), t.Attended(2, "")], ("trained", 3, "")),
    ]
    yield from (lambda r=r, due=due: _stands(r) == due for r, due in stands)  # type: ignore[misc]
    days = [
        ("2026-01-31", 1, "2026-02-28"), ("2028-01-31", 1, "2028-02-29"), ("2026-01-15", 11, "2026-12-15"), ("2026-12-31", 1, "2027-01-31"),
        ("2026-11-30", 1, "2026-12-30"), ("2026-10-31", 1, "2026-11-30"), ("2026-03-31", 12, "2027-03-31"), ("2026-05-01", 24, "2028-05-01"),
        ("2026-05-01", 0, ""),        ("2026-12-31", 12, "2027-12-31"), ("2026-11-26", -1, "2026-10-26"),
    ]  # fmt: skip
    yield from (lambda day=day, months=months, due=due: t.last_day(day, months) == due for day, months, due in days)  # type: ignore[misc]

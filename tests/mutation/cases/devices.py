"""Devices, their checks, and alarms."""

from __future__ import annotations

from typing import Any

from jope.compliance.alarms import handlers as a
from jope.compliance.alarms.commands import ReviewAlarms
from jope.plant.devices.checks import commands as cc
from jope.plant.devices.checks import handlers as ch
from jope.plant.devices.registry import commands as c
from jope.plant.devices.registry import guards as g
from jope.plant.weighing import handlers as w
from jope.plant.weighing.commands import OpenCheckDeviation
from jope.services.provisioning import demo_data as demo
from tests.mutation.world import Case, Sql, World, change, put

SCALE = demo.DEMO_SCALE
_WHO = demo.DEMO_SCALE_IDENTITY
_THUMB = "ab" * 32


def _device(**changed: Any) -> Sql:
    return change("device", f"device_id = '{SCALE}'", **changed)


def _check(**changed: Any) -> Sql:
    row: dict[str, Any] = {
        "id": "BC-1", "device_id": SCALE, "serial_number": "S", "firmware": "1", "profile": "usp", "process_tolerance": "", "safety_factor": "2",
        "readability": "0.01", "capacity": "6200", "unit": "g", "state": "open", "begun_by": "D-OPER", "begun_us": 1, "repeatability": "",
        "minimum_weight": "", "finding": "", "deviation": "", "version": 1,
    }  # fmt: skip
    return put("balance_check", **(row | changed))


def _certificate(state: str) -> Sql:
    return put(
        "device_certificate", id=f"{SCALE}:{_THUMB}", device_id=SCALE, thumbprint=_THUMB, der="00", subject="CN=x", not_after="2030-01-01", state=state,
        seen_us=1, version=1,
    )  # fmt: skip


def _alarm(raised_us: int, by: str = "D-QA") -> Sql:
    return put(
        "alarm",
        id=f"A-{raised_us}",
        priority=2,
        source="S",
        kind="k",
        text="t",
        raised_us=raised_us,
        acknowledged_by=by,
        reason="",
        version=1,
    )


def cases(world: World) -> list[Case]:
    """The guards of the rooms that look at one fact each."""
    hold, back = c.HoldDevice(device_id=SCALE, reason="r"), c.ReturnDeviceToUse(device_id=SCALE, reason="r")
    elsewhere = c.HoldDevice(device_id="NONE", reason="r")
    trust, revoke = (kind(device_id=SCALE, thumbprint=_THUMB, reason="r") for kind in (c.TrustCertificate, c.RevokeCertificate))
    same = c.AcceptDeviceIdentity(device_id=SCALE, model="m", serial_number=_WHO.serial_number, firmware=_WHO.firmware, reason="r")
    tag = put("device_tag", tag_id="T-1", device_id=SCALE, version=1)
    abandon, end = cc.AbandonBalanceCheck(check_id="BC-1", reason="r"), cc.EndBalanceCheck(check_id="BC-1")
    opened = OpenCheckDeviation(check_id="BC-1")
    review = ReviewAlarms(review_id="r", from_us=100, to_us=200, assessment="fine")
    return [
        Case(g.reason_is_given, hold, None),
        Case(g.reason_is_given, c.HoldDevice(device_id=SCALE, reason=" "), "reason"),
        Case(g.device_is_there, hold, None),
        Case(g.device_is_there, elsewhere, "no device"),
        Case(g.device_is_there, hold, "retired", rows=[_device(retired_us=0)]),
        Case(g.device_is_in_use, hold, None),
        Case(g.device_is_in_use, elsewhere, None),
        Case(g.device_is_in_use, hold, "held already", rows=[_device(held_reason="x")]),
        Case(g.device_is_held, back, "in use"),
        Case(g.device_is_held, elsewhere, None),
        Case(g.device_is_held, back, None, rows=[_device(held_reason="x")]),
        Case(g.device_is_proven_again, back, None),
        Case(g.device_is_proven_again, elsewhere, None),
        Case(g.device_is_proven_again, back, None, rows=[_device(unit="", check_passed=0)]),
        Case(g.device_is_proven_again, back, "did not pass", rows=[_device(check_passed=0)]),
        Case(g.identity_is_another, same, "already"),
        Case(g.identity_is_another, c.AcceptDeviceIdentity(device_id="NONE", model="m", serial_number="s", firmware="f", reason="r"), None),
        Case(g.identity_is_another, same, None, rows=[_device(serial_number="other")]),
        Case(g.identity_is_another, same, None, rows=[_device(firmware="other")]),
        Case(g.identity_is_another, same, "already", rows=[_device(model="other")]),
        Case(g.identity_is_another, same, None, rows=[_device(model="other", protocol="zpl")]),
        Case(g.identity_is_another, same, "already", rows=[_device(model="m", protocol="zpl")]),
        Case(g.tag_is_there, c.RetireTag(tag_id="T-1", reason="r"), "no tag"),
        Case(g.tag_is_there, c.RetireTag(tag_id="T-1", reason="r"), None, rows=[tag]),
        Case(g.tag_is_there, c.RetireTag(tag_id="T-1", reason="r"), "no tag", rows=[tag, change("device_tag", "1", retired_us=0)]),
        Case(g.certificate_can_be_trusted, trust, "no such"),
        Case(g.certificate_can_be_trusted, trust, None, rows=[_certificate("seen")]),
        Case(g.certificate_can_be_trusted, trust, "is trusted", rows=[_certificate("trusted")]),
        Case(g.certificate_can_be_trusted, trust, "is revoked", rows=[_certificate("revoked")]),
        Case(g.certificate_is_known, revoke, "no such"),
        Case(g.certificate_is_known, revoke, None, rows=[_certificate("seen")]),
        Case(g.certificate_is_known, revoke, None, rows=[_certificate("trusted")]),
        Case(g.certificate_is_known, revoke, "no such", rows=[_certificate("revoked")]),
        Case(ch.check_is_open, abandon, "no such check"),
        Case(ch.check_is_open, abandon, None, rows=[_check()]),
        Case(ch.check_is_open, abandon, "no such check", rows=[_check(state="passed")]),
        Case(ch.check_is_yours, end, None),
        Case(ch.check_is_yours, end, None, who="D-OPER", rows=[_check()]),
        Case(ch.check_is_yours, end, "D-OPER began", who="D-SUPER", rows=[_check()]),
        Case(w.check_failed, opened, "did not fail"),
        Case(w.check_failed, opened, "did not fail", rows=[_check()]),
        Case(w.check_failed, opened, None, rows=[_check(state="failed")]),
        Case(w.check_failed, opened, "DEV-1 was opened", rows=[_check(state="failed", deviation="DEV-1")]),
        Case(a.time_is_over, review, None, now_us=200),
        Case(a.time_is_over, review, "not over", now_us=199),
        Case(a.time_is_over, ReviewAlarms(review_id="r", from_us=200, to_us=200, assessment="x"), "not over", now_us=300),
        Case(a.assessment_is_given, review, None),
        Case(a.assessment_is_given, ReviewAlarms(review_id="r", from_us=1, to_us=2, assessment=" "), "missing"),
        Case(a.reviewer_is_another, review, None),
        Case(a.reviewer_is_another, review, None, rows=[_alarm(99), _alarm(200), _alarm(150, "D-OPER")]),
        Case(a.reviewer_is_another, review, "yourself", rows=[_alarm(100)]),
        Case(a.reviewer_is_another, review, "yourself", rows=[_alarm(199)]),
    ]

"""The schedule ends, whatever is under way."""

from __future__ import annotations

import threading
import time

import pytest

from jope.services.scheduling.schedule import Schedule

_POOL = 10
"""So many jobs run beside each other; one more waits for its turn."""


@pytest.mark.req("Q03")
@pytest.mark.timeout(60)
def test_a_stop_lets_a_job_end_that_had_not_begun_yet() -> None:
    schedule, gate, ran = Schedule(), threading.Event(), threading.Event()
    for n in range(_POOL):
        schedule.after(0.01, lambda: gate.wait(30) and None, name=f"busy-{n}")
    schedule.after(0.1, ran.set, name="late")
    time.sleep(1.0)
    assert not ran.is_set()
    stopping = threading.Thread(target=schedule.stop, daemon=True)
    stopping.start()
    time.sleep(0.3)  # the stop holds what it holds
    gate.set()
    stopping.join(10)
    assert not stopping.is_alive()
    assert ran.is_set()


@pytest.mark.req("Q03")
def test_what_is_due_once_runs_once() -> None:
    schedule, ran = Schedule(), list[float]()
    schedule.after(0.05, lambda: ran.append(time.monotonic()), name="once")
    time.sleep(0.6)
    schedule.stop()
    assert len(ran) == 1


@pytest.mark.req("Q03")
def test_a_stop_beside_a_job_that_is_just_begun_ends_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    died: list[object] = []
    monkeypatch.setattr(threading, "excepthook", died.append)
    for number in range(60):
        schedule = Schedule()
        for job in range(20):
            schedule.after(0.001 * job, lambda: None, name=f"job-{job}")
        time.sleep(0.0004 * number)
        schedule.stop()
    assert died == []

"""The station's schedule: APScheduler's thread pool, and the jobs that only look whether something is due."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime


class Schedule:
    """Runs jobs in time. A job that is late runs once, not as often as it was missed."""

    def __init__(self) -> None:
        from apscheduler.schedulers.background import BackgroundScheduler  # a tenth of a second that the sign-in page need not wait for

        logging.getLogger("apscheduler").setLevel(logging.WARNING)  # a job that only looks is not worth two lines every five seconds
        self._scheduler = BackgroundScheduler(
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}, timezone="UTC"
        )
        self._scheduler.start()

    def every(self, seconds: float, job: Callable[[], None], *, name: str) -> None:
        """Run a job again and again."""
        self._scheduler.add_job(job, "interval", seconds=seconds, id=name)

    def after(self, seconds: float, job: Callable[[], None], *, name: str) -> None:
        """Run a job once. The scheduler forgets it by itself: a job that removed itself would wait for a stop that waits for it."""
        from apscheduler.triggers.interval import IntervalTrigger

        class Once(IntervalTrigger):  # type: ignore[misc]
            """The first time of an interval, and no second one."""

            def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
                return None if previous is not None else super().get_next_fire_time(previous, now)

        self._scheduler.add_job(job, Once(seconds=seconds, timezone="UTC"), id=name)

    def stop(self) -> None:
        """End what runs and wait for it. Nothing new begins, and the round under way is through before the scheduler goes: it would die over its own jobs."""
        self._scheduler.pause()
        self._scheduler.get_jobs()  # returns when no round is under way
        self._scheduler.shutdown(wait=True)

"""Work for the station leaves the GUI thread and its answer comes back to it (hmi rule U7)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

import pytest
import shiboken6
from jope_ui.bridge.changes import Changes
from jope_ui.bridge.runners import CommandRunner, LongRunner, QueryRunner, UnexpectedError
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from jope.kernel.errors import GuardRefusedError, JopeError


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[QueryRunner]:
    """A running pool."""
    made = QueryRunner(threads=1)
    yield made
    made.close()


@pytest.mark.req("P11-07")
def test_answers_come_in_the_gui_thread_in_the_order_of_one_worker(qtbot: QtBot) -> None:
    commands = CommandRunner()
    threads: list[tuple[int, int]] = []
    for _ in range(200):
        commands.run(threading.get_ident, lambda worker: threads.append((worker, threading.get_ident())), _unexpected)
    qtbot.waitUntil(lambda: len(threads) == 200)
    commands.close()
    assert {answered for _, answered in threads} == {threading.get_ident()}
    assert len({worker for worker, _ in threads}) == 1
    assert threads[0][0] != threading.get_ident()


@pytest.mark.req("P11-07")
def test_of_equal_questions_only_the_newest_is_answered(qtbot: QtBot, runner: QueryRunner) -> None:
    gate = threading.Event()
    answers: list[int] = []
    runner.run(lambda: int(gate.wait(5)) * 0, answers.append, _unexpected, key="page")
    runner.run(lambda: 1, answers.append, _unexpected, key="page")
    runner.run(lambda: 2, answers.append, _unexpected, key="other")
    gate.set()
    qtbot.waitUntil(lambda: not runner.busy)
    assert answers == [1, 2]


@pytest.mark.req("P11-07")
def test_a_forgotten_question_is_not_answered(qtbot: QtBot, runner: QueryRunner) -> None:
    gate = threading.Event()
    answers: list[bool] = []
    runner.run(lambda: gate.wait(5), answers.append, _unexpected, key="verify")
    runner.forget("verify")
    gate.set()
    qtbot.waitUntil(lambda: not runner.busy)
    assert answers == []


@pytest.mark.req("P11-07")
def test_closing_does_not_wait_for_a_long_reading(qtbot: QtBot) -> None:
    long, gate, ended = LongRunner(), threading.Event(), threading.Event()
    answers: list[bool] = []

    def work() -> bool:
        gate.wait(30)
        ended.set()
        return True

    long.run(work, answers.append, _unexpected)
    long.close()
    assert not ended.is_set()
    gate.set()
    qtbot.waitUntil(ended.is_set)
    qtbot.wait(50)
    assert answers == []


@pytest.mark.req("A03")
def test_refusals_arrive_as_they_are_and_faults_with_a_code(qtbot: QtBot, runner: QueryRunner, caplog: pytest.LogCaptureFixture) -> None:
    errors: list[JopeError] = []

    def refuse() -> None:
        raise GuardRefusedError("not now", remedy="later")

    def fail() -> None:
        raise KeyError("missing")

    runner.run(refuse, lambda _: None, errors.append)
    runner.run(fail, lambda _: None, errors.append)
    qtbot.waitUntil(lambda: len(errors) == 2)
    assert isinstance(errors[0], GuardRefusedError)
    assert isinstance(errors[1], UnexpectedError)
    assert "KeyError" in errors[1].message
    assert "KeyError" in caplog.text


@pytest.mark.req("P11-07")
def test_changes_of_one_moment_are_told_once(qtbot: QtBot) -> None:
    changes = Changes()
    told: list[frozenset[str]] = []
    changes.changed.connect(told.append)
    callbacks: list[object] = []

    def subscribe(callback: object) -> object:
        callbacks.append(callback)
        return callbacks.clear

    changes.listen(subscribe)  # type: ignore[arg-type]
    for kinds in ({"batch"}, {"audit"}, {"batch", "weighing"}):
        callbacks[0](frozenset(kinds))  # type: ignore[operator]
    qtbot.waitUntil(lambda: bool(told))
    changes.close()
    assert told == [frozenset({"batch", "audit", "weighing"})]
    assert callbacks == []


def _unexpected(error: JopeError) -> None:
    raise AssertionError(str(error))


@pytest.mark.req("P11-07")
def test_an_answer_for_a_sheet_that_is_gone_is_dropped(qtbot: QtBot, runner: QueryRunner) -> None:
    class Asker(QObject):
        def take(self, answer: int, _: object = None) -> None:
            self.setObjectName(str(answer))

    gate, after = threading.Event(), list[int]()
    for told in (lambda asker: asker.take, lambda asker: partial(asker.take, 7)):
        asker = Asker()
        gate.clear()
        runner.run(lambda: int(gate.wait(5)), told(asker), _unexpected)
        shiboken6.delete(asker)
        gate.set()
    runner.run(lambda: 3, after.append, _unexpected)
    qtbot.waitUntil(lambda: after == [3])

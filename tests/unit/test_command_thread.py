"""The one thread that writes: in order, errors come out, and a closed one says so."""

from __future__ import annotations

import threading

import pytest

from jope.kernel.errors import StationClosedError
from jope.kernel.store.command_thread import CommandThread


@pytest.mark.req("P06")
def test_visits_of_many_threads_run_one_after_the_other() -> None:
    commands, running, most = CommandThread(), [0], [0]

    def work() -> int:
        running[0] += 1
        most[0] = max(most[0], running[0])
        running[0] -= 1
        return commands.run(threading.get_ident)  # from the thread itself: at once

    found: set[int] = set()
    askers = [threading.Thread(target=lambda: [found.add(commands.run(work)) for _ in range(200)]) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert most == [1]
    assert len(found) == 1
    assert found != {threading.get_ident()}
    commands.close()


@pytest.mark.req("P06")
def test_an_error_comes_out_where_it_was_asked_and_the_thread_goes_on() -> None:
    commands = CommandThread()
    with pytest.raises(ZeroDivisionError):
        commands.run(lambda: 1 // 0)
    assert commands.run(lambda: 7) == 7
    commands.close()
    with pytest.raises(StationClosedError):
        commands.run(lambda: 7)


@pytest.mark.req("P06")
def test_what_is_posted_begins_when_whoever_waited_has_the_answer() -> None:
    commands, order, begun = CommandThread(), list[str](), threading.Event()

    def follows() -> None:
        order.append("posted")
        begun.set()

    def work() -> None:
        commands.post(follows)

    for _ in range(50):
        begun.clear()
        commands.run(work)
        order.append("answered")
        assert begun.wait(5)
    answered_first = sum(pair == ("answered", "posted") for pair in zip(order[::2], order[1::2], strict=True))
    assert answered_first >= 45  # a machine under load may let the bounded wait pass
    commands.close()

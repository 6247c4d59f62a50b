"""The registry's side of a series: what it opens on and what it does not (URS B10)."""

from __future__ import annotations

import pytest

from jope.compliance.commands import Principal
from jope.compliance.identity.sessions import SessionRegistry
from jope.kernel.errors import SeriesEndedError
from tests.support.clocks import SetClock

WHO = Principal("D-QA", "qa", frozenset(), "*", "S-1", "STATION", "here", "somebody")


@pytest.fixture
def registry() -> SessionRegistry:
    """One person at the page of the queue."""
    made = SessionRegistry(SetClock())
    made.open("token", WHO, "Name")
    made.enter("token", "queue")
    return made


@pytest.mark.req("B10", "P11-23")
def test_it_opens_on_the_page_where_the_signature_began(registry: SessionRegistry) -> None:
    registry.begin_signing("S-1")
    registry.begin_series("S-1", "D-QA", "signature")
    token = registry.fetch_series("token")
    assert registry.series("S-1", token).page == "queue"
    assert registry.series_left("token") == pytest.approx(300, abs=2)


@pytest.mark.req("B10", "P11-23")
def test_nothing_opens_it_but_a_full_signature_of_its_person_on_one_page(registry: SessionRegistry) -> None:
    registry.begin_series("S-1", "D-QA", "signature")
    assert registry.fetch_series("token") == "", "no signature was begun"
    registry.begin_signing("S-1")
    registry.enter("token", "batch")
    registry.begin_series("S-1", "D-QA", "signature")
    assert registry.fetch_series("token") == "", "the page changed while the password was looked at"
    registry.begin_signing("S-1")
    registry.lock("S-1")
    registry.unlock("S-1")
    registry.begin_series("S-1", "D-QA", "signature")
    assert registry.fetch_series("token") == "", "the session was locked meanwhile"
    registry.begin_signing("S-1")
    registry.begin_series("S-1", "D-SUPER", "signature")
    assert registry.fetch_series("token") == "", "the signature was another person's"
    registry.begin_signing("S-1")
    registry.enter("token", "")
    registry.begin_signing("S-1")
    registry.begin_series("S-1", "D-QA", "signature")
    assert registry.fetch_series("token") == "", "no page was named"
    assert registry.fetch_series("other") == ""


@pytest.mark.req("B10", "P11-24")
def test_a_series_is_of_its_session(registry: SessionRegistry) -> None:
    registry.begin_signing("S-1")
    registry.begin_series("S-1", "D-QA", "signature")
    token = registry.fetch_series("token")
    for session_id, guess in (("S-2", token), ("S-1", ""), ("S-1", token[:-1]), ("S-1", "\u00e9")):
        with pytest.raises(SeriesEndedError):
            registry.series(session_id, guess)
    registry.end_of("D-QA")
    with pytest.raises(SeriesEndedError):
        registry.series("S-1", token)

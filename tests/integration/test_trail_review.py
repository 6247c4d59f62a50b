"""A review of the trail is a signed record of what was read, by somebody who took no part, and release waits for it (URS C09-C11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jope.bootstrap import Station
from jope.compliance.evidence.queries import record_as_of, review_basis
from jope.kernel.errors import GuardRefusedError, NotFoundError, PermissionDeniedError, RefusedError
from jope.kernel.ids import new_id
from jope.plant.batches import commands as c
from tests.support.demo import Crew, dispense, review_command, review_trail, running_plant, to_execution, verified

BATCH = "B-1"


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Station, Crew]]:
    """A batch that production has reviewed."""
    root: Path = tmp_path_factory.mktemp("trail") / "station"
    with running_plant(root) as (station, scale):
        crew = Crew(station)
        to_execution(crew, BATCH)
        crew.sign("D-OPER", c.HoldBatch(batch_no=BATCH, reason="spilled"))
        crew.sign("D-SUPER", c.RestartBatch(batch_no=BATCH, reason="cleaned"))
        for position in (1, 2, 3):
            dispense(crew, scale, BATCH, position)
        crew.sign("D-OPER", c.CompleteBatch(batch_no=BATCH))
        crew.sign("D-SUPER", c.ReviewBatch(batch_no=BATCH))
        yield station, crew


@pytest.mark.req("C09", "C10", "A11d-22")
def test_the_basis_shows_exceptions_first_and_a_sample_that_nobody_chose(reviewed: tuple[Station, Crew]) -> None:
    station, crew = reviewed
    basis = station.read(review_basis, crew.token("D-QA"), subject_kind="batch", subject_id=BATCH)
    assert {"batch.held", "batch.restarted"} <= {e.action for e in basis.exceptions}
    assert set(basis.performers) == {"D-OPER", "D-SUPER"}
    assert len(basis.sample) >= 3
    assert not {e.seq for e in basis.sample} & {e.seq for e in basis.exceptions}
    assert {e.action for e in basis.exceptions + basis.sample} > {"batch.held"}
    again = station.read(review_basis, crew.token("D-QP"), subject_kind="batch", subject_id=BATCH)
    assert again.head != basis.head, "signing in moved the trail on, and the sample with it"
    with pytest.raises(NotFoundError):
        station.read(review_basis, crew.token("D-QA"), subject_kind="batch", subject_id="nowhere")


@pytest.mark.req("C09", "C10", "A11d-22", "A11d-23")
def test_a_review_covers_everything_that_must_be_looked_at_and_is_not_the_performers(reviewed: tuple[Station, Crew]) -> None:
    _, crew = reviewed
    whole = review_command(crew, BATCH)
    parts = {
        "Exception": replace(whole, review_id=new_id(), command_id=new_id(), exceptions=whole.exceptions[1:]),
        "random sample": replace(whole, review_id=new_id(), command_id=new_id(), sampled=whole.sampled[:-1]),
        "does not stand": replace(whole, review_id=new_id(), command_id=new_id(), head="0" * 64),
        "is not about this record": replace(whole, review_id=new_id(), command_id=new_id(), targeted=(1,)),
        "There is no such record": replace(whole, review_id=new_id(), command_id=new_id(), subject_id="nowhere"),
    }
    for words, command in parts.items():
        error = crew.refused(lambda command=command: crew.sign("D-QA", command))  # type: ignore[misc]
        assert isinstance(error, RefusedError)
        assert words in error.message
    for who in ("D-SUPER", "D-OPER"):
        assert isinstance(crew.refused(lambda who=who: crew.sign(who, replace(whole, command_id=new_id()))), PermissionDeniedError)  # type: ignore[misc]
    assert "not reviewed" in crew.refused(lambda: crew.sign("D-QA", c.ReleaseBatch(batch_no=BATCH))).message


@pytest.mark.req("C09", "C11", "A11d-23", "B05")
def test_release_waits_for_a_review_of_all_that_was_done(reviewed: tuple[Station, Crew]) -> None:
    station, crew = reviewed
    review_trail(crew, BATCH)
    last = station.read(review_basis, crew.token("D-QA"), subject_kind="batch", subject_id=BATCH).last
    assert last is not None
    assert last.unseen == 0
    assert last.signature is not None
    assert (last.signature.signer, last.signature.meaning, last.signature.verdict) == ("D-QA", "review", "valid")
    crew.refused(lambda: crew.sign("D-OPER", c.HoldBatch(batch_no=BATCH, reason="too late")))
    stale = crew.refused(lambda: crew.sign("D-QA", c.ReleaseBatch(batch_no=BATCH)))
    assert isinstance(stale, GuardRefusedError)
    assert "came after the review" in stale.message
    review_trail(crew, BATCH)
    crew.sign("D-QA", c.ReleaseBatch(batch_no=BATCH))
    assert verified(station).ok


@pytest.mark.req("C11", "A11d-19")
def test_a_record_is_rebuilt_as_it_was_and_says_what_changed_since_its_entry(reviewed: tuple[Station, Crew]) -> None:
    station, crew = reviewed
    token = crew.token("D-QA")
    seqs = [s for (s,) in station._ask("SELECT seq FROM audit_subject WHERE kind = 'batch' AND id = ? ORDER BY seq", (BATCH,))]
    first = {
        f.column: f for f in station.read(record_as_of, token, subject_kind="batch", subject_id=BATCH, seq=seqs[0]) if f.table == "batch"
    }
    assert first["record_state"].value == "Planned"
    assert first["record_state"].changes == 0
    now = {
        f.column: f for f in station.read(record_as_of, token, subject_kind="batch", subject_id=BATCH, seq=seqs[-1]) if f.table == "batch"
    }
    stored = station._ask("SELECT record_state, procedure_state, version FROM batch WHERE batch_no = ?", (BATCH,))[0]
    assert (now["record_state"].value, now["procedure_state"].value, now["version"].value) == tuple(map(str, stored))
    assert now["record_state"].changes > 0
    assert now["batch_no"].changes == 0
    with pytest.raises(NotFoundError):
        station.read(record_as_of, token, subject_kind="batch", subject_id=BATCH, seq=seqs[0] - 1)

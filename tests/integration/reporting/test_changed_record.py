"""What a printed record shows when a record was changed: through the program, and behind its back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jope.kernel.crypto.keys import StationKeys
from jope.kernel.store.engine import StoreLocation, connect
from jope.plant.batches import commands as c
from jope.services.provisioning import demo_data as demo
from jope.services.reporting.record.trail import EventLine, changed_values
from tests.integration.reporting.printed import print_record
from tests.support.demo import Crew, plain_station


@pytest.mark.req("B04", "P11-17", "P11-02", "A11d-27")
def test_a_signed_record_that_was_changed_in_the_file_prints_as_unsigned(tmp_path: Path) -> None:
    with plain_station(tmp_path / "station") as station:
        crew = Crew(station)
        crew.do("D-SUPER", c.CreateBatch(batch_no="B-1", recipe_id=demo.DEMO_RECIPE, line="L3", product_lot="PL-1"))
        crew.do("D-SUPER", c.ReleaseBatchToFloor(batch_no="B-1"))
        answers = tuple(c.ClearanceAnswer(check_id, True) for check_id, _ in demo.DEMO_CHECKS)
        crew.sign("D-OPER", c.PerformClearance(batch_no="B-1", answers=answers))
        crew.sign("D-OPER", c.VerifyClearance(batch_no="B-1"), signer="D-SUPER")
        before = print_record(station, crew.token("D-QA"), "B-1").text
        connection = connect(StoreLocation(station.folder.store, StationKeys.load(station.folder.keys).store))
        connection.execute("UPDATE clearance_answer SET text = 'The line looks fine' WHERE check_id = 'LC-1'")
        connection.close()
        after = print_record(station, crew.token("D-QA"), "B-1").text
    assert "UNSIGNED: changed since" not in before
    assert "2 valid" in before
    assert after.count("UNSIGNED: changed since") == 6, (
        "both signatures: among the exceptions, in the clearance, in the table of signatures"
    )
    assert "Exceptions 2" in after
    assert "None: no refused" not in after
    assert "0 valid" in after
    assert "2 UNSIGNED" in after


def event(*images: dict[str, Any]) -> EventLine:
    return EventLine(7, 0, "E1", "qa", "batch.corrected", "done", ("batch B-1",), "typed wrongly", "", "", "", "00", images)


@pytest.mark.req("O04", "A11-08", "P11-06")
def test_changed_values_show_before_and_after_and_leave_moves_and_signatures_to_their_own_sections() -> None:
    image = {
        "table": "batch",
        "key": "B-1",
        "before": {"product_lot": "PL-1", "record_state": "Planned", "version": 1, "release_signer": None},
        "after": {"product_lot": "PL-2", "record_state": "Ready", "version": 2, "release_signer": "E2"},
    }
    born = {"table": "batch", "key": "B-2", "before": None, "after": {"product_lot": "PL-3"}}
    used = {
        "table": "equipment", "key": "MX-1", "before": {"state": "Clean", "batch_no": None}, "after": {"state": "InUse", "batch_no": "B-1"},
    }  # fmt: skip
    printed = {
        "table": "label_print",
        "key": "p",
        "before": {"state": "sent", "ended_us": None},
        "after": {"state": "printed", "ended_us": 1},
    }
    ((where, change),) = changed_values([event(image, born, used, printed)])
    assert (where.seq, change.table, change.key, change.column, change.before, change.after) == (
        7,
        "batch",
        "B-1",
        "product_lot",
        "PL-1",
        "PL-2",
    )

"""The printed batch record says everything an inspector asks for, on pages that can be told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pytest
import zxingcpp

from jope.bootstrap import Station
from jope.compliance.audit.notes import Checkpoint, read_note
from jope.compliance.signatures.queries import SignatureView
from jope.kernel.clock import site_text, utc_text
from jope.kernel.crypto.signing import SigningKey
from jope.kernel.errors import NotFoundError
from jope.plant.batches import commands as c
from jope.plant.batches.queries import BatchView, batch_detail
from jope.plant.weighing.queries import weighings
from jope.services.provisioning import demo_data as demo
from jope.services.reporting.record.codes import modules_of
from jope.services.reporting.record.fonts import printable
from tests.integration.reporting.printed import BATCH, HOLD_REASON, Printed, print_record
from tests.support.demo import Crew

SECTIONS = (
    "1 Exceptions",
    "2 Values changed since their first entry",
    "3 Frozen formulation",
    "4 Line clearance",
    "5 Dispensing",
    "6 Moves of the batch",
    "7 Electronic signatures",
    "8 Release",
    "9 Audit extract",
    "10 Head of the ledger",
)


def detail(station: Station, crew: Crew, batch_no: str = BATCH) -> BatchView:
    return station.read(batch_detail, crew.token("D-QA"), batch_no=batch_no)


def without_spaces(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.req("E08", "E09", "PR-06", "P11-03")
def test_it_has_every_section_and_exceptions_come_first(printed: Printed) -> None:
    places = [printed.text.index(section) for section in SECTIONS]
    assert places == sorted(places)


@pytest.mark.req("E08", "P11-16")
def test_every_page_is_numbered_names_its_batch_and_says_demo(printed: Printed) -> None:
    for number, page in enumerate(printed.pages, start=1):
        assert f"Page {number} of {len(printed.pages)}" in page
        assert f"Batch record {BATCH}" in page
        assert "DEMO record, of no regulatory use" in page


@pytest.mark.req("E08")
def test_a_station_that_is_no_demo_prints_no_demo_mark(plant: tuple[Station, Crew]) -> None:
    station, crew = plant
    found = print_record(station, crew.token("D-QA"), BATCH, info=replace(station.info, demo=False, station_id="ST-7", site="Site"))
    assert "DEMO record" not in found.text
    assert not any(re.search(r"(?<![\w/])DEMO(?![\w-])", page) for page in found.pages)


@pytest.mark.req("E09", "C06", "F03", "B06")
def test_exceptions_show_rejected_weighing_failed_signature_denied_command_and_hold(printed: Printed) -> None:
    exceptions = printed.text[printed.text.index(SECTIONS[0]) : printed.text.index(SECTIONS[1])]
    for sentence in (
        "1300.00 g is outside 1243.75 g to 1256.25 g.",
        "Employee id or password is wrong, or this person may not sign here.",
        HOLD_REASON,
        "cleaned and checked",
    ):
        assert sentence in exceptions
    assert "(batch.release)" in exceptions
    assert {"refused", "denied"} <= set(exceptions.split())


def manifestation(view: SignatureView, zone: str) -> tuple[str, ...]:
    return (
        view.name,
        view.signer,
        view.role,
        view.meaning,
        utc_text(view.signed_utc_us),
        site_text(view.signed_utc_us, zone),
        f"[{view.seq}]",
    )


@pytest.mark.req("B02", "P11-15", "P11-16", "A11d-26")
def test_every_signature_shows_name_id_role_meaning_and_both_times(plant: tuple[Station, Crew], printed: Printed) -> None:
    station, crew = plant
    batch = detail(station, crew)
    table = printed.text[printed.text.index(SECTIONS[6]) : printed.text.index(SECTIONS[7])]
    assert len(batch.signatures) == 18
    for view in batch.signatures:
        for part in manifestation(view, station.info.zone):
            assert part in table, part
    assert table.count("valid") == len(batch.signatures)


@pytest.mark.req("F01", "F03", "F14", "P11-09", "P11-03")
def test_every_attempt_shows_its_values_its_frame_and_its_scale(plant: tuple[Station, Crew], printed: Printed) -> None:
    station, crew = plant
    whole = without_spaces(printed.text)
    attempts = [w for p in (1, 2, 3) for w in station.read(weighings, crew.token("D-QA"), batch_no=BATCH, position=p)]
    assert [w.accepted for w in attempts] == [False, True, True, True]
    for w in attempts:
        assert f"{w.net} {w.unit}" in printed.text
        for part in (
            w.frame_hash,
            w.weighing_id,
            w.serial_number,
            w.raw_frame.strip().replace(" ", "\u00b7"),
            without_spaces(w.label_text),
        ):
            assert part in whole, part
    assert "Attempt 1: REJECTED by the rule 'tolerance'" in printed.text


@pytest.mark.req("E02", "G01", "PR-06")
def test_it_shows_formulation_lots_and_clearance(plant: tuple[Station, Crew], printed: Printed) -> None:
    station, crew = plant
    assert detail(station, crew).formulation_hash in without_spaces(printed.text)
    for line in demo.DEMO_LINES:
        assert f"{line.target} {line.unit}" in printed.text
        assert f"{line.low} {line.unit}" in printed.text
        assert f"{line.high} {line.unit}" in printed.text
    for lot_no, (_code, receiving_no, _quantity) in demo.DEMO_LOTS.items():
        assert lot_no in printed.text
        assert receiving_no in printed.text
    for check_id, text in demo.DEMO_CHECKS:
        assert f"{check_id} {text} passed" in printed.text


@pytest.mark.req("G02", "G03", "PR-09")
def test_release_shows_two_people_and_the_available_quantity(printed: Printed) -> None:
    release = printed.text[printed.text.index("8 Release") : printed.text.index("9 Audit extract")]
    assert "Demo Quality Assurance" in release
    assert "Demo Qualified Person" in release
    assert "1752.00 g of 1752.00 g produced" in release


@pytest.mark.req("C08", "P11-03", "E08")
def test_the_audit_extract_leaves_no_event_of_the_batch_out(plant: tuple[Station, Crew], printed: Printed) -> None:
    station, crew = plant
    sql = "SELECT seq FROM audit_subject WHERE kind = 'batch' AND id = ?"
    seqs = [row[0] for row in station.read(lambda reader: reader.execute(sql, (BATCH,)), crew.token("D-QA"))]
    extract = printed.text[printed.text.index("9 Audit extract") :]
    assert f"The trail counts {len(seqs)} events about the batch itself; {len(seqs)} of them are listed here." in extract
    assert all(f"[{seq}]" in extract for seq in seqs)


@pytest.mark.req("O06", "C03")
def test_the_ledgers_head_stands_on_every_page_and_its_checkpoint_verifies_with_the_public_key(
    plant: tuple[Station, Crew], printed: Printed
) -> None:
    station, crew = plant
    origin = station.policy.origin
    said = re.search(rf"ledger head {re.escape(origin)} (\d+) ([0-9a-f]{{64}})", printed.pages[0])
    assert said is not None
    seq, hash_hex = int(said.group(1)), said.group(2)  # a heartbeat may have come since
    head = "SELECT lower(hex(hash)) FROM audit WHERE seq = ?"
    assert station.read(lambda reader: reader.execute(head, (seq,)), crew.token("D-QA"))[0][0] == hash_hex
    assert all(f"ledger head {origin} {seq} {hash_hex}" in page for page in printed.pages)
    assert hash_hex in printed.pages[-1]
    newest = "SELECT note FROM checkpoint WHERE size <= ? ORDER BY size DESC LIMIT 1"
    note = station.read(lambda reader: reader.execute(newest, (seq,)), crew.token("D-QA"))[0][0]
    pieces = [line[at : at + 60] for line in note.splitlines() if line for at in range(0, len(line), 60)]
    assert all(without_spaces(piece) in without_spaces(printed.pages[-1]) for piece in pieces)
    assert read_note(note).is_signed_by(bytes.fromhex(station.policy.genesis_public_key))


@pytest.mark.req("O06", "F09")
def test_a_code_reads_back_as_its_text() -> None:
    content = Checkpoint("jope/L-3/1", 74, b"m" * 32).signed(SigningKey(b"k" * 32)).note
    rows = modules_of(content)
    scale, quiet = 4, 4
    side = (len(rows) + 2 * quiet) * scale
    image = bytearray(b"\xff" * side * side)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            for line in range(scale) if dark else ():
                start = ((y + quiet) * scale + line) * side + (x + quiet) * scale
                image[start : start + scale] = b"\x00" * scale
    (found,) = zxingcpp.read_barcodes(memoryview(image).cast("B", (side, side)))
    assert found.text == content


@pytest.mark.req("P11-03")
def test_the_same_store_at_the_same_time_prints_the_same_bytes(plant: tuple[Station, Crew]) -> None:
    station, crew = plant
    first, second = (print_record(station, crew.token("D-QA"), BATCH) for _ in range(2))
    same = [re.sub(r"\d\d:\d\d:\d\d", "", p.text) for p in (first, second)]
    assert same[0] == same[1]
    if first.text == second.text:
        assert first.pdf == second.pdf


@pytest.mark.req("A14", "E08")
def test_a_batch_that_is_not_there_is_refused(plant: tuple[Station, Crew]) -> None:
    station, crew = plant
    with pytest.raises(NotFoundError):
        print_record(station, crew.token("D-QA"), "B-NONE")


@pytest.mark.req("E08", "E09")
def test_a_planned_batch_prints_what_there_is_and_says_what_is_missing(plant: tuple[Station, Crew]) -> None:
    station, crew = plant
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-PLANNED", recipe_id=demo.DEMO_RECIPE, line="L3", product_lot="PL-2"))
    text = print_record(station, crew.token("D-QA"), "B-PLANNED").text
    assert "3 Formulation of the master recipe (not frozen before the start)" in text
    assert "None: no refused, denied or failed command, no rejected weighing or lot, no hold." in text
    assert text.count("not signed") >= 4
    assert "not answered" in text
    assert "Available 0 g" in text


@pytest.mark.req("E08", "P11-03")
def test_a_very_long_reason_is_printed_in_full(plant: tuple[Station, Crew]) -> None:
    station, crew = plant
    words = [f"word{n}" for n in range(220)]
    crew.refused(lambda: crew.do("D-OPER", c.ReleaseBatchToFloor(batch_no="B-PLANNED")))
    crew.do("D-SUPER", c.ReleaseBatchToFloor(batch_no="B-PLANNED"))
    answers = tuple(c.ClearanceAnswer(check_id, True) for check_id, _ in demo.DEMO_CHECKS)
    crew.sign("D-OPER", c.PerformClearance(batch_no="B-PLANNED", answers=answers), reason=" ".join(words))
    text = print_record(station, crew.token("D-QA"), "B-PLANNED").text
    assert all(f" {word} " in text for word in words[1:-1])


@dataclass(frozen=True)
class OddStation:
    """A station whose names are at the edge of what prints."""

    station_id: str = "ST-\u017be\u0142"
    site: str = "Werk <S\u00fcd> & \u0141\u00f3d\u017a \u4e2d " + "very long site name " * 20
    line: str = "L3"
    zone: str = "Asia/Kolkata"
    demo: bool = True
    version: str = "0.1.0"


@pytest.mark.req("E08", "P11-03")
def test_odd_names_print_in_full_and_what_no_font_has_is_spelled_out(plant: tuple[Station, Crew]) -> None:
    station, crew = plant
    found = print_record(station, crew.token("D-QA"), BATCH, info=OddStation())
    assert "Werk <S\u00fcd> & \u0141\u00f3d\u017a <U+4E2D>" in found.text
    assert "ST-\u017be\u0142" in found.text
    assert found.text.count("very long site name") >= 20
    assert "+05:30" in found.text


@pytest.mark.req("P11-03")
def test_nothing_is_dropped_when_a_font_lacks_it() -> None:
    assert printable("J\u00f6rg \u0151 \u0416 \u03b1\nnext") == "J\u00f6rg \u0151 \u0416 \u03b1\nnext"
    assert printable("a\u4e2d\x07b\ud83d") == "a<U+4E2D><U+0007>b<U+D83D>"

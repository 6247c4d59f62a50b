"""A demo station with its simulated scale, and one batch driven through the bus as people would do it."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from jope_drivers.catalog import make_gateway, scale_drivers
from jope_drivers.simulator.handle import SimulatedScale, SimulatedScaleSetup

from jope.bootstrap import SIGNED_RECORDS, Plant, Station, open_station, provision_demo_station
from jope.compliance.audit.verification.report import VerifyReport
from jope.compliance.changes.commands import ApproveChange, SubmitChange
from jope.compliance.commands import Command, SignatureInput
from jope.compliance.evidence.commands import SignTrailReview
from jope.compliance.evidence.queries import review_basis
from jope.compliance.identity.commands import SignIn, SignOut
from jope.compliance.settings.commands import ChangeSetting
from jope.compliance.signatures.commands import AcceptAccountability
from jope.compliance.signatures.statements import STATEMENTS
from jope.kernel.clock import Clock
from jope.kernel.errors import JopeError
from jope.kernel.ids import new_id
from jope.kernel.store.schema import sealed_columns
from jope.plant.batches import commands as c
from jope.plant.devices.ports import DeviceState, Quality
from jope.plant.weighing.commands import AcceptWeight, FinishMaterial, IdentifyLot, VerifyContainer, VerifyMaterial, WeightAccepted
from jope.services.provisioning import demo_data as demo
from jope.services.provisioning.preparation import file_demo_certificate, prepare_demo_station
from jope.services.qualification.verifying import verify_station

LOTS = list(demo.DEMO_LOTS)
SCALE = demo.DEMO_SCALE
QUICK = SimulatedScaleSetup(identity=demo.DEMO_SCALE_IDENTITY, time_constant=Decimal("0.02"), window=Decimal("0.15"))


def wait_until(condition: Callable[[], bool], *, seconds: float = 10.0) -> None:
    """Poll until a condition holds.

    Raises:
        AssertionError: it did not.
    """
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition did not come true"
        time.sleep(0.02)


@cache
def quick_hash() -> str:
    """The demo password under Argon2id with the smallest parameters: a station of tests proves passwords thousands of times."""
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(demo.DEMO_PASSWORD)


@cache
def _made_station(*, encrypted: bool, prepared: bool, scale: int = 0) -> Path:
    """The folder of a demo station as it stands when it was closed; made once a process and copied for each test, because making takes longer than most.

    With the number of a scale, the scale's address is ``plant/sc1`` beside the folder.
    """
    folder = Path(tempfile.mkdtemp(prefix="jope-made-")) / "station"
    atexit.register(shutil.rmtree, folder.parent, ignore_errors=True)
    address = str(folder.parent / "plant" / "sc1") if scale else ""
    provision_demo_station(folder, encrypted=encrypted, scale_address=address, password_hash=quick_hash())
    if prepared:
        station = open_station(folder)
        try:
            prepare_demo_station(station)
        finally:
            station.close()
    return folder


@contextmanager
def station_with_scale(root: Path, *, encrypted: bool = True) -> Iterator[SimulatedScale]:
    """The folder of a prepared demo station, closed, and the simulated scale that it names."""
    for number in count(1):  # the scale's address is in the store: of two at a time each has its own
        made = _made_station(encrypted=encrypted, prepared=True, scale=number)
        plant = made.parent / "plant"
        if not os.path.lexists(plant / "sc1"):
            break
    shutil.rmtree(plant, ignore_errors=True)
    with SimulatedScale(plant, name="sc1", setup=QUICK) as scale:
        shutil.copytree(made, root)
        yield scale


@contextmanager
def plain_station(root: Path, *, encrypted: bool = True, prepared: bool = True, clock: Clock | None = None) -> Iterator[Station]:
    """A demo station without devices, just started."""
    shutil.copytree(_made_station(encrypted=encrypted, prepared=prepared), root)
    station = open_station(root, clock=clock)
    try:
        yield station
    finally:
        station.close()


def lasting_passwords(station: Station) -> None:
    """From here on passwords have no end, as two people would have it: for tests in which months pass."""
    crew = Crew(station)
    request = crew.do("D-ADMIN", ChangeSetting(key="password.profile", value="nist", reason="months pass")).request_id
    crew.sign("D-ADMIN", SubmitChange(request_id=request))
    crew.sign("D-QA", ApproveChange(request_id=request))
    for token in crew.tokens.values():
        station.dispatch(SignOut(), token)


def verified(station: Station) -> VerifyReport:
    """What verification finds in a running station, over a connection of its own; no event is written. A process for it would take longer than most tests."""
    return verify_station(station.folder.root, SIGNED_RECORDS, sealed_columns())


class Crew:
    """People at one station: each signs in when it is their turn."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.tokens: dict[str, str] = {}

    def token(self, who: str) -> str:
        """The open session of a person."""
        if who not in self.tokens:
            self.tokens[who] = self.station.dispatch(SignIn(employee_id=who, password=demo.DEMO_PASSWORD)).token
        return self.tokens[who]

    def do(self, who: str, command: Command) -> Any:
        """An unsigned command."""
        return self.station.dispatch(command, self.token(who))

    def accept(self, who: str) -> None:
        """The accountability statement, by signature, once; nobody signs before."""
        if not self.station.statement_due(self.token(who)):
            return
        command = AcceptAccountability(number=STATEMENTS[-1].number, language="en")
        sheet = self.station.sheet(command, self.token(who))
        given = SignatureInput(employee_id=who, password=demo.DEMO_PASSWORD, meaning=sheet.meaning, shown_hash=sheet.record_hash)
        self.station.dispatch(command, self.token(who), given)

    def signature(self, at: str, signer: str, command: Command, *, password: str = demo.DEMO_PASSWORD, reason: str = "") -> SignatureInput:
        """What the dialog would collect at the workstation where ``at`` is signed in."""
        self.accept(signer)
        sheet = self.station.sheet(command, self.token(at))
        return SignatureInput(employee_id=signer, password=password, meaning=sheet.meaning, shown_hash=sheet.record_hash, reason=reason)

    def sign(self, at: str, command: Command, *, signer: str | None = None, reason: str = "") -> Any:
        """A signed command, by the person signed in or by a second person beside them."""
        who = signer or at
        return self.station.dispatch(command, self.token(at), self.signature(at, who, command, reason=reason))

    def refused(self, work: Callable[[], Any]) -> JopeError:
        """The error of something that must be refused."""
        try:
            work()
        except JopeError as error:
            return error
        raise AssertionError("it was not refused")


@contextmanager
def running_plant(root: Path, *, encrypted: bool = True) -> Iterator[tuple[Station, SimulatedScale]]:
    """A prepared demo station with its simulated scale online."""
    with station_with_scale(root, encrypted=encrypted) as scale:
        station = open_station(root, Plant(scale_drivers(), make_gateway))
        try:
            assert station.gateway is not None
            wait_until(lambda: station.gateway is not None and station.gateway.status(SCALE).state is DeviceState.ONLINE)
            yield station, scale
        finally:
            station.close()


def stable_reading(station: Station, grams: str) -> int:
    """The number of a stable reading of about this load."""
    gateway = station.gateway
    assert gateway is not None
    want = Decimal(grams)

    def settled() -> bool:
        reading = gateway.newest(SCALE)
        return (
            reading is not None
            and reading.quality is Quality.GOOD
            and reading.stable
            and reading.quantity is not None
            and abs(reading.quantity.value - want) < Decimal("0.5")
        )

    wait_until(settled)
    newest = gateway.newest(SCALE)
    assert newest is not None
    return newest.number


def certified(crew: Crew, *lots: str, who: str = "D-SUPER") -> None:
    """Put a certificate of analysis of each lot on file."""
    for lot_no in lots:
        file_demo_certificate(crew.station, lot_no, crew.token(who))


def to_execution(crew: Crew, batch_no: str, *, product_lot: str = "PL-1", recipe_id: str = demo.DEMO_RECIPE) -> None:
    """Create, release to the floor, clear the line by two people, start."""
    crew.do("D-SUPER", c.CreateBatch(batch_no=batch_no, recipe_id=recipe_id, line="L3", product_lot=product_lot))
    crew.do("D-SUPER", c.ReleaseBatchToFloor(batch_no=batch_no))
    answers = tuple(c.ClearanceAnswer(check_id, True) for check_id, _ in demo.DEMO_CHECKS)
    crew.sign("D-OPER", c.PerformClearance(batch_no=batch_no, answers=answers))
    crew.sign("D-OPER", c.VerifyClearance(batch_no=batch_no), signer="D-SUPER")
    crew.sign("D-OPER", c.StartBatch(batch_no=batch_no))


def dispense(crew: Crew, scale: SimulatedScale, batch_no: str, position: int) -> WeightAccepted:
    """Identify the lot, weigh, verify the container, sign the material by two people."""
    crew.do("D-OPER", IdentifyLot(batch_no=batch_no, position=position, lot_no=LOTS[position - 1]))
    accepted = weigh(crew, scale, batch_no, position, demo.DEMO_LINES[position - 1].target)
    crew.sign("D-OPER", VerifyContainer(weighing_id=accepted.weighing_id), signer="D-SUPER")
    crew.sign("D-OPER", FinishMaterial(batch_no=batch_no, position=position))
    crew.sign("D-OPER", VerifyMaterial(batch_no=batch_no, position=position), signer="D-SUPER")
    return accepted


def weigh(crew: Crew, scale: SimulatedScale, batch_no: str, position: int, grams: str) -> WeightAccepted:
    """Put a load on and take the stable reading."""
    scale.unload()
    stable_reading(crew.station, "0")
    scale.load(grams)
    number = stable_reading(crew.station, grams)
    result: WeightAccepted = crew.do("D-OPER", AcceptWeight(batch_no=batch_no, position=position, device_id=SCALE, reading_no=number))
    return result


def review_trail(crew: Crew, batch_no: str, who: str = "D-QA") -> None:
    """Read a batch's trail as it stands and sign that."""
    crew.sign(who, review_command(crew, batch_no, who))


def review_command(crew: Crew, batch_no: str, who: str = "D-QA") -> SignTrailReview:
    """The review of a batch's trail as it stands, everything looked at."""
    basis = crew.station.read(review_basis, crew.token(who), subject_kind="batch", subject_id=batch_no)
    return SignTrailReview(
        review_id=new_id(), subject_kind="batch", subject_id=batch_no, up_to_seq=basis.up_to_seq, head=basis.head,
        exceptions=tuple(e.seq for e in basis.exceptions), sampled=tuple(e.seq for e in basis.sample),
    )  # fmt: skip


def to_release(crew: Crew, batch_no: str) -> None:
    """Complete, review, release by two people."""
    crew.sign("D-OPER", c.CompleteBatch(batch_no=batch_no))
    crew.sign("D-SUPER", c.ReviewBatch(batch_no=batch_no))
    review_trail(crew, batch_no)
    crew.sign("D-QA", c.ReleaseBatch(batch_no=batch_no))
    crew.sign("D-QP", c.CertifyBatch(batch_no=batch_no))


def run_demo_batch(station: Station, scale: SimulatedScale, batch_no: str = "B-0001") -> Crew:
    """One batch from creation to two-person release."""
    crew = Crew(station)
    to_execution(crew, batch_no)
    for position in (1, 2, 3):
        dispense(crew, scale, batch_no, position)
    to_release(crew, batch_no)
    return crew

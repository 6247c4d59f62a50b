"""The demo: the real client driven through one batch, from its plan to the two-person release, with the refusals that belong to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import QWidget

from jope_ui.app import SimulatedPlant, application, open_window
from jope_ui.demo_hand import Hand, Step
from jope_ui.dialogs.export_bundle import ExportSheet
from jope_ui.dialogs.simulator import Scale
from jope_ui.theme.metrics import PITCH_FHD_15_6
from jope_ui.views.audit import AuditPage
from jope_ui.views.batch import BatchPage
from jope_ui.views.dispensing import DispensingPage
from jope_ui.views.equipment import EquipmentPage
from jope_ui.views.release import ReleasePage
from jope_ui.views.review import ReviewPage

if TYPE_CHECKING:
    from jope.bootstrap import Station

__all__ = ["DemoPlan", "Step", "run_demo"]


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """What the demo types and scans; the defaults fit the demo station's master data."""

    batch_no: str = "B-2026-0281"
    product_lot: str = "PL-2026-0281"
    recipe_id: str = "MG-25"
    lots: tuple[str, ...] = ("MC-2611-04", "CE-2610-11", "MS-2609-02")
    targets: tuple[str, ...] = ("1250.00", "480.00", "22.00")
    password: str = field(default="Quiet-Kettle-2026", repr=False)
    """The public password of demo stations; it stands in the README."""


def run_demo(
    station: Station, plant: SimulatedPlant, *, out: Path, headless: bool, plan: DemoPlan | None = None, small_every: int = 1
) -> list[Step]:
    """Drive the client through one batch.

    Args:
        station: an open demo station with its scale online.
        plant: the simulated devices.
        out: the pictures go to ``out/screens``.
        headless: do not pause between the steps.
        plan: other numbers than the demo station's own.
        small_every: of so many pictures one is taken on the small panel too.

    Raises:
        StalledError: the screen did not come to what the script waits for.
    """
    app = application()
    window = open_window(station, pitch_mm=PITCH_FHD_15_6)
    window.client.print_folder = out
    window.resize(1920, 1080)
    window.show()
    window.sign_in.start()
    window.prepare()
    try:
        script = _Script(Hand(window, out, pause_ms=0 if headless else 700, small_every=small_every), plant.scale, plan or DemoPlan())
        script.run()
    finally:
        window.close()
        app.processEvents()
    return script.hand.steps


class _Script:
    """The batch's day, person by person."""

    def __init__(self, hand: Hand, scale: Scale, plan: DemoPlan) -> None:
        self.hand = hand
        self._scale = scale
        self._plan = plan

    def run(self) -> None:
        """All of it."""
        self.hand.picture("sign-in")
        self._plan_batch()
        self._clear_line()
        self._clean_equipment()
        self._start_batch()
        for position in range(1, len(self._plan.lots) + 1):
            self._dispense(position)
        self._complete()
        self._review()
        self._release()
        self._certify()
        self._inspect()
        self._look_at_people()

    def _as(self, employee_id: str) -> None:
        with self.hand.step("sign in"):
            self.hand.sign_in(employee_id, self._plan.password)

    def _sign(self, name: str, employee_id: str, meaning: str) -> None:
        with self.hand.step(name, employee_id):
            self.hand.sign(employee_id, self._plan.password, meaning)

    def _accept(self, employee_id: str) -> None:
        """The accountability statement stands before a person's first signature."""
        hand = self.hand
        with hand.step("accept the accountability statement", employee_id):
            hand.wait(lambda: hand.window.signing.open_sheet is not None and hand.window.signing.open_sheet.accepts, "statement")
            hand.fill_signature(employee_id, self._plan.password, "responsibility")
            hand.click("signature-sign")
            hand.wait(lambda: hand.window.signing.open_sheet is None or not hand.window.signing.open_sheet.accepts, "statement accepted")

    # --- supervisor --------------------------------------------------------------------------------------------------

    def _plan_batch(self) -> None:
        hand, plan = self.hand, self._plan
        self._as("D-SUPER")
        with hand.step("create batch"):
            hand.click("batch-create")
            hand.type("create-batch-no", plan.batch_no)
            hand.type("create-batch-recipe", plan.recipe_id)
            hand.type("create-batch-lot", plan.product_lot)
            hand.picture("create-batch")
            hand.click("create-batch-give")
            hand.wait(lambda: hand.window.client.batch_no == plan.batch_no, "batch in the list")
        hand.picture("overview")
        hand.click("queue-open")
        hand.click("queue-accept")
        hand.find(QWidget, "signature-sheet")
        hand.picture("accountability")
        self._accept("D-SUPER")
        hand.wait(lambda: hand.shown("queue"), "queue")
        hand.picture("signing-queue")
        hand.click("queue-back")
        with hand.step("release to floor"):
            hand.click("batch-open")
            hand.click("batch-next", "Release to floor")
            hand.wait(lambda: hand.ready("batch-next", "Go to clearance"), "batch ready")
        hand.sign_out()

    # --- operator, with the supervisor as second person ----------------------------------------------------------------

    def _clear_line(self) -> None:
        hand = self.hand
        self._as("D-OPER")
        hand.click("nav-batch")
        hand.click("batch-next", "Go to clearance")
        with hand.step("answer the checks"):
            hand.wait(lambda: hand.shown("clearance"), "checks")
            hand.picture("clearance-open")
            number = 1
            while hand.window.findChild(QWidget, f"check-{number}-pass") is not None:
                hand.click(f"check-{number}-pass")
                number += 1
        hand.click("clearance-next", "Sign clearance")
        self._accept("D-OPER")
        hand.fill_signature("D-OPER", self._plan.password, "performed")
        hand.picture("signature")
        self._sign("perform clearance", "D-OPER", "performed")
        hand.click("clearance-next", "Second person verifies")
        hand.find(QWidget, "signature-sheet")
        hand.picture("second-person")
        self._sign("verify clearance", "D-SUPER", "verified")
        hand.wait(lambda: hand.ready("clearance-next", "Go to batch"), "line cleared")
        hand.picture("clearance-verified")
        hand.click("clearance-next", "Go to batch")

    def _clean_equipment(self) -> None:
        """The units of the line came dirty: the start waits until each is cleaned by one person and checked by another."""
        hand = self.hand
        with hand.step("start on dirty equipment: not offered"):
            batch = cast(BatchPage, hand.window.page("batch"))
            hand.wait(lambda: "never cleaned" in batch.next.reason.text(), "why the batch cannot start")
        hand.picture("start-on-dirty-equipment")
        hand.click("nav-more")
        hand.click("nav-equipment")
        hand.wait(lambda: hand.shown("equipment"), "equipment")
        page = cast(EquipmentPage, hand.window.page("equipment"))
        for row, one in enumerate(page.model.rows):
            page.table.choose(row)
            hand.wait(lambda unit=one.equipment_id: page.unit_id == unit, "unit chosen")  # type: ignore[misc]
            self._clean(page, one.equipment_id)
        hand.picture("equipment")
        hand.click("equipment-view-book")
        hand.picture("equipment-logbook")
        hand.click("nav-batch")
        hand.wait(lambda: hand.shown("batch"), "batch")

    def _clean(self, page: EquipmentPage, unit: str) -> None:
        hand = self.hand
        with hand.step(f"clean {unit}"):
            hand.click("equipment-begin")
            hand.click("equipment-finish")
            hand.type("equipment-finish-sheet-agent", "purified water, 70 % ethanol")
            hand.click("equipment-finish-sheet-give")
        self._sign(f"sign the cleaning of {unit}", "D-OPER", "performed")
        hand.click("equipment-check")
        self._sign(f"check the cleaning of {unit}", "D-SUPER", "verified")
        hand.wait(lambda: page.status.text().endswith(": clean"), f"{unit} clean")

    def _start_batch(self) -> None:
        hand = self.hand
        hand.click("batch-next", "Start batch")
        with hand.step("sign with a wrong password: refused"):
            hand.sign_in_vain("D-OPER", "not the password", "responsibility")
        hand.picture("signature-refused")
        self._sign("start batch", "D-OPER", "responsibility")
        hand.wait(lambda: hand.ready("batch-next", "Go to dispensing"), "batch running")
        hand.picture("batch-running")
        hand.click("batch-next", "Go to dispensing")

    def _dispense(self, position: int) -> None:
        hand, plan = self.hand, self._plan
        target = plan.targets[position - 1]
        self._scale.unload()
        with hand.step(f"identify the lot of material {position}"):
            hand.find(QWidget, "lot-scan")
            if position == 1:
                hand.click("scale-zero")
                hand.wait(hand.window.page("dispensing").notice.isVisible, "scale at zero")
            hand.scan(plan.lots[position - 1])
            if position == 1:
                hand.picture("dispensing-lot")
            hand.click("dispensing-next", "Use this lot")
            hand.wait(lambda: hand.ready("dispensing-next", "Accept weight"), "lot accepted")
        self._wait_stable("0")
        if position == 1:
            self._weigh_too_much(target)
        elif position == 2:
            self._weigh_too_early(target)
        else:
            self._scale.load(target)
        with hand.step(f"accept the weight of material {position}"):
            self._wait_stable(target)
            if position == 2:
                hand.picture("dispensing-within")
            hand.click("dispensing-next", "Accept weight")
            hand.wait(lambda: hand.ready("dispensing-next", "Second person verifies"), "weight accepted")
        if position == 2:
            self._lock_and_unlock()
        self._sign_material(position)

    def _weigh_too_much(self, target: str) -> None:
        hand = self.hand
        over = f"{Decimal(target) / 50:.2f}"
        with hand.step("accept a weight above the limit: refused"):
            self._scale.load(f"{Decimal(target) + Decimal(over):f}")
            self._wait_stable(f"{Decimal(target) + Decimal(over):f}")
            self._refused()
        hand.picture("weighing-refused")
        self._scale.load(f"-{over}")

    def _weigh_too_early(self, target: str) -> None:
        with self.hand.step("accept while the pan is moving: refused"):
            self._scale.swing("3")
            self._scale.load(target)
            self.hand.wait(self._moving, "a moving pan")
            self._refused()

    def _refused(self) -> None:
        page = self.hand.window.page("dispensing")
        before = len(self._page().attempts.rows)
        self.hand.click("dispensing-next", "Accept weight")
        self.hand.wait(lambda: page.notice.isVisible() and len(self._page().attempts.rows) > before, "attempt refused and kept")

    def _sign_material(self, position: int) -> None:
        hand = self.hand
        if position == 1:
            hand.picture("dispensing-label")
        hand.click("dispensing-next", "Second person verifies")
        self._sign(f"verify container of material {position}", "D-SUPER", "verified")
        hand.click("dispensing-next", "Sign material")
        self._sign(f"sign material {position}", "D-OPER", "performed")
        hand.click("dispensing-next", "Second person verifies")
        self._sign(f"verify material {position}", "D-SUPER", "verified")

    def _lock_and_unlock(self) -> None:
        hand = self.hand
        with hand.step("lock and unlock"):
            hand.click("lock")
            hand.find(QWidget, "lock-unlock")
            hand.picture("locked")
            hand.click("lock-unlock")
            hand.type("unlock-id", "D-OPER")
            hand.picture("unlock")
            hand.type("unlock-password", self._plan.password)
            hand.click("unlock-give")
            hand.wait(lambda: not hand.window.client.session.locked, "unlocked")

    def _complete(self) -> None:
        hand = self.hand
        hand.click("dispensing-next", "Back to batch")
        hand.click("batch-next", "Complete batch")
        self._sign("complete batch", "D-OPER", "responsibility")
        hand.wait(lambda: hand.window.signing.open_sheet is None, "batch in review")
        hand.sign_out()

    # --- review and release --------------------------------------------------------------------------------------------

    def _review(self) -> None:
        hand = self.hand
        self._as("D-SUPER")
        hand.click("nav-batch")
        hand.click("batch-next", "Review record")
        self._sign("review record", "D-SUPER", "review")
        hand.wait(lambda: hand.ready("batch-next", "Go to release"), "record reviewed")
        hand.picture("batch-reviewed")
        hand.sign_out()

    def _release(self) -> None:
        hand = self.hand
        self._as("D-QA")
        self._review_trail()
        hand.click("nav-release")
        hand.wait(lambda: hand.shown("release"), "exceptions")
        hand.picture("release-exceptions")
        hand.click("release-first")
        self._sign("release: first signature", "D-QA", "release")
        page = cast(ReleasePage, hand.window.page("release"))
        hand.wait(lambda: not page.release.isVisible(), "first signature")
        hand.sign_out()

    def _review_trail(self) -> None:
        hand = self.hand
        hand.click("nav-review")
        hand.wait(lambda: hand.shown("review"), "events to look at")
        page = cast(ReviewPage, hand.window.page("review"))
        for row in range(len(page.model.rows)):
            page.table.choose(row)
            hand.wait(lambda row=row: page.model.rows[row].seen, "event looked at")  # type: ignore[misc]
        hand.type("review-comment", "refused attempts are explained by the record")
        hand.picture("trail-review")
        hand.click("review-sign")
        self._sign("review the audit trail", "D-QA", "review")
        hand.wait(lambda: "nothing was done" in page.last_facts.text(), "trail reviewed")
        hand.picture("trail-reviewed")

    def _certify(self) -> None:
        hand = self.hand
        self._as("D-QP")
        hand.click("nav-release")
        hand.click("release-second")
        self._accept("D-QP")
        with hand.step("second signature by the first person: refused", "D-QA"):
            hand.sign_in_vain("D-QA", self._plan.password, "certification")
        hand.picture("second-signature-refused")
        self._sign("certify: second signature", "D-QP", "certification")
        page = cast(ReleasePage, hand.window.page("release"))
        hand.wait(lambda: not page.certify.isVisible() and hand.shown("release"), "batch released")
        hand.picture("released")

    def _inspect(self) -> None:
        hand = self.hand
        with hand.step("verify the audit trail"):
            hand.click("nav-audit")
            hand.wait(lambda: hand.shown("audit"), "audit trail")
            hand.click("audit-verify")
            hand.wait(lambda: hand.ready("audit-verify", ""), "verified")
        hand.picture("audit-trail")
        hand.type("audit-record", "batch:" + self._plan.batch_no)
        hand.wait(lambda: ("batch", self._plan.batch_no) in cast("AuditPage", hand.window.pages["audit"]).records, "trail of the batch")
        hand.click("audit-record-then")
        hand.find(QWidget, "record-then")
        hand.picture("record-then")
        hand.click("record-then-close")
        hand.click("audit-export")
        hand.wait(lambda: "Missing" in hand.find(ExportSheet, "export-sheet").export.reason.text(), "what may be exported")
        hand.click("export-batch")
        hand.picture("export")
        hand.click("export-close")
        hand.click("nav-more")
        hand.click("nav-about")
        hand.click("about-health")
        hand.find(QWidget, "health-ledger")
        hand.picture("health")
        hand.click("health-close")
        hand.window.client.theme.set_night(True)
        hand.click("nav-batch")
        hand.wait(lambda: hand.shown("batch"), "batch")
        hand.picture("batch-released-night")
        hand.window.client.theme.set_night(False)
        hand.sign_out()

    def _look_at_people(self) -> None:
        """Who works here, by which requests they came in, and what else two people decide."""
        hand = self.hand
        self._as("D-QA")
        with hand.step("look at changes and people"):
            for key in (
                "changes",
                "people",
                "roles",
                "settings",
                "reviews",
                "registers",
                "access_review",
                "training",
                "deviations",
                "access_log",
            ):
                hand.window.go(key)
                hand.wait(partial(hand.shown, key), key)
                if key == "changes":
                    hand.click("changes-show-all")
                hand.wait(lambda: not hand.window.client.queries.busy, f"{key} read")
                hand.picture(key.replace("_", "-"))
        hand.sign_out()

    # --- the scale as the screen shows it ------------------------------------------------------------------------------

    def _page(self) -> DispensingPage:
        return cast(DispensingPage, self.hand.window.page("dispensing"))

    def _wait_stable(self, grams: str) -> None:
        want = Decimal(grams)

        def settled() -> bool:
            live = self.hand.window.client.live.value(self._page().device_id)
            if not live.stable or live.reading is None or live.reading.quantity is None:
                return False
            return abs(live.reading.quantity.to("g").value - want) <= Decimal("0.10")

        self.hand.wait(settled, f"a stable {grams} g")

    def _moving(self) -> bool:
        live = self.hand.window.client.live.value(self._page().device_id)
        reading = live.reading
        return live.usable and not live.stable and reading is not None and reading.quantity is not None and reading.quantity.value > 1

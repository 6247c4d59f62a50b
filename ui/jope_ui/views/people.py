"""People: every account with where it stands, and what may be asked about it (URS A01, A05, A08, A15-A17, D08)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QItemSelection, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout
from typing_extensions import override

from jope.compliance.authority.commands import AppointDeputy
from jope.compliance.authority.queries import DeputyRow, deputies
from jope.compliance.commands import ChangeStored, Command, GuardVerdict
from jope.compliance.identity.commands import DisableUser
from jope.compliance.people.badges import badge_digest
from jope.compliance.people.commands import (
    ChangeUser,
    CreateUser,
    EnableUser,
    IssueBadge,
    IssueCredential,
    RecordIdentityCheck,
    ResetCredential,
    RevokeBadge,
    UnlockUser,
)
from jope.compliance.people.queries import AccountRow, RoleRow, accounts, identity_checks, roles
from jope.compliance.people.times import day_begins_us, day_ends_us
from jope.kernel.clock import site_date, site_text
from jope.kernel.errors import JopeError, RefusedError
from jope.kernel.ids import new_id
from jope_ui.bridge.files import content_of
from jope_ui.dialogs.entry import Entry, EntrySheet
from jope_ui.dialogs.first_password import FirstPasswordSheet
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.buttons import BlockedAction, Button, out_of_role
from jope_ui.widgets.cards import Card, ScrollColumn
from jope_ui.widgets.labels import Text
from jope_ui.widgets.tables import Column, Table, TupleModel

_ENTERED_LATER = frozenset({"document_is_kept", "time_is_boxed"})
"""Guards whose answer hangs on what is entered when it is asked: which document, and from when until when."""


@dataclass(frozen=True, slots=True)
class IdentityCheckMade:
    """An identity check that no badge has used."""

    check_id: str
    how: str
    checked_us: int


@dataclass(frozen=True, slots=True)
class PeopleData:
    """What one read brings."""

    rows: tuple[AccountRow, ...]
    roles: tuple[RoleRow, ...]
    chosen: str
    deputies: tuple[DeputyRow, ...]
    check: IdentityCheckMade | None
    create: GuardVerdict | None
    verdicts: Mapping[str, GuardVerdict | None]


class PeoplePage(Page):
    """Choose a person; each action says beside it what stands against it and who can help."""

    kinds: ClassVar[frozenset[str]] = frozenset({"user", "role", "badge", "identity_check", "session", "change", "role_grant"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="people")
        self._wanted = ""
        self._roles: tuple[RoleRow, ...] = ()
        self._deputies: tuple[DeputyRow, ...] = ()
        self._check: IdentityCheckMade | None = None
        self._badge_sheet: EntrySheet | None = None
        columns = (
            Column(self.tr("Id"), lambda one: str(one.employee_id)),
            Column(self.tr("Name"), lambda one: str(one.name), wide=True),
            Column(self.tr("Role"), lambda one: str(one.role_title)),
            Column(self.tr("Account"), self._standing),
        )
        self.model = TupleModel(columns)
        self.table = Table(self.theme, name="people", spoken=self.tr("People"))
        self.table.setModel(self.model)
        self.table.fit_columns(columns)
        self.table.spare(2, content=True)
        self.facts = Text("", "body", wrap=True)
        self.facts.setObjectName("people-facts")
        self.offers = ScrollColumn(self.theme, name="people-actions", gap_mm=2)
        self.offers.add(self.facts)
        self.buttons: dict[str, BlockedAction] = {}
        for key, text, work in self._offered():
            action = BlockedAction(text, self.theme, role="plain", size="dense", name=f"people-{key}", place="above")
            action.triggered.connect(work)
            self.buttons[key] = action
            self.offers.add(action)
        self.create_action = BlockedAction(self.tr("New account"), self.theme, name="people-create")
        self.to_roles = Button(self.tr("Roles"), name="people-roles")
        self.to_settings = Button(self.tr("Settings"), name="people-settings")
        self.to_reviews = Button(self.tr("Reviews"), name="people-reviews")
        self.to_registers = Button(self.tr("Registers"), name="people-registers")
        self.trail = Button(self.tr("Audit trail"), size="dense", name="people-trail")
        self.offers.add(self.trail)
        self._lay_out()
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.create_action.triggered.connect(self._on_create_triggered)
        self.to_roles.clicked.connect(lambda: self.desk.go("roles", ""))
        self.to_settings.clicked.connect(lambda: self.desk.go("settings", ""))
        self.to_reviews.clicked.connect(lambda: self.desk.go("reviews", ""))
        self.to_registers.clicked.connect(lambda: self.desk.go("registers", ""))
        self.trail.clicked.connect(lambda: self.desk.go("audit", f"user:{self._wanted}"))

    def _offered(self) -> tuple[tuple[str, str, Callable[[], None]], ...]:
        return (
            ("unlock", self.tr("Unlock"), self._on_unlock_triggered),
            ("identify", self.tr("Identity check"), self._on_identify_triggered),
            ("password", self.tr("First password"), self._on_password_triggered),
            ("change", self.tr("Change account"), self._on_change_triggered),
            ("deputy", self.tr("Make deputy"), self._on_deputy_triggered),
            ("badge", self.tr("Issue badge"), self._on_badge_triggered),
            ("reset", self.tr("Reset password"), self._on_reset_triggered),
            ("enable", self.tr("Enable"), self._on_enable_triggered),
            ("revoke", self.tr("Revoke badge"), self._on_revoke_triggered),
            ("disable", self.tr("Disable now"), self._on_disable_triggered),
        )

    def _lay_out(self) -> None:
        left = Card(self.theme, self.tr("People"), pad_mm=2.5)
        left.body.addWidget(self.table, 1)
        right = Card(self.theme, self.tr("Account"), pad_mm=2.5)
        right.body.addWidget(self.offers, 1)
        across = QHBoxLayout()
        self.theme.space(across, gap_mm=2.5)
        across.addWidget(left, 3)
        across.addWidget(right, 2)
        self.body.addLayout(across, 1)
        for button in (self.to_roles, self.to_settings, self.to_reviews, self.to_registers):
            self.footer.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addWidget(self.create_action, 1)
        self.footer.setAlignment(Qt.AlignmentFlag.AlignLeft)

    @override
    def load(self, token: str | None) -> PeopleData:
        station = self.client.station
        rows = station.read(accounts, token)
        wanted = self._wanted if any(one.employee_id == self._wanted for one in rows) else (rows[0].employee_id if rows else "")
        chosen = next((one for one in rows if one.employee_id == wanted), None)
        check = None if chosen is None else self._unused_check(token, chosen)
        commands = {} if chosen is None else self._commands(chosen)
        if chosen is not None and not chosen.badge and chosen.admitted:
            commands["badge"] = IssueBadge(
                employee_id=chosen.employee_id, badge_digest="0" * 64, identity_check_id="" if check is None else check.check_id, reason="x"
            )
        absent = next((one for one in rows if chosen is not None and one.role != chosen.role), None)
        if chosen is not None and absent is not None and chosen.admitted:
            commands["deputy"] = AppointDeputy(
                employee_id=chosen.employee_id, stands_for=absent.employee_id, from_us=0, until_us=0, reason="x"
            )
        new = CreateUser(employee_id="X-0", name="x", role=rows[0].role if rows else "", line="*", reason="x")
        verdicts = self.client.verdicts(commands, token)
        verdicts = {key: None if one is not None and one.guard in _ENTERED_LATER else one for key, one in verdicts.items()}
        return PeopleData(
            rows, station.read(roles, token), wanted, station.read(deputies, token), check, station.preflight(new, token), verdicts
        )

    def _unused_check(self, token: str | None, one: AccountRow) -> IdentityCheckMade | None:
        """The newest identity check of a person that no badge has used."""
        found = self.client.station.read(identity_checks, token, employee_id=one.employee_id)
        return IdentityCheckMade(found[0][0], found[0][1], found[0][3]) if found else None

    @staticmethod
    def _commands(one: AccountRow) -> dict[str, Command]:
        """What may make sense for an account as it stands."""
        id_ = one.employee_id
        found: dict[str, Command] = {
            "identify": RecordIdentityCheck(check_id="x", employee_id=id_, how="x", document_name="x", document_hash="0" * 64)
        }
        if one.standing in ("identity check due", "first password due"):
            found["password"] = IssueCredential(employee_id=id_, password_hash="")
        if one.state == "locked":
            found["unlock"] = UnlockUser(employee_id=id_, how="x", reason="x")
        if one.badge:
            found["revoke"] = RevokeBadge(employee_id=id_, reason="x")
        if not one.admitted:
            return found | {"enable": EnableUser(employee_id=id_, reason="x")}
        found |= {"reset": ResetCredential(employee_id=id_, reason="x"), "disable": DisableUser(employee_id=id_, reason="x")}
        found["change"] = ChangeUser(
            employee_id=id_, name=f"{one.name} ", role=one.role, line=one.line, access_until="2999-12-31", reason="x"
        )
        return found

    @override
    def show_data(self, data: PeopleData) -> None:
        self._roles, self._deputies, self._check = data.roles, data.deputies, data.check
        self._wanted = data.chosen
        self.model.show_rows(data.rows)
        ids = [one.employee_id for one in data.rows]
        if self._wanted in ids:
            self.table.choose(ids.index(self._wanted))
            self._show_one(data.rows[ids.index(self._wanted)])
        for key, action in self.buttons.items():
            verdict = data.verdicts.get(key)
            action.setVisible(key in data.verdicts and not out_of_role(verdict))
            action.set_verdict(verdict)
        self.create_action.setVisible(not out_of_role(data.create))
        self.create_action.set_verdict(data.create)

    def _show_one(self, one: AccountRow) -> None:
        zone = self.client.info.zone
        facts = [
            f"{one.name} ({one.employee_id}), {one.role_title}",
            self.tr("Line: {line}").format(line=self.tr("all lines") if one.line == "*" else one.line),
            self.tr("Last sign-in: {time}").format(
                time=self.tr("never") if one.last_used_us is None else site_text(one.last_used_us, zone)
            ),
        ]
        if one.access_until_us is not None:
            facts.append(self.tr("Access until {day}").format(day=site_date(one.access_until_us - 1, zone)))
        if "emergency" in one.roles_for_a_time:
            facts.append(self.tr("Emergency access is in use"))
        mine = [grant for grant in self._deputies if grant.employee_id == one.employee_id and grant.standing != "over"]
        facts += [self._deputy_words(grant, zone) for grant in mine]
        facts += [
            self.tr("{deputy} stands in until {day}").format(deputy=grant.employee_id, day=site_date(grant.until_us - 1, zone))
            for grant in self._deputies
            if grant.stands_for == one.employee_id and grant.standing == "now"
        ]
        if one.badge:
            facts.append(self.tr("Badge {badge} in use").format(badge=f"\u2026{one.badge[:8]}"))
        facts.append(self.tr("Account: {standing}").format(standing=self._standing(one)))
        self.facts.setText("\n".join(facts))

    def _deputy_words(self, grant: DeputyRow, zone: str) -> str:
        first, last = site_date(grant.from_us, zone), site_date(grant.until_us - 1, zone)
        words = self.tr("Deputy of {person} ({role}), {first} to {last}")
        return words.format(person=grant.stands_for, role=grant.role, first=first, last=last)

    def _standing(self, one: AccountRow) -> str:
        words = {
            "active": self.tr("active"), "locked": self.tr("locked"), "disabled": self.tr("disabled"),
            "identity check due": self.tr("identity check due"), "first password due": self.tr("first password due"),
            "first sign-in due": self.tr("first sign-in due"), "not begun": self.tr("not begun"),
        }  # fmt: skip
        return words.get(one.standing, one.standing)

    def _on_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows and self.model.rows[rows[0].row()].employee_id != self._wanted:
            one: AccountRow = self.model.rows[rows[0].row()]
            self._wanted = one.employee_id
            self._show_one(one)
            self.refresh()

    def _chosen(self) -> AccountRow | None:
        return next((one for one in self.model.rows if one.employee_id == self._wanted), None)

    # --- asking -------------------------------------------------------------------------------------------------------

    def _account_entries(self, one: AccountRow | None) -> tuple[Entry, ...]:
        zone = self.client.info.zone
        first = "" if one is None or one.access_from_us is None else site_date(one.access_from_us, zone)
        last = "" if one is None or one.access_until_us is None else site_date(one.access_until_us - 1, zone)
        choices = tuple((role.role, role.title) for role in self._roles if role.role != "emergency")
        return (
            Entry("name", self.tr("Name, as signatures print it"), "" if one is None else one.name),
            Entry("role", self.tr("Role"), "" if one is None else one.role, choices),
            Entry("line", self.tr("Line, or * for all"), "*" if one is None else one.line),
            Entry("access_from", self.tr("First day (YYYY-MM-DD)"), first, needed=False, fault=self._date_fault),
            Entry("access_until", self.tr("Last day (YYYY-MM-DD)"), last, needed=False, fault=self._date_fault),
            Entry("reason", self.tr("Reason")),
        )

    def _date_fault(self, text: str) -> str:
        try:
            day_begins_us(text, self.client.info.zone)
        except RefusedError:
            return self.tr("A date is written YYYY-MM-DD.")
        return ""

    def _person_fault(self, text: str) -> str:
        known = not text or any(one.employee_id == text for one in self.model.rows)
        return "" if known else self.tr("There is no account of this employee id.")

    def _ask(
        self, key: str, title: str, words: str, verb: str, entries: tuple[Entry, ...], make: Callable[[Mapping[str, str]], Command]
    ) -> EntrySheet:
        sheet = EntrySheet(self.desk.host, self.theme, name=f"people-{key}-sheet", title=title, words=words, verb=verb, entries=entries)

        self.collect(sheet, make)
        return sheet

    def _on_create_triggered(self) -> None:
        entries = (Entry("employee_id", self.tr("Employee id, never used before")), *self._account_entries(None))
        words = self.tr("An account comes into being when another person approves it. Then identity check, first password, own password.")
        self._ask("create", self.tr("New account"), words, self.tr("Ask for it"), entries, lambda v: CreateUser(**v))

    def _on_change_triggered(self) -> None:
        one = self._chosen()
        if one is not None:
            words = self.tr("The account changes when another person approves it; its person then signs in anew.")
            self._ask(
                "change", one.employee_id, words, self.tr("Ask for it"), self._account_entries(one),
                lambda v: ChangeUser(employee_id=one.employee_id, **v),
            )  # fmt: skip

    def _with_reason(self, key: str, words: str, verb: str, make: Callable[[str, str], Command]) -> None:
        one = self._chosen()
        if one is not None:
            title = f"{verb}: {one.employee_id}, {one.name}"
            self._ask(key, title, words, verb, (Entry("reason", self.tr("Reason")),), lambda v: make(one.employee_id, v["reason"]))

    def _on_reset_triggered(self) -> None:
        words = self.tr("The password is void once another person approves it. A first password is given out then.")
        self._with_reason("reset", words, self.tr("Reset password"), lambda who, why: ResetCredential(employee_id=who, reason=why))

    def _on_enable_triggered(self) -> None:
        words = self.tr("The account may be used again once another person approves it, with a new first password.")
        self._with_reason("enable", words, self.tr("Enable"), lambda who, why: EnableUser(employee_id=who, reason=why))

    def _on_disable_triggered(self) -> None:
        words = self.tr("The account is disabled at once, and its sessions end. Another person reviews it after.")
        self._with_reason("disable", words, self.tr("Disable now"), lambda who, why: DisableUser(employee_id=who, reason=why))

    def _on_revoke_triggered(self) -> None:
        words = self.tr("The badge is void at once. A new one follows another identity check.")
        self._with_reason("revoke", words, self.tr("Revoke badge"), lambda who, why: RevokeBadge(employee_id=who, reason=why))

    def _on_unlock_triggered(self) -> None:
        one = self._chosen()
        if one is not None:
            entries = (Entry("how", self.tr("By what the person was recognised")), Entry("reason", self.tr("Reason")))
            words = self.tr("Check who it is before a witness. The witness then approves at this station.")
            self._ask(
                "unlock", self.tr("Unlock {person}").format(person=f"{one.employee_id}, {one.name}"), words, self.tr("Ask for it"), entries,
                lambda v: UnlockUser(employee_id=one.employee_id, **v),
            )  # fmt: skip

    def _on_deputy_triggered(self) -> None:
        one = self._chosen()
        if one is None:
            return
        zone = self.client.info.zone
        entries = (
            Entry("stands_for", self.tr("Stands in for (employee id)"), fault=self._person_fault),
            Entry("first", self.tr("First day (YYYY-MM-DD)"), fault=self._date_fault),
            Entry("last", self.tr("Last day (YYYY-MM-DD)"), fault=self._date_fault),
            Entry("reason", self.tr("Reason")),
        )

        def made(values: Mapping[str, str]) -> Command:
            from_us, until_us = day_begins_us(values["first"], zone), day_ends_us(values["last"], zone)
            return AppointDeputy(
                employee_id=one.employee_id, stands_for=values["stands_for"], from_us=from_us or 0, until_us=until_us or 0,
                reason=values["reason"],
            )  # fmt: skip

        words = self.tr(
            "Once another person approves it, this person holds the absent person's role too, from the first day to the last; it ends by itself. "
            "What different people hold is refused."
        )
        self._ask(
            "deputy",
            self.tr("Deputy: {person}").format(person=f"{one.employee_id}, {one.name}"),
            words,
            self.tr("Ask for it"),
            entries,
            made,
        )

    def _on_badge_triggered(self) -> None:
        one, check = self._chosen(), self._check
        if one is None or check is None:
            return
        entries = (Entry("number", self.tr("Number of the badge"), secret=True), Entry("reason", self.tr("Reason")))
        checked = self.tr("Identity checked {time} by: {how}.").format(
            time=site_text(check.checked_us, self.client.info.zone), how=check.how
        )
        words = self.tr("Read the badge, or type its number. The station keeps a digest of it. A badge only fills in the employee id.")
        self._badge_sheet = self._ask(
            "badge", self.tr("Badge for {person}").format(person=f"{one.employee_id}, {one.name}"), f"{words}\n\n{checked}", self.tr("Ask for it"),
            entries,
            lambda v: IssueBadge(
                employee_id=one.employee_id, badge_digest=badge_digest(v["number"]), identity_check_id=check.check_id, reason=v["reason"]
            ),
        )  # fmt: skip
        self._badge_sheet.closed.connect(self._on_badge_sheet_closed)

    def _on_badge_sheet_closed(self) -> None:
        self._badge_sheet = None

    @override
    def on_scanned(self, text: str) -> None:
        if self._badge_sheet is not None:
            self._badge_sheet.fill("number", text.strip())

    def _on_identify_triggered(self) -> None:
        one = self._chosen()
        if one is None:
            return
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Scan of the identity document"))
        if path:
            self.identify(one, Path(path))

    def identify(self, one: AccountRow, document: Path) -> None:
        """Keep a document and let whoever is signed in sign that they checked who the person is."""
        entries = (Entry("how", self.tr("By what the person was recognised")),)
        words = self.tr("The document {name} is kept with the record by its hash.").format(name=document.name)
        sheet = EntrySheet(
            self.desk.host, self.theme, name="people-identify-sheet", title=f"{one.employee_id}, {one.name}", words=words,
            verb=self.tr("Sign the check"), entries=entries,
        )  # fmt: skip

        asker = self.client.session.token

        def given(values: Mapping[str, str]) -> None:
            self.client.read(lambda token: self.client.station.keep_document(content_of(document), token), kept, sheet.refuse)

        def kept(digest: str) -> None:
            if self.client.session.token != asker:
                return
            how = sheet.values["how"]
            sheet.close_sheet()
            self.sign(
                RecordIdentityCheck(
                    check_id=new_id(), employee_id=one.employee_id, how=how, document_name=document.name, document_hash=digest
                )
            )

        sheet.given.connect(given)
        sheet.open()

    def _on_password_triggered(self) -> None:
        one = self._chosen()
        if one is not None:
            self.notice.hide()
            token, station = self.client.session.token, self.client.station
            tell = partial(self._tell_password, one.employee_id, token)
            self.client.commands.run(lambda: station.issue_password(one.employee_id, token), tell, self._refused)

    def _tell_password(self, who: str, token: str | None, password: str) -> None:
        """Tell it to whoever asked for it, and to nobody who came since; what was not told is reset by two people."""
        session = self.client.session
        if session.token == token and not session.locked:
            FirstPasswordSheet(self.desk.host, self.theme, who=who, password=password).open()
        self.refresh()

    def _refused(self, error: JopeError) -> None:
        self.notice.refuse(error)

    @override
    def on_done(self, result: Any) -> None:
        if not isinstance(result, ChangeStored):
            self.notice.confirm(self.tr("Done."), "")
        super().on_done(result)

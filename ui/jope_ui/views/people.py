"""People: every account with where it stands, and what may be asked about it (URS A01, A05, A08, A15, A17)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QItemSelection, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout
from typing_extensions import override

from jope.compliance.commands import ChangeStored, Command, GuardVerdict
from jope.compliance.identity.commands import DisableUser
from jope.compliance.people.commands import (
    ChangeUser,
    CreateUser,
    EnableUser,
    IssueCredential,
    RecordIdentityCheck,
    ResetCredential,
    RevokeBadge,
    UnlockUser,
)
from jope.compliance.people.queries import AccountRow, RoleRow, accounts, roles
from jope.kernel.clock import site_date, site_text
from jope.kernel.errors import JopeError
from jope.kernel.ids import new_id
from jope_ui.dialogs.entry import Entry, EntrySheet
from jope_ui.dialogs.first_password import FirstPasswordSheet
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.buttons import BlockedAction, Button, out_of_role
from jope_ui.widgets.cards import Card, ScrollColumn
from jope_ui.widgets.labels import Text
from jope_ui.widgets.tables import Column, Table, TupleModel

_DAYS = "0000-00-00"


@dataclass(frozen=True, slots=True)
class PeopleData:
    """What one read brings."""

    rows: tuple[AccountRow, ...]
    roles: tuple[RoleRow, ...]
    chosen: str
    create: GuardVerdict | None
    verdicts: Mapping[str, GuardVerdict | None]


class PeoplePage(Page):
    """Choose a person; each action says beside it what stands against it and who can help."""

    kinds: ClassVar[frozenset[str]] = frozenset({"user", "role", "badge", "identity_check", "session", "change"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="people")
        self._wanted = ""
        self._roles: tuple[RoleRow, ...] = ()
        columns = (
            Column(self.tr("Employee id"), lambda one: str(one.employee_id)),
            Column(self.tr("Name"), lambda one: str(one.name)),
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
        self.buttons: dict[str, BlockedAction] = {}
        for key, text, work in self._offered():
            action = BlockedAction(text, self.theme, role="plain", size="dense", name=f"people-{key}", place="above")
            action.triggered.connect(work)
            self.buttons[key] = action
            self.offers.add(action)
        self.create_action = BlockedAction(self.tr("New person"), self.theme, name="people-create")
        self.to_roles = Button(self.tr("Roles"), name="people-roles")
        self.to_settings = Button(self.tr("Settings"), name="people-settings")
        self.to_review = Button(self.tr("Access review"), name="people-review")
        self.trail = Button(self.tr("Audit trail"), name="people-trail")
        self._lay_out()
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.create_action.triggered.connect(self._on_create_triggered)
        self.to_roles.clicked.connect(lambda: self.desk.go("roles", ""))
        self.to_settings.clicked.connect(lambda: self.desk.go("settings", ""))
        self.to_review.clicked.connect(lambda: self.desk.go("access_review", ""))
        self.trail.clicked.connect(lambda: self.desk.go("audit", f"user:{self._wanted}"))

    def _offered(self) -> tuple[tuple[str, str, Callable[[], None]], ...]:
        return (
            ("identify", self.tr("Identity check"), self._on_identify_triggered),
            ("password", self.tr("First password"), self._on_password_triggered),
            ("unlock", self.tr("Unlock"), self._on_unlock_triggered),
            ("change", self.tr("Change account"), self._on_change_triggered),
            ("reset", self.tr("Reset password"), self._on_reset_triggered),
            ("enable", self.tr("Enable"), self._on_enable_triggered),
            ("revoke", self.tr("Revoke badge"), self._on_revoke_triggered),
            ("disable", self.tr("Disable now"), self._on_disable_triggered),
        )

    def _lay_out(self) -> None:
        left = Card(self.theme, self.tr("People"))
        left.body.addWidget(self.table, 1)
        right = Card(self.theme, self.tr("Account"))
        right.body.addWidget(self.facts)
        right.body.addWidget(self.offers, 1)
        across = QHBoxLayout()
        self.theme.space(across, gap_mm=2.5)
        across.addWidget(left, 8)
        across.addWidget(right, 5)
        self.body.addLayout(across, 1)
        for button in (self.to_roles, self.to_settings, self.to_review, self.trail):
            self.footer.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addStretch(1)
        self.footer.addWidget(self.create_action, 2)

    @override
    def load(self, token: str | None) -> PeopleData:
        station = self.client.station
        rows = station.read(accounts, token)
        wanted = self._wanted if any(one.employee_id == self._wanted for one in rows) else (rows[0].employee_id if rows else "")
        chosen = next((one for one in rows if one.employee_id == wanted), None)
        commands = {} if chosen is None else self._commands(chosen)
        new = CreateUser(employee_id="X-0", name="x", role=rows[0].role if rows else "", line="*", reason="x")
        verdicts = self.client.verdicts(commands, token)
        identify = verdicts.get("identify")
        if identify is not None and identify.guard == "document_is_kept":  # the last guard: the document is chosen when the check is made
            verdicts["identify"] = None
        return PeopleData(rows, station.read(roles, token), wanted, station.preflight(new, token), verdicts)

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
        self._roles = data.roles
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
        if one.roles_for_a_time:
            facts.append(self.tr("Also, for a time: {roles}").format(roles=", ".join(one.roles_for_a_time)))
        facts.append(self.tr("Account: {standing}").format(standing=self._standing(one)))
        self.facts.setText("\n".join(facts))

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
        right = not text or (len(text) == len(_DAYS) and text.replace("-", "").isdigit())
        return "" if right else self.tr("A date is written YYYY-MM-DD.")

    def _ask(
        self, key: str, title: str, words: str, verb: str, entries: tuple[Entry, ...], make: Callable[[Mapping[str, str]], Command]
    ) -> EntrySheet:
        sheet = EntrySheet(self.desk.host, self.theme, name=f"people-{key}-sheet", title=title, words=words, verb=verb, entries=entries)

        self.collect(sheet, make)
        return sheet

    def _on_create_triggered(self) -> None:
        entries = (Entry("employee_id", self.tr("Employee id, never used before")), *self._account_entries(None))
        words = self.tr("An account comes into being when another person approves it. Then identity check, first password, own password.")
        self._ask("create", self.tr("New person"), words, self.tr("Ask for it"), entries, lambda v: CreateUser(**v))

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
                "unlock", f"{one.employee_id}, {one.name}", words, self.tr("Ask for it"), entries,
                lambda v: UnlockUser(employee_id=one.employee_id, **v),
            )  # fmt: skip

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
            self.client.read(lambda token: self.client.station.keep_document(document.read_bytes(), token), kept, sheet.refuse)

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

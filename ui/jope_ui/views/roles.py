"""Roles and what each may do, as a matrix; a change of one is asked for (URS A04, D03; P11-08)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import Qt
from typing_extensions import override

from jope.compliance.access.permissions import Permission
from jope.compliance.authority.commands import ChangeRole, CreateRole
from jope.compliance.commands import GuardVerdict
from jope.compliance.people.queries import RoleRow, roles
from jope_ui.dialogs.role_sheet import RoleSheet
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.buttons import BlockedAction, Button, out_of_role
from jope_ui.widgets.cards import Card
from jope_ui.widgets.choice import Choice
from jope_ui.widgets.labels import DASH, Text
from jope_ui.widgets.tables import Column, Table, TupleModel

_HIDDEN = frozenset({Permission.SYSTEM, Permission.STATION_PROVISION})


@dataclass(frozen=True, slots=True)
class RolesData:
    """What one read brings."""

    rows: tuple[RoleRow, ...]
    verdict: GuardVerdict | None
    create: GuardVerdict | None


class RolesPage(Page):
    """A row for each permission, a column for each role."""

    kinds: ClassVar[frozenset[str]] = frozenset({"role", "user"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="roles")
        self._rows: tuple[RoleRow, ...] = ()
        self.card = Card(self.theme, self.tr("Roles and permissions"))
        self.table: Table | None = None
        self.choice: Choice | None = None
        self.words = Text(self.tr("Choose a role to see how many people hold it, and to ask for a change."), "small", wrap=True)
        self.back = Button(self.tr("Back to people"), name="roles-back")
        self.change = BlockedAction(self.tr("Change role"), self.theme, name="roles-change")
        self.create_action = BlockedAction(self.tr("New role"), self.theme, role="plain", size="routine", name="roles-create", place="left")
        self.body.addWidget(self.card, 1)
        self.body.addWidget(self.words)
        self.footer.addWidget(self.back, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addWidget(self.create_action, 2, Qt.AlignmentFlag.AlignBottom)
        self.footer.addStretch(1)
        self.footer.addWidget(self.change, 3)
        self.back.clicked.connect(lambda: self.desk.go("people", ""))
        self.change.triggered.connect(self._on_change_triggered)
        self.create_action.triggered.connect(self._on_create_triggered)

    @override
    def load(self, token: str | None) -> RolesData:
        station = self.client.station
        rows = station.read(roles, token)
        asked = ChangeRole(role=rows[0].role, permissions=(Permission.SIGN_IN.value,), reason="x")
        new = CreateRole(role="x", title="x", permissions=(Permission.SIGN_IN.value,), reason="x")
        return RolesData(rows, station.preflight(asked, token), station.preflight(new, token))

    @override
    def show_data(self, data: RolesData) -> None:
        if data.rows != self._rows:
            self._rows = data.rows
            self._build()
        self.change.setVisible(not out_of_role(data.verdict))
        self.create_action.setVisible(not out_of_role(data.create))
        self.create_action.set_verdict(data.create if data.create is not None and data.create.guard != "role_is_new" else None)
        self._check()

    def _build(self) -> None:
        """The columns are the roles, which are data: the table is made anew when they change."""
        for widget in (self.table, self.choice):
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        columns = (
            Column(self.tr("Permission"), lambda one: str(one.value)),
            *(Column(role.role, lambda one, held=role.permissions: self.tr("yes") if one in held else DASH) for role in self._rows),  # type: ignore[misc]
        )
        model = TupleModel(columns)
        table = Table(self.theme, name="roles", spoken=self.tr("Roles and permissions"))
        table.setModel(model)
        table.fit_columns(columns)
        model.show_rows(tuple(p for p in Permission if p not in _HIDDEN))
        options = tuple((role.role, f"{role.role} ({role.people})") for role in self._rows)
        choice = Choice(self.tr("Role (and how many people hold it)"), self.theme, options, name="roles-role")
        choice.changed.connect(self._check)
        self.card.body.addWidget(table, 1)
        self.card.body.addWidget(choice)
        self.table, self.choice = table, choice

    def _check(self) -> None:
        chosen = self._chosen()
        self.change.block("" if chosen is not None else self.tr("Choose a role."))
        if chosen is not None:
            words = self.tr("{role}, version {number}: {count} permissions, held by {people} people.")
            self.words.setText(words.format(role=chosen.title, number=chosen.number, count=len(chosen.permissions), people=chosen.people))

    def _chosen(self) -> RoleRow | None:
        value = "" if self.choice is None else self.choice.value
        return next((role for role in self._rows if role.role == value), None)

    def _on_create_triggered(self) -> None:
        sheet = RoleSheet(self.desk.host, self.theme, role=None, permissions=tuple(p for p in Permission if p not in _HIDDEN))

        self.collect(sheet, lambda v: CreateRole(role=v["role"], title=v["title"], permissions=tuple(v["permissions"]), reason=v["reason"]))

    def _on_change_triggered(self) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        shown = tuple(p for p in Permission if p not in _HIDDEN)
        sheet = RoleSheet(self.desk.host, self.theme, role=chosen, permissions=shown)

        self.collect(sheet, lambda v: ChangeRole(role=chosen.role, permissions=tuple(v["permissions"]), reason=v["reason"]))

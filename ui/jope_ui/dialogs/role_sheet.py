"""What a role may do, each permission a button that is pressed or not."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jope.compliance.access.permissions import Permission
from jope.compliance.people.queries import RoleRow
from jope.kernel.errors import JopeError
from jope_ui.dialogs.form_sheet import FormSheet
from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.cards import ScrollColumn
from jope_ui.widgets.field import Field
from jope_ui.widgets.labels import Text


class RoleSheet(FormSheet):
    """``given`` carries ``permissions``, all that the role holds afterwards, and ``reason``; for a new role also ``role`` and ``title``."""

    given = Signal(object)

    def __init__(self, host: QWidget, theme: Theme, *, role: RoleRow | None, permissions: Sequence[Permission]) -> None:
        super().__init__(
            host, theme, name="role-sheet", title="", verb=self.tr("Ask for it"), verb_name="role-sheet-give",
        )  # fmt: skip
        self.title.setText(self.tr("New role") if role is None else self.tr("Change role {role}").format(role=role.title))
        self._held = frozenset({Permission.SIGN_IN}) if role is None else role.permissions
        self._new = role is None
        words = self.tr("Another person approves it, one of them from outside administration. Whoever holds the role signs in anew.")
        if role is None:
            words = self.tr(
                "Another person from outside administration approves it. What different people hold goes into no role together."
            )
        self.about.addWidget(Text(words, wrap=True))
        self.difference = Text("", "strong", wrap=True)
        self.about.addWidget(self.difference)
        self.role = Field(self.tr("Name (small letters, digits, _)"), theme, name="role-sheet-role", size="dense")
        self.called = Field(self.tr("Title"), theme, name="role-sheet-title", size="dense")
        for field in (self.role, self.called):
            field.setVisible(self._new)
            field.changed.connect(self._check)
            self.entry.addWidget(field)
        self.role.submitted.connect(self.called.line.setFocus)
        self.buttons: dict[Permission, Button] = {}
        column = ScrollColumn(theme, name="role-sheet-permissions", gap_mm=2)
        for permission in permissions:
            button = Button(permission.value, role="toggle", size="dense", name=f"permission-{permission.value}")
            button.setCheckable(True)
            button.setChecked(permission in self._held)
            button.toggled.connect(lambda _: self._check())
            self.buttons[permission] = button
            column.add(button)
        self.reason = Field(self.tr("Reason"), theme, name="role-sheet-reason", size="dense" if self._new else "routine")
        self.reason.changed.connect(self._check)
        self.error = Text("", "error", wrap=True)
        (self.about if self._new else self.entry).addWidget(column, 1)
        if not self._new:
            self.about.addStretch(1)
        self.entry.addWidget(self.reason)
        self.entry.addWidget(self.error)
        self.finish_layout()
        self.entry.setStretch(self.entry.count() - 2, int(self._new))
        self.verb.triggered.connect(self._on_verb_triggered)
        self._check()

    def refuse(self, error: JopeError) -> None:
        """Say why it was not asked for."""
        self.error.setText(f"{error.code}  {error.message} {error.what_to_do}")

    def _after(self) -> set[Permission]:
        return {permission for permission, button in self.buttons.items() if button.isChecked()}

    def _check(self) -> None:
        after, before = self._after(), set(self._held)
        more, less = sorted(after - before), sorted(before - after)
        said = [self.tr("More: {things}.").format(things=", ".join(more)) if more else "", ""]
        said[1] = self.tr("Less: {things}.").format(things=", ".join(less)) if less else ""
        self.difference.setText("\n".join(filter(None, said)))
        asked = (self.role, self.called, self.reason) if self._new else (self.reason,)
        missing = [field.label.text() for field in asked if not field.text.strip()]
        if not more and not less:
            self.verb.block(self.tr("Nothing is chosen yet.") if self._new else self.tr("Nothing is changed yet."))
        else:
            self.verb.block(self.tr("Missing: {things}.").format(things=", ".join(missing)) if missing else "")

    def _on_verb_triggered(self) -> None:
        self.error.setText("")
        given = {"permissions": sorted(p.value for p in self._after()), "reason": self.reason.text.strip()}
        named = {"role": self.role.text.strip(), "title": self.called.text.strip()} if self._new else {}
        self.given.emit(given | named)

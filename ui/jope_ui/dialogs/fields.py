"""A sheet with a few labelled fields and, where there is one to make, a choice."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from jope.kernel.errors import JopeError
from jope_ui.dialogs.form_sheet import FormSheet
from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Option
from jope_ui.widgets.cards import ScrollColumn
from jope_ui.widgets.field import Field
from jope_ui.widgets.labels import Text

_MOST_AT_ONCE = 3
_ROW_MM = 14.0
_MOST_NAMED = 2
"""How many missing things are named: the first is typed first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One field: its key, its label, what it holds at first, and whether it may stay empty."""

    key: str
    label: str
    text: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen among: the key of the answer, its label, and the values with their words. Nothing is chosen beforehand."""

    key: str
    label: str
    values: tuple[tuple[str, str], ...]


class FieldsSheet(FormSheet):
    """``given`` carries the texts by their keys. The sheet stays open until its caller closes it or says why not."""

    given = Signal(dict)

    def __init__(
        self,
        host: QWidget,
        theme: Theme,
        *,
        name: str,
        title: str,
        words: str,
        verb: str,
        fields: tuple[Asked, ...],
        choice: Choice | None = None,
    ) -> None:
        super().__init__(host, theme, name=f"{name}-sheet", title=title, verb=verb, verb_name=f"{name}-give")
        self._asked, self._choice = fields, choice
        self.about.addWidget(Text(words, wrap=True))
        self.about.addStretch(1)
        self.choices = QButtonGroup(self)
        if choice is not None:
            self._add_choices(theme, name, choice)
        self.fields = {one.key: Field(one.label, theme, name=f"{name}-{one.key}", size="dense") for one in fields}
        for one in fields:
            field = self.fields[one.key]
            field.set_text(one.text)
            field.changed.connect(self._check)
        self._add_fields(theme, name)
        for before, after in pairwise(fields):
            self.fields[before.key].submitted.connect(self.fields[after.key].line.setFocus)
        self.error = Text("", "error", wrap=True)
        self.entry.addWidget(self.error)
        self.finish_layout()
        self.choices.buttonToggled.connect(self._check)
        self.verb.triggered.connect(self._on_verb_triggered)
        self._check()

    def _add_fields(self, theme: Theme, name: str) -> None:
        """A few stand one below the other; more of them scroll, so that the verb stays in reach."""
        if len(self._asked) <= _MOST_AT_ONCE:
            for one in self._asked:
                self.entry.addWidget(self.fields[one.key])
            return
        column = ScrollColumn(theme, gap_mm=1.6, name=f"{name}-fields")
        for one in self._asked:
            column.add(self.fields[one.key])
        self.entry.addWidget(column, 100)

    def _add_choices(self, theme: Theme, name: str, choice: Choice) -> None:
        self.entry.addWidget(Text(choice.label, "quiet"))
        column = ScrollColumn(theme, gap_mm=2, name=f"{name}-choices")
        for value, text in choice.values:
            button = Option(text)
            button.setObjectName(f"{name}-{value}")
            button.setProperty("answer", value)
            self.choices.addButton(button)
            column.add(button)
        rows = min(3 if len(self._asked) < 2 else 2, len(choice.values))
        column.setMinimumHeight(theme.px(rows * _ROW_MM))
        self.entry.addWidget(column, 100 if len(choice.values) > rows else 0)

    def refuse(self, error: JopeError) -> None:
        """Say why it was not done."""
        self.error.setText(f"{error.code}  {error.message} {error.what_to_do}")

    def _check(self) -> None:
        missing = [one.label for one in self._asked if not one.optional and not self.fields[one.key].text.strip()]
        if self._choice is not None and self.choices.checkedButton() is None:
            missing.insert(0, self._choice.label)
        named = ", ".join(missing[:_MOST_NAMED]) + (" \u2026" if len(missing) > _MOST_NAMED else "")
        self.verb.block(self.tr("Missing: {things}").format(things=named) if missing else "")

    def _on_verb_triggered(self) -> None:
        self.error.setText("")
        answers = {key: field.text.strip() for key, field in self.fields.items()}
        chosen = self.choices.checkedButton()
        if self._choice is not None and chosen is not None:
            answers[self._choice.key] = str(chosen.property("answer"))
        self.given.emit(answers)

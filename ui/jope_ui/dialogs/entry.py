"""A sheet that collects a few fields and choices for one command; pages say which, and make the command of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jope.kernel.errors import JopeError
from jope_ui.dialogs.form_sheet import FormSheet
from jope_ui.theme import Theme
from jope_ui.widgets.cards import ScrollColumn
from jope_ui.widgets.choice import Choice
from jope_ui.widgets.field import Field
from jope_ui.widgets.labels import Text

_MOST_ROUTINE = 3
"""More entries than this are dense, so that four of them stand whole on the smaller panel."""

_MOST_NAMED = 2
"""How many missing things are named: the first is entered first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to enter. ``options`` make it a choice of (value, text); ``needed`` says whether it may stay empty."""

    key: str
    label: str
    text: str = ""
    options: tuple[tuple[str, str], ...] = ()
    needed: bool = True
    secret: bool = False
    fault: Callable[[str], str] | None = None
    """What is wrong with a text that was entered, empty for nothing."""


class EntrySheet(FormSheet):
    """``given`` carries the entries by their keys, without the blanks around them."""

    given = Signal(object)

    def __init__(self, host: QWidget, theme: Theme, *, name: str, title: str, words: str, verb: str, entries: Sequence[Entry]) -> None:
        super().__init__(host, theme, name=name, title=title, verb=verb, verb_name=f"{name}-give")
        self._entries = tuple(entries)
        self._inputs: dict[str, Field | Choice] = {}
        self.about.addWidget(Text(words, wrap=True))
        self.about.addStretch(1)
        self.error = Text("", "error", wrap=True)
        column = ScrollColumn(theme, name=f"{name}-entries")
        before: Field | None = None
        for entry in self._entries:
            made = self._input(entry, name, theme, size="routine" if len(self._entries) <= _MOST_ROUTINE else "dense")
            self._inputs[entry.key] = made
            made.changed.connect(self._check)
            column.add(made)
            if isinstance(made, Field):
                if before is not None:
                    before.submitted.connect(made.line.setFocus)
                before = made
        self.entry.addWidget(column, 1)
        self.entry.addWidget(self.error)
        self.finish_layout()
        self.entry.setStretch(self.entry.count() - 2, 0)
        self.verb.triggered.connect(self._on_verb_triggered)
        self._check()

    def refuse(self, error: JopeError) -> None:
        """Say why it did not happen."""
        self.error.setText(f"{error.code}  {error.message} {error.what_to_do}")

    def say(self, fault: str) -> None:
        """Say what is wrong with what was entered."""
        self.error.setText(fault)

    @property
    def values(self) -> Mapping[str, str]:
        """What is entered now."""
        return {key: one.value if isinstance(one, Choice) else one.text.strip() for key, one in self._inputs.items()}

    def fill(self, key: str, text: str) -> None:
        """Fill a field with what a reader read."""
        found = self._inputs[key]
        if isinstance(found, Field):
            found.set_text(text)

    def clear_secrets(self) -> None:
        """Empty what must not stay on a covered screen."""
        for entry in self._entries:
            found = self._inputs[entry.key]
            if entry.secret and isinstance(found, Field):
                found.forget()

    @staticmethod
    def _input(entry: Entry, name: str, theme: Theme, *, size: str) -> Field | Choice:
        if entry.options:
            choice = Choice(entry.label, theme, entry.options, name=f"{name}-{entry.key}")
            choice.choose(entry.text)
            return choice
        field = Field(entry.label, theme, name=f"{name}-{entry.key}", secret=entry.secret, size=size)
        field.set_text(entry.text)
        return field

    def _check(self) -> None:
        values = self.values
        missing = [entry.label for entry in self._entries if entry.needed and not values[entry.key]]
        faults = [fault for entry in self._entries if entry.fault is not None and (fault := entry.fault(values[entry.key]))]
        named = ", ".join(missing[:_MOST_NAMED]) + (" \u2026" if len(missing) > _MOST_NAMED else ".")
        why = self.tr("Missing: {things}").format(things=named) if missing else "".join(faults[:1])
        self.verb.block(why)

    def _on_verb_triggered(self) -> None:
        self.error.setText("")
        self.given.emit(self.values)

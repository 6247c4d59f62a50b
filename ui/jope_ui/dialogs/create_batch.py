"""The sheet that plans a batch."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jope.kernel.errors import JopeError
from jope.plant.batches.commands import CreateBatch
from jope_ui.dialogs.form_sheet import FormSheet
from jope_ui.theme import Theme
from jope_ui.widgets.field import Field
from jope_ui.widgets.labels import Text


class CreateBatchSheet(FormSheet):
    """Collects batch number, recipe and product lot; the line is the station's own."""

    given = Signal(object)

    def __init__(self, host: QWidget, theme: Theme, *, line: str) -> None:
        super().__init__(
            host,
            theme,
            name="create-batch-sheet",
            title=self.tr("Create batch"),
            verb=self.tr("Create batch"),
            verb_name="create-batch-give",
        )
        self._line = line
        self.about.addWidget(
            Text(self.tr("The batch uses the effective version of the recipe and is planned on {line}.").format(line=line), wrap=True)
        )
        self.about.addStretch(1)
        self.batch_no = Field(self.tr("Batch number"), theme, name="create-batch-no")
        self.recipe_id = Field(self.tr("Recipe"), theme, name="create-batch-recipe")
        self.product_lot = Field(self.tr("Product lot"), theme, name="create-batch-lot")
        self.error = Text("", "error", wrap=True)
        for field in (self.batch_no, self.recipe_id, self.product_lot):
            self.entry.addWidget(field)
            field.changed.connect(self._check)
        self.batch_no.submitted.connect(self.recipe_id.line.setFocus)
        self.recipe_id.submitted.connect(self.product_lot.line.setFocus)
        self.entry.addWidget(self.error)
        self.finish_layout()
        self.verb.triggered.connect(self._on_verb_triggered)
        self._check()

    def refuse(self, error: JopeError) -> None:
        """Say why the batch was not created."""
        self.error.setText(f"{error.code}  {error.message} {error.what_to_do}")
        self._check()

    def _check(self) -> None:
        named = ((self.batch_no, self.tr("batch number")), (self.recipe_id, self.tr("recipe")), (self.product_lot, self.tr("product lot")))
        missing = [name for field, name in named if not field.text.strip()]
        self.verb.block(self.tr("Missing: {things}.").format(things=", ".join(missing)) if missing else "")

    def _on_verb_triggered(self) -> None:
        self.error.setText("")
        self.given.emit(
            CreateBatch(
                batch_no=self.batch_no.text.strip(),
                recipe_id=self.recipe_id.text.strip(),
                line=self._line,
                product_lot=self.product_lot.text.strip(),
            )
        )

"""What happens with master recipes (URS E01; P11 11.186)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from jope.compliance.access.permissions import Permission
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, GuardContext, GuardVerdict, Meaning, SheetRow, SigningSheet, handles
from jope.compliance.signatures.records import Children, SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.errors import NotFoundError, RefusedError
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork
from jope.kernel.units import Quantity
from jope.kernel.workflow import Arrow, LifeCycle
from jope.plant.materials.model import Material
from jope.plant.recipes.commands import ApproveRecipeVersion, DraftRecipeVersion, RecipeLine
from jope.plant.recipes.comparison import compare
from jope.plant.recipes.model import RecipeLineRow, RecipeState, RecipeVersion

RECIPE_LIFE_CYCLE = LifeCycle(
    "Recipe version",
    initial=RecipeState.DRAFT,
    states=[s.value for s in RecipeState],
    arrows=[Arrow("approve", RecipeState.DRAFT, RecipeState.EFFECTIVE), Arrow("supersede", RecipeState.EFFECTIVE, RecipeState.SUPERSEDED)],
)
_LINE_COLUMNS = ("position", "material_code", "target", "low", "high", "unit")
RECIPE_RECORD = SignedRecord(
    "recipe",
    "recipe_version",
    "id",
    ("id", "recipe_id", "number", "product", "batch_size", "unit", "drafted_by"),
    (Children("recipe_line", "recipe_version_id", "id", _LINE_COLUMNS),),
)


def version_id(recipe_id: str, number: int) -> str:
    """The key of a version."""
    return f"{recipe_id}:{number}"


def _subject(command: Any) -> tuple[str, str]:
    return ("recipe", version_id(command.recipe_id, command.version))


def recipe_lines(session: RowSession, recipe_version_id: str) -> list[RecipeLineRow]:
    """The lines of a version in order."""
    found = session.scalars(
        select(RecipeLineRow).where(RecipeLineRow.recipe_version_id == recipe_version_id).order_by(RecipeLineRow.position)
    )
    return list(found)


def effective_version(session: RowSession, recipe_id: str) -> RecipeVersion:
    """The effective version of a recipe.

    Raises:
        RefusedError: none is effective.
    """
    found = _effective(session, recipe_id)
    if found is None:
        raise RefusedError(f"No version of recipe {recipe_id} is effective.", remedy="QA approves a version first.")
    return found


@handles(DraftRecipeVersion, permission=Permission.RECIPE_DRAFT, subject=_subject)
def draft_recipe_version(command: DraftRecipeVersion, uow: UnitOfWork, acting: Acting) -> None:
    """Write a new version as a draft.

    Raises:
        RefusedError: no lines, positions not 1..n, limits out of order, a batch size not above zero, a unit that cannot be exact, or the
            version exists.
        NotFoundError: unknown material.
    """
    key = version_id(command.recipe_id, command.version)
    if uow.session.get(RecipeVersion, key) is not None:
        raise RefusedError(f"Version {command.version} of {command.recipe_id} exists already.", remedy="Take the next number.")
    if not command.lines or [line.position for line in command.lines] != list(range(1, len(command.lines) + 1)):
        raise RefusedError("The lines of a recipe are numbered from 1 without gaps.", remedy="Number the lines again.")
    for line in command.lines:
        _require_line(uow.session, line, command.unit)
    if Quantity.parse(command.batch_size, command.unit).value <= 0:
        raise RefusedError("The batch size is not above zero.", remedy="Write the quantity that one batch yields.")
    uow.session.add(
        RecipeVersion(
            id=key, recipe_id=command.recipe_id, number=command.version, product=command.product, batch_size=command.batch_size, unit=command.unit,
            state=RecipeState.DRAFT.value, drafted_by=acting.principal.employee_id,
        )
    )  # fmt: skip
    uow.session.flush()
    uow.session.add_all(
        RecipeLineRow(
            id=f"{key}:{line.position}", recipe_version_id=key, position=line.position, material_code=line.material_code, target=line.target,
            low=line.low, high=line.high, unit=line.unit,
        )
        for line in command.lines
    )  # fmt: skip
    uow.audit.record(Action.RECIPE_DRAFTED, ("recipe", key), reason=command.reason)


def _require_line(session: RowSession, line: RecipeLine, batch_unit: str) -> None:
    material = session.get(Material, line.material_code)
    if material is None:
        raise NotFoundError(f"There is no material {line.material_code}.")
    for unit in (line.unit, batch_unit):
        _require_exact_unit(material, unit)
    low, target, high = (Quantity.parse(text, line.unit).value for text in (line.low, line.target, line.high))
    if not 0 < low <= target <= high:
        raise RefusedError(
            f"Line {line.position}: the limits do not enclose the target.", remedy="Write low <= target <= high, above zero."
        )


def _require_exact_unit(material: Material, unit: str) -> None:
    """A weight in a decimal unit has no exact value in pounds or ounces, so that none of it would be taken at the scale (URS F01)."""
    if _is_decimal(material.unit) and not _is_decimal(unit):
        raise RefusedError(
            f"{material.code} is kept in {material.unit}; what is weighed in it has no exact value in {unit}.",
            remedy=f"Write the recipe in {material.unit} or another decimal unit.",
        )


def _is_decimal(unit: str) -> bool:
    """Whether the unit is a power of ten of a gram."""
    return Quantity(Decimal(1), unit).grams().normalize().as_tuple().digits == (1,)


def _named(session: RowSession, command: ApproveRecipeVersion) -> RecipeVersion:
    found = session.get(RecipeVersion, version_id(command.recipe_id, command.version))
    if found is None:
        raise NotFoundError(f"There is no version {command.version} of recipe {command.recipe_id}.")
    return found


def approver_is_not_author(command: ApproveRecipeVersion, context: GuardContext) -> GuardVerdict | None:
    """Nobody approves what they wrote."""
    if _named(context.session, command).drafted_by != context.principal.employee_id:
        return None
    return GuardVerdict("approver_is_not_author", "You wrote this version yourself.", "Another person of QA approves it.", "211.186(a)")


def _content(session: RowSession, version: RecipeVersion) -> dict[str, str]:
    """What a version says, by the labels of the signing sheet."""
    head = {"Product": version.product, "Batch size": f"{version.batch_size} {version.unit}"}
    lines = recipe_lines(session, version.id)
    return head | {f"{line.position}. {line.material_code}": f"{line.target} {line.unit} ({line.low} to {line.high})" for line in lines}


def _effective(session: RowSession, recipe_id: str) -> RecipeVersion | None:
    return session.scalar(select(RecipeVersion).where(RecipeVersion.recipe_id == recipe_id, RecipeVersion.state == RecipeState.EFFECTIVE))


def _approval_sheet(command: ApproveRecipeVersion, context: GuardContext) -> SigningSheet:
    """What the version says, each field beside what the effective version says; the first version of a recipe stands alone."""
    version = _named(context.session, command)
    effective = _effective(context.session, version.recipe_id)
    after = _content(context.session, version)
    before = after if effective is None else _content(context.session, effective)
    content = tuple(SheetRow(field.label, field.before, field.after) for field in compare(before, after))
    state = (SheetRow("State", version.state, RecipeState.EFFECTIVE.value),)
    replaced = () if effective is None else (SheetRow(f"Version {effective.number}", effective.state, RecipeState.SUPERSEDED.value),)
    return signing_sheet(
        f"Approve recipe {version.recipe_id} version {version.number}", ("recipe", version.id), Meaning.APPROVAL, state + replaced + content
    )


@handles(
    ApproveRecipeVersion,
    permission=Permission.RECIPE_APPROVE,
    subject=_subject,
    signature=Meaning.APPROVAL,
    sheet=_approval_sheet,
    guards=(approver_is_not_author,),
)
def approve_recipe_version(command: ApproveRecipeVersion, uow: UnitOfWork, acting: Acting) -> None:
    """Make a draft effective; the version effective before is superseded in the same transaction."""
    version = _named(uow.session, command)
    before = _effective(uow.session, command.recipe_id)
    if before is not None:
        before.state = RECIPE_LIFE_CYCLE.next(before.state, "supersede")
        uow.session.flush()
    version.state = RECIPE_LIFE_CYCLE.next(version.state, "approve")
    acting.signed().onto(version, "approval", kind="recipe", subject_id=version.id, version=version.version + 1)
    uow.audit.record(Action.RECIPE_APPROVED, ("recipe", version.id))

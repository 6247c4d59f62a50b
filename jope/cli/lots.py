"""``jope lot``: how lots stand, where each came from and went, and what a batch accounts for."""

from __future__ import annotations

from typing import Annotated

import typer

from jope.cli.options import AsJson, DataDir
from jope.cli.signing import AsPerson, PasswordStdin, answer, tell_rows

lots = typer.Typer(no_args_is_help=True, help="Lots: standing, genealogy, reconciliation.")


@lots.callback()
def _group() -> None:
    """Lots: standing, genealogy, reconciliation."""


@lots.command("list")
def list_lots(data: DataDir, person: AsPerson, password_stdin: PasswordStdin = False, as_json: AsJson = False) -> None:
    """The lots as they stand today, with what is left of each.

    Example: jope lot list --data DIR --as D-SUPER --json
    """
    from jope.plant.materials.queries import lot_list

    rows = answer(data, person, password_stdin, lot_list)
    if as_json:
        tell_rows(rows)
        return
    for row in rows:
        print(f"{row.lot_no:20} {row.standing.value:11} {row.expiry}  {row.remaining:>12} {row.unit:3} {row.material_code} {row.material}")


@lots.command("trace")
def trace(
    data: DataDir, person: AsPerson,
    lot_no: Annotated[str, typer.Argument(metavar="LOT", help="The lot.")],
    back: Annotated[bool, typer.Option("--back", help="Where it came from, not where it went.")] = False,
    password_stdin: PasswordStdin = False, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Every batch that a lot went into, through its products, with the mass balance of each lot on the way.

    Example: jope lot trace MC-2611-04 --data DIR --as D-QA --json
    """
    from jope.plant.materials.queries import genealogy

    found = answer(data, person, password_stdin, genealogy, lot_no=lot_no, back=back)
    if as_json:
        tell_rows((found,))
        return
    for use in found.uses:
        made = f"  -> {use.product_lots}" if use.product_lots else ""
        print(f"{use.lot_no} -> {use.batch_no} ({use.product}, {use.record_state})  {use.issued} g issued, {use.returned} g returned{made}")
    for lot in found.lots:
        held = "balanced" if lot.balanced else "not balanced"
        print(f"{lot.lot_no}: {lot.received} g received, {lot.to_batches} g to batches, {lot.remaining} g left, {held}")


@lots.command("balance")
def balance(
    data: DataDir, person: AsPerson,
    batch_no: Annotated[str, typer.Argument(metavar="BATCH", help="The batch.")],
    password_stdin: PasswordStdin = False, as_json: AsJson = False,
) -> None:  # fmt: skip
    """What a batch got of each material and what became of it.

    Example: jope lot balance B-0001 --data DIR --as D-QA
    """
    from jope.plant.materials.queries import reconciliation

    rows = answer(data, person, password_stdin, reconciliation, batch_no=batch_no)
    if as_json:
        tell_rows(rows)
        return
    for row in rows:
        parts = f"{row.issued} g issued, {row.used} g used, {row.returned} g returned, {row.waste} g waste, {row.open} g open"
        print(f"{row.material_code:12} {parts}  ({row.lots})")

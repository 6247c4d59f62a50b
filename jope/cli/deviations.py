"""``jope deviations``: the deviations in one's scope, read-only."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from jope.cli.options import AsJson, DataDir
from jope.cli.signing import AsPerson, PasswordStdin, acting, asking, tell_rows

deviations = typer.Typer(no_args_is_help=True, help="Deviations, read-only.")
State = Annotated[str, typer.Option("--state", help="Only this state: open, classified, investigated, closed or voided.")]
Own = Annotated[bool, typer.Option("--own", help="Only those that you opened or own.")]


@deviations.command("list")
def list_deviations(
    data: DataDir,
    person: AsPerson = "",
    state: State = "",
    own: Own = False,
    password_stdin: PasswordStdin = False,
    as_json: AsJson = False,
) -> None:
    """The deviations in your scope, newest first.

    Example: jope deviations list --data DIR --as D-QA --state investigated
    """
    from jope.plant.quality.queries import deviations as of_scope
    from jope.plant.quality.queries import my_deviations

    ask, person = asking(password_stdin), person or typer.prompt("Employee id")
    with acting(data, person, ask) as (station, token):
        rows = station.read(my_deviations, token) if own else station.read(of_scope, token, state=state)
    if as_json:
        tell_rows(rows)
        return
    for row in rows:
        due = f"{row.due}{' OVERDUE' if row.overdue else ''}"
        print(f"{row.number} {row.state:12} {row.classification:8} {due:18} {row.owner or '-':10} {row.title}")


@deviations.command("show")
def show(
    data: DataDir,
    number: Annotated[str, typer.Argument(help="The deviation's number.")],
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
    as_json: AsJson = False,
) -> None:
    """One deviation with its evidence and signatures, verified now.

    Example: jope deviations show DEV-2026-0001 --data DIR --as D-QA
    """
    from jope.kernel.clock import utc_text
    from jope.plant.quality.queries import deviation_detail

    ask, person = asking(password_stdin), person or typer.prompt("Employee id")
    with acting(data, person, ask) as (station, token):
        view = station.read(deviation_detail, token, number=number)
    if as_json:
        print(json.dumps(asdict(view), indent=2))
        return
    row = view.row
    print(f"{row.number} {row.title}: {row.state} {row.classification}".rstrip())
    print(f"  opened by {row.opened_by}, {utc_text(row.opened_utc_us)}, from {row.source_kind} {row.source_id}".rstrip())
    print(f"  owner {row.owner or '-'}, due {row.due or '-'}")
    for label, words in (
        ("", view.description),
        ("root cause: ", view.root_cause),
        ("impact: ", view.impact),
        ("disposition: ", view.disposition),
    ):
        if words:
            print(f"  {label}{words}")
    for piece in view.evidence:
        what = {"event": f"event {piece.event_seq}", "document": f"{piece.document_name} {piece.document_hash[:16]}"}.get(piece.kind, "")
        print(
            f"  evidence {piece.n} by {piece.added_by}: {what} {piece.words}".rstrip()
            + ("" if piece.stands else " (NOT the event attached)")
        )
    for signature in filter(None, (view.classified, view.closed, view.voided)):
        print(f"  {signature.meaning} {signature.signer} {utc_text(signature.signed_utc_us)}: {signature.verdict}")

"""``jope reviews``: what one person did at once, or was changed in an emergency, and waits for another person's review."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from jope.cli.options import AsJson, DataDir
from jope.cli.signing import AsPerson, PasswordStdin, acting, asking, sign_alone

reviews = typer.Typer(no_args_is_help=True, help="Reviews that are due after the fact.")
Found = Annotated[str, typer.Option("--found", help="What was done, and whether it was right.")]


@reviews.command("list")
def list_reviews(data: DataDir, person: AsPerson = "", password_stdin: PasswordStdin = False, as_json: AsJson = False) -> None:
    """Disabled accounts, emergency access, recoveries and emergency changes that nobody has reviewed. Exit 1 where one is late.

    Example: jope reviews list --data DIR --as D-QA
    """
    from jope.compliance.authority.queries import emergencies
    from jope.compliance.changes.queries import changes_to_ratify
    from jope.compliance.people.queries import disablings_to_review
    from jope.compliance.recovery.queries import recoveries_to_review
    from jope.kernel.clock import utc_text

    with acting(data, person or typer.prompt("Employee id"), asking(password_stdin)) as (station, token):
        disabled = station.read(disablings_to_review, token)
        taken = [row for row in station.read(emergencies, token) if not row.reviewed_by]
        made = station.read(changes_to_ratify, token)
        opened = station.read(recoveries_to_review, token)
    if as_json:
        changed = [{**asdict(row), "overdue": late} for row, late in made]
        rows = {
            "disablings": [asdict(row) for row in disabled],
            "emergencies": [asdict(row) for row in taken],
            "changes": changed,
            "recoveries": [asdict(row) for row in opened],
        }
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        for one in disabled:
            print(f"disabling {one.disabling_id}  {one.employee_id}, by {one.disabled_by} {utc_text(one.disabled_us)}: {one.reason}")
        for access in taken:
            due = f"due {utc_text(access.review_due_us)}{' OVERDUE' if access.overdue else ''}"
            print(f"emergency {access.grant_id}  {access.employee_id}, {utc_text(access.from_us)}, {due}: {access.reason}")
        for both in opened:
            print(
                f"recovery {both.recovery_id}  {both.first}, {both.second}, {utc_text(both.recovered_us)}: {both.reason}"
                "  ('jope users review-recovery')"
            )
        for row, late in made:
            due = f"due {utc_text(row.ratify_by_us or 0)}{' OVERDUE' if late else ''}"
            print(
                f"change {row.request_id}  {row.title} {row.subject_id}, by {row.requester}, {due}: {row.reason}  ('jope changes approve')"
            )
    raise typer.Exit(1 if any(row.overdue for row in taken) or any(late for _, late in made) else 0)


@reviews.command("disabling")
def review_disabling(
    data: DataDir,
    disabling: Annotated[str, typer.Argument(help="The disabling, as 'jope reviews list' names it.")],
    found: Found,
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """Sign the review of an account that somebody else disabled.

    Example: jope reviews disabling ID --found "left the company, rightly" --data DIR --as D-QA
    """
    from jope.compliance.people.commands import ReviewDisabling

    sign_alone(data, person, password_stdin, ReviewDisabling(disabling_id=disabling, review=found))
    print("Reviewed.")


@reviews.command("emergency")
def review_emergency(
    data: DataDir,
    grant: Annotated[str, typer.Argument(help="The emergency access, as 'jope reviews list' names it.")],
    found: Found,
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """Sign the review of emergency access that somebody else took.

    Example: jope reviews emergency ID --found "batch was held, rightly" --data DIR --as D-QA
    """
    from jope.compliance.authority.commands import ReviewBreakGlass

    sign_alone(data, person, password_stdin, ReviewBreakGlass(grant_id=grant, review=found))
    print("Reviewed.")

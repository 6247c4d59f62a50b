"""``jope access-review``: the recurrent review of every account, signed line by line."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from jope.cli.options import AsJson, DataDir
from jope.cli.signing import AsPerson, PasswordStdin, acting, asking, sign
from jope.kernel.errors import NotFoundError

if TYPE_CHECKING:
    from jope.bootstrap import Station
    from jope.compliance.authority.queries import ReviewState

access_review = typer.Typer(no_args_is_help=True, help="The recurrent review of access.")


@access_review.command("open")
def open_review(data: DataDir, person: AsPerson = "", password_stdin: PasswordStdin = False) -> None:
    """Begin a review: list every account that is not disabled, as it stands now.

    Example: jope access-review open --data DIR --as D-QA
    """
    from jope.compliance.authority.commands import OpenAccessReview
    from jope.kernel.ids import new_id

    with acting(data, person or typer.prompt("Employee id"), asking(password_stdin)) as (station, token):
        station.dispatch(OpenAccessReview(review_id=new_id()), token)
        state = _newest(station, token)
    print(f"A review of {len(state.lines)} accounts is open.")


@access_review.command("lines")
def lines(data: DataDir, person: AsPerson = "", password_stdin: PasswordStdin = False, as_json: AsJson = False) -> None:
    """The newest review with its lines, those that are not signed first.

    Example: jope access-review lines --data DIR --as D-QA --json
    """
    from jope.kernel.clock import utc_text

    with acting(data, person or typer.prompt("Employee id"), asking(password_stdin)) as (station, token):
        state = _newest(station, token)
    if as_json:
        print(json.dumps(asdict(state), indent=2, ensure_ascii=False))
        return
    ended = "open" if state.closed_us is None else f"closed {utc_text(state.closed_us)}"
    print(f"Begun {utc_text(state.opened_us)} by {state.opened_by}, {ended}.")
    for line in state.lines:
        noticed = ", ".join([*(["dormant"] if line.dormant else []), *line.conflicts]) or "-"
        signed = f"{line.decision} ({line.reviewed_by})" if line.decision else "-"
        print(f"{line.account:12} {line.role:20} {line.line:6} last sign-in {line.last_sign_in:32} {signed:20} {noticed}")


@access_review.command("sign")
def sign_line(
    data: DataDir,
    account: Annotated[str, typer.Argument(help="The employee id of the account.")],
    decision: Annotated[str, typer.Argument(help="keep, change or disable.")],
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """Decide on one account by signature; your own is another person's.

    Example: jope access-review sign D-OPER keep --data DIR --as D-QA
    """
    from jope.compliance.authority.commands import ReviewAccessLine

    ask, person = asking(password_stdin), person or typer.prompt("Employee id")
    with acting(data, person, ask) as (station, token):
        state = _newest(station, token)
        sign(station, token, ReviewAccessLine(review_id=state.review_id, account=account, decision=decision), person, ask)
        left = sum(1 for line in _newest(station, token).lines if not line.decision)
    print(f"{account}: {decision}. {left} lines are not signed.")


@access_review.command("close")
def close(data: DataDir, person: AsPerson = "", password_stdin: PasswordStdin = False) -> None:
    """End the review; every line is signed by then.

    Example: jope access-review close --data DIR --as D-QA
    """
    from jope.compliance.authority.commands import CloseAccessReview

    with acting(data, person or typer.prompt("Employee id"), asking(password_stdin)) as (station, token):
        station.dispatch(CloseAccessReview(review_id=_newest(station, token).review_id), token)
    print("The review is closed.")


def _newest(station: Station, token: str) -> ReviewState:
    """The newest review.

    Raises:
        NotFoundError: there was none yet.
    """
    from jope.compliance.authority.queries import access_review as newest

    state = station.read(newest, token)
    if not state.review_id:
        raise NotFoundError("Access was never reviewed here.", remedy="Begin with 'jope access-review open'.")
    return state

"""``jope clock``: how the clock stands to the trail, and putting it right by two people."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from jope.cli.options import DataDir
from jope.cli.signing import AsPerson, PasswordStdin, acting, answer, asking, sign

clock = typer.Typer(no_args_is_help=True, help="The station's clock against its trail.")


@clock.command()
def show(
    data: DataDir,
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Say whether the clock stands before the trail, and which correction waits for its second person.

    Example: jope clock show --data DIR --as D-QA
    """
    from jope.compliance.timekeeping.queries import clock_state
    from jope.kernel.clock import utc_text

    state = answer(data, person, password_stdin, clock_state)
    if as_json:
        print(json.dumps(asdict(state), indent=2))
        return
    print(f"Clock {utc_text(state.now_us)}, trail {utc_text(state.trail_us)}: {'BEFORE THE TRAIL' if state.behind else 'ok'}")
    if state.proposal is not None:
        print(
            f"Proposed as right by {state.proposal.proposed_by} ({state.proposal.reason}), open until {utc_text(state.proposal.valid_until_us)}"
        )


@clock.command()
def propose(
    data: DataDir,
    reason: Annotated[str, typer.Option("--reason", help="What happened, and which clock you compared with.")],
    person: AsPerson = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """Propose that the clock is right although the trail holds later times; a second person approves it within 15 minutes.

    Example: jope clock propose --data DIR --as D-SUPER --reason "battery failed; compared with the site clock"
    """
    from jope.compliance.timekeeping.commands import ProposeClockCorrection
    from jope.kernel.ids import new_id

    ask, person = asking(password_stdin), person or typer.prompt("Employee id")
    with acting(data, person, ask) as (station, token):
        command = ProposeClockCorrection(correction_id=new_id(), reason=reason)
        sign(station, token, command, person, ask)
    print(f"Proposed as {command.correction_id}.")


@clock.command()
def approve(data: DataDir, person: AsPerson = "", password_stdin: PasswordStdin = False) -> None:
    """Approve, as the second person, the correction that is open.

    Example: jope clock approve --data DIR --as D-QA
    """
    from jope.compliance.timekeeping.commands import ApproveClockCorrection
    from jope.compliance.timekeeping.queries import clock_state
    from jope.kernel.errors import NotFoundError

    ask, person = asking(password_stdin), person or typer.prompt("Employee id")
    with acting(data, person, ask) as (station, token):
        state = station.read(clock_state, token)
        if state.proposal is None:
            raise NotFoundError("No correction of the clock is open.")
        sign(station, token, ApproveClockCorrection(correction_id=state.proposal.correction_id), person, ask)
    print("The trail goes on from the clock's time.")

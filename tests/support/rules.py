"""Rules of the signature matrix and statements, set as a change of them will set them: the next version, in an event of the trail."""

from __future__ import annotations

import json

from jope.bootstrap import Station
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Meaning, offered_meanings
from jope.compliance.signatures.matrix import RULE, STATEMENT
from jope.compliance.signatures.model import AccountabilityStatement, StoredRule
from jope.compliance.signatures.statements import Statement
from jope.kernel.store.uow import UnitOfWork
from tests.support.handlers import in_a_handler


def set_rule(station: Station, action: str, *, series: bool = False, signing: str = "", meaning: str = "") -> None:
    """Set the next version of an action's rule; what is not named stays."""

    def work(uow: UnitOfWork) -> None:
        old = station.matrix.rule(action)
        new = Meaning(meaning) if meaning else old.meaning
        offered = offered_meanings(new) if new is not None else ()
        uow.session.add(
            StoredRule(
                id=f"{action}:{old.number + 1}", action=action, number=old.number + 1, signing=signing or old.signing.value,
                meaning=new.value if new is not None else None, offered=json.dumps([m.value for m in offered]), verifying=old.verifying,
                series=int(series), since_us=station.clock.now().utc_us,
            )
        )  # fmt: skip
        uow.audit.record(Action.SIGNATURE_RULES_SET, (RULE, action))

    in_a_handler(station, work, record=False)


def issue_statement(station: Station, text: Statement) -> None:
    """Issue a statement that the program did not bring."""

    def work(uow: UnitOfWork) -> None:
        row = AccountabilityStatement(
            id=f"{text.number}:{text.language}", number=text.number, language=text.language, text=text.text, hash=text.hash,
            since_us=station.clock.now().utc_us,
        )  # fmt: skip
        uow.session.add(row)
        uow.audit.record(Action.STATEMENT_ISSUED, (STATEMENT, str(text.number)))

    in_a_handler(station, work, record=False)

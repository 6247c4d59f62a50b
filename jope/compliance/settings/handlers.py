"""What happens to settings (URS C15, D03; Annex 11 clause 12.3; A11d-14)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from jope.compliance.access.permissions import Permission
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, FourEyesRule, GuardContext, GuardVerdict, Risk, SheetRow, handles
from jope.compliance.settings.catalog import SETTINGS
from jope.compliance.settings.commands import ChangeSetting
from jope.compliance.settings.model import Station, StoredSetting
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork

_NEWEST: Final = "SELECT value FROM setting WHERE key = ? ORDER BY number DESC LIMIT 1"


def value_in_force(session: RowSession, key: str) -> str:
    """The stored value of a setting, or its default."""
    stored = session.value(_NEWEST, key)
    return SETTINGS[key].default if stored is None else str(stored)


def setting_is_known(command: ChangeSetting, context: GuardContext) -> GuardVerdict | None:
    """It is one of the station's settings."""
    if command.key in SETTINGS:
        return None
    return GuardVerdict("setting_is_known", f"There is no setting '{command.key}'.", "Choose one of the list.", "12.3")


def value_is_allowed(command: ChangeSetting, context: GuardContext) -> GuardVerdict | None:
    """The value is one that the setting may have."""
    kind = SETTINGS.get(command.key)
    fault = "" if kind is None else kind.fault(command.value)
    if kind is None or not fault:
        return None
    return GuardVerdict("value_is_allowed", f"{kind.title} {fault}.", "Choose another value.", "A11d-14")


def value_is_another(command: ChangeSetting, context: GuardContext) -> GuardVerdict | None:
    """Something changes."""
    if command.key not in SETTINGS or value_in_force(context.session, command.key) != command.value:
        return None
    return GuardVerdict("value_is_another", "The setting has this value already.", "Nothing is left to do.", "12.3")


def _diff(command: ChangeSetting, context: GuardContext) -> tuple[SheetRow, ...]:
    kind = SETTINGS[command.key]
    unit = f" {kind.unit}" if kind.unit else ""
    return (SheetRow(kind.title, value_in_force(context.session, command.key) + unit, command.value + unit),)


@handles(
    ChangeSetting,
    permission=Permission.SETTING_REQUEST,
    subject=lambda c: ("setting", c.key),
    guards=(setting_is_known, value_is_allowed, value_is_another),
    four_eyes=FourEyesRule(
        risk=Risk.MEDIUM,
        approve=Permission.CHANGE_APPROVE,
        diff=_diff,
        emergency=lambda c: c.key in SETTINGS and SETTINGS[c.key].emergency,
    ),
)
def change_setting(command: ChangeSetting, uow: UnitOfWork, acting: Acting) -> None:
    """Write the next version down, and count the station's settings on."""
    before = value_in_force(uow.session, command.key)
    number = int(uow.session.value("SELECT count(*) FROM setting WHERE key = ?", command.key)) + 1
    uow.session.add(
        StoredSetting(id=f"{command.key}:{number}", key=command.key, number=number, value=command.value, since_us=acting.now.utc_us)
    )
    for station in uow.session.scalars(select(Station)):
        station.settings_revision += 1
    uow.audit.record(
        Action.SETTING_CHANGED, ("setting", command.key), reason=command.reason, details={"before": before, "after": command.value}
    )

"""The pages by their keys. Each is imported when it is made, after the sign-in page was painted."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from jope_ui.views.desk import Desk
    from jope_ui.views.page import Page

PAGES: Final = {
    "overview": "OverviewPage",
    "batch": "BatchPage",
    "clearance": "ClearancePage",
    "dispensing": "DispensingPage",
    "review": "ReviewPage",
    "release": "ReleasePage",
    "audit": "AuditPage",
    "changes": "ChangesPage",
    "people": "PeoplePage",
    "training": "TrainingPage",
    "deviations": "DeviationsPage",
    "alarms": "AlarmsPage",
    "devices": "DevicesPage",
    "equipment": "EquipmentPage",
    "materials": "MaterialsPage",
    "trends": "TrendsPage",
}
"""Page key (and module) to class, in the order of the navigation."""
MORE: Final = ("changes", "people", "training", "deviations", "alarms", "devices", "equipment", "materials", "trends")
"""Pages that stand on the sheet behind the navigation's ``More``: the column has no room for all."""
ASIDE: Final = {
    "queue": ("QueuePage", "overview"),
    "roles": ("RolesPage", "people"),
    "settings": ("SettingsPage", "people"),
    "access_log": ("AccessLogPage", "audit"),
    "access_review": ("AccessReviewPage", "people"),
    "reviews": ("ReviewsPage", "people"),
    "registers": ("RegistersPage", "people"),
    "balance": ("BalancePage", "devices"),
}
"""Pages without a place in the navigation: the class, and the page that they are opened from."""


def opened_from(key: str) -> str:
    """The page that is marked in the navigation while this one is open."""
    return ASIDE[key][1] if key in ASIDE else key


def make_page(key: str, desk: Desk) -> Page:
    """Make a page."""
    module = import_module(f"jope_ui.views.{key}")
    return cast("Page", getattr(module, ASIDE[key][0] if key in ASIDE else PAGES[key])(desk))

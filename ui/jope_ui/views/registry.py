"""The pages by their keys. Imported after the sign-in page was painted."""

from __future__ import annotations

from collections.abc import Callable

from jope_ui.views.audit import AuditPage
from jope_ui.views.batch import BatchPage
from jope_ui.views.clearance import ClearancePage
from jope_ui.views.desk import Desk
from jope_ui.views.dispensing import DispensingPage
from jope_ui.views.overview import OverviewPage
from jope_ui.views.page import Page
from jope_ui.views.release import ReleasePage

_MAKERS: dict[str, Callable[[Desk], Page]] = {
    "overview": OverviewPage,
    "batch": BatchPage,
    "clearance": ClearancePage,
    "dispensing": DispensingPage,
    "release": ReleasePage,
    "audit": AuditPage,
}


def make_page(key: str, desk: Desk) -> Page:
    """Make a page."""
    return _MAKERS[key](desk)

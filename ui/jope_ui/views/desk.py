"""What the frame offers to its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from jope_ui.bridge.client import Client
from jope_ui.shell.signing import Signing


@dataclass(frozen=True, slots=True)
class Desk:
    """The client, the one signing at a time, the place for sheets, and the way to another page (``go(page, about)``)."""

    client: Client
    signing: Signing
    host: QWidget
    go: Callable[[str, str], None]

"""The one place where a label leaves for a printer (URS F16).

A label is noted as sent before it is sent, and never sent twice: what was under way when the station stopped is not known at the next start.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

import structlog

from jope.compliance.audit.actions import Action
from jope.compliance.commands import Command
from jope.kernel.errors import DeviceError, DeviceIndeterminateError, JopeError
from jope.plant.devices.ports import Gateway
from jope.plant.devices.printing import PrintRequest
from jope.services.reporting.labels.commands import BeginLabel, EndLabel
from jope.services.reporting.labels.zpl import decoded, fingerprint_of

STOP_SECONDS: Final = 3.0
_OPEN: Final = (
    "SELECT p.id, p.device_id, p.state, p.sha256, c.content FROM label_print p JOIN label_content c ON c.sha256 = p.sha256 "
    "WHERE p.state IN ('asked', 'sent') ORDER BY p.asked_us"
)
_log = structlog.get_logger(__name__)


class LabelSender:
    """Sends what was asked for, in a thread of its own."""

    def __init__(
        self,
        ask: Callable[[str, tuple[Any, ...]], Sequence[Any]],
        dispatch: Callable[[Command], object],
        gateway: Callable[[], Gateway | None],
        read_only: Callable[[], str],
    ) -> None:
        self._ask, self._dispatch, self._gateway, self._read_only = ask, dispatch, gateway, read_only
        self._condition = threading.Condition()
        self._due = self._stopping = False
        self._thread = threading.Thread(target=self._run, name="labels", daemon=True)

    def start(self) -> None:
        """Settle what an earlier run of the station left, then begin to send: what was not sent is not sent any more, and of what was sent nobody knows."""
        if not self._read_only():
            for print_id, _, state, *_ in self._ask(_OPEN, ()):
                sent = state == "sent"
                message = "The station stopped while it was under way." if sent else "The station stopped before it was sent."
                self._dispatch(EndLabel(print_id=print_id, outcome="unknown" if sent else "refused", message=message))
        self._thread.start()

    def on_commit(self, actions: frozenset[Action]) -> None:
        """On the command thread, after a commit."""
        if Action.LABEL_ASKED in actions:
            with self._condition:
                self._due = True
                self._condition.notify()

    def stop(self) -> None:
        """Send nothing more. What is under way is settled at the next start."""
        with self._condition:
            self._stopping = True
            self._condition.notify()
        if self._thread.ident is not None:
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._stopping or self._due)
                if self._stopping:
                    return
                self._due = False
            try:
                for print_id, device_id, state, sha256, content in self._ask(_OPEN, ()):
                    if state == "asked" and not self._read_only() and not self._stopping:
                        self._send(print_id, device_id, sha256, content.encode("ascii"))
            except JopeError as error:
                _log.error("labels_not_sent", error=str(error))

    def _send(self, print_id: str, device_id: str, sha256: str, content: bytes) -> None:
        self._dispatch(BeginLabel(print_id=print_id))
        outcome, message, evidence = "refused", "", ""
        try:
            if fingerprint_of(content) != sha256:
                raise DeviceError("The stored label is another than was asked for. Nothing was sent.")
            decoded(content)
            gateway = self._gateway()
            if gateway is None:
                raise DeviceError("No device is connected to this station.")
            receipt = gateway.print_label(PrintRequest(print_id, device_id, content))
            outcome, evidence = "printed", "\n".join(receipt.evidence)
        except DeviceIndeterminateError as error:
            outcome, message = "unknown", error.message
        except JopeError as error:
            message = error.message
        self._dispatch(EndLabel(print_id=print_id, outcome=outcome, message=message, evidence=evidence))

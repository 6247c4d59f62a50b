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
from jope.kernel.errors import DeviceError, DeviceIndeterminateError, GuardRefusedError, JopeError
from jope.plant.devices.ports import Gateway
from jope.plant.devices.printing import PrintRequest
from jope.services.reporting.labels.commands import BeginLabel, EndLabel
from jope.services.reporting.labels.zpl import decoded, fingerprint_of

STOP_SECONDS: Final = 3.0
RETRY_SECONDS: Final = 5.0
"""After this a label that could not be settled is tried again: noted as sent, or told what became of it; never sent twice."""
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
        self._ends: dict[str, EndLabel] = {}
        """What became of labels that left and of whom it is not written down yet; the same command again is the same outcome."""
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
            if not self._round():
                with self._condition:
                    self._due = True
                    self._condition.wait_for(lambda: self._stopping, RETRY_SECONDS)

    def _round(self) -> bool:
        """Settle what is open, each label for itself. False where something is left to be tried again: no label waits for another one's trouble."""
        try:
            rows = self._ask(_OPEN, ())
        except Exception:  # the border of this thread: whatever stands against it now, the labels are still asked for
            _log.exception("labels_not_looked_for")
            return False
        settled = True
        for print_id, device_id, state, sha256, content in rows:
            if self._read_only() or self._stopping:
                return True
            try:
                if state == "asked":
                    self._ends[print_id] = self._begun(print_id) or self._send(print_id, device_id, sha256, content.encode("ascii"))
                end = self._ends.get(print_id)
                if end is not None:
                    self._dispatch(end)
                    del self._ends[print_id]
            except Exception:  # the border of this thread
                _log.exception("label_not_settled", print_id=print_id)
                settled = False
        return settled

    def _begun(self, print_id: str) -> EndLabel | None:
        """Note a label as sent. Returns its end where a rule refuses that: it is not sent at all."""
        try:
            self._dispatch(BeginLabel(print_id=print_id))
        except GuardRefusedError as error:
            return EndLabel(print_id=print_id, outcome="refused", message=error.message)
        return None

    def _send(self, print_id: str, device_id: str, sha256: str, content: bytes) -> EndLabel:
        """Send one label, which is noted as sent. Returns what became of it; once it left, nothing but its printer says that it was not printed."""
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
        except Exception as error:  # a fault of the driver: the label may have left
            _log.exception("label_not_known", print_id=print_id)
            outcome, message = "unknown", f"The driver failed ({type(error).__name__})."
        return EndLabel(print_id=print_id, outcome=outcome, message=message, evidence=evidence)

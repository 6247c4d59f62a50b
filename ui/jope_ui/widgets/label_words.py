"""The words for labels and their printers."""

from __future__ import annotations

from PySide6.QtCore import QObject

from jope.plant.devices.ports import DeviceState, DeviceStatus
from jope.plant.devices.printing import PrinterFault, PrinterStatus
from jope.services.reporting.labels.queries import LabelRow


class LabelWords(QObject):
    """Turns what the station knows of labels into words of the person's language."""

    def fault(self, fault: PrinterFault) -> str:
        """What a printer says keeps it from printing."""
        return {
            PrinterFault.PAPER_OUT: self.tr("paper out"),
            PrinterFault.RIBBON_OUT: self.tr("ribbon out"),
            PrinterFault.HEAD_OPEN: self.tr("head open"),
            PrinterFault.PAUSED: self.tr("paused"),
            PrinterFault.BUFFER_FULL: self.tr("buffer full"),
            PrinterFault.TOO_HOT: self.tr("over temperature"),
            PrinterFault.TOO_COLD: self.tr("under temperature"),
            PrinterFault.MEMORY: self.tr("memory lost"),
            PrinterFault.RESOLUTION: self.tr("another resolution than registered"),
        }[fault]

    def printer(self, status: DeviceStatus | None, told: PrinterStatus | None) -> str:
        """How a printer stands."""
        if status is None:
            return self.tr("There is no printer here.")
        if status.state is DeviceState.DEGRADED:
            return (
                ", ".join(self.fault(one) for one in told.faults)
                if told is not None and told.faults
                else self.tr("answers are not understood")
            )
        return {
            DeviceState.ONLINE: self.tr("ready"),
            DeviceState.GATED: self.tr("another device answers"),
            DeviceState.BACKOFF: self.tr("does not answer"),
        }.get(status.state, self.tr("connecting"))

    def label(self, row: LabelRow) -> str:
        """What became of a label."""
        states = {
            "asked": self.tr("Label: copy {copy} waits for the printer"),
            "sent": self.tr("Label: copy {copy} is being printed"),
            "refused": self.tr("Label: not printed"),
            "unknown": self.tr("Label: whether copy {copy} came out is NOT KNOWN"),
            "not_printed": self.tr("Label: copy {copy} did not come out, says {person}"),
        }
        printed = self.tr("Label: printed copy {copy}, says {person}") if row.said_by else self.tr("Label: printed copy {copy}")
        words = states.get(row.state, printed).format(copy=row.copy_no, person=row.said_by)
        if row.reason:
            words += self.tr(" (reprint: {reason})").format(reason=row.reason)
        return words

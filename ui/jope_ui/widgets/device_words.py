"""The words for devices: their signal, their connection, the quality of a value."""

from __future__ import annotations

from PySide6.QtCore import QObject

from jope.plant.devices.ports import DeviceState
from jope.plant.devices.registry.rows import text_of
from jope.plant.devices.tags import StatusCode, TagScalar, is_bad, is_good
from jope_ui.viewmodels.device_signal import Cause, Signal

_GROUP = 4


class DeviceWords(QObject):
    """Turns the station's names into words of the person's language."""

    def signal(self, signal: Signal) -> str:
        """A status signal of NE 107."""
        return {
            Signal.FAILURE: self.tr("Failure"),
            Signal.FUNCTION_CHECK: self.tr("Function check"),
            Signal.OUT_OF_SPECIFICATION: self.tr("Out of specification"),
            Signal.MAINTENANCE_REQUIRED: self.tr("Maintenance required"),
            Signal.GOOD: self.tr("Good"),
        }[signal]

    def cause(self, cause: Cause) -> str:
        """What a signal stands for."""
        return {
            Cause.LOST: self.tr("connection lost"),
            Cause.REFUSED: self.tr("access refused"),
            Cause.ANOTHER: self.tr("another device answers"),
            Cause.HELD: self.tr("held"),
            Cause.CONNECTING: self.tr("connecting"),
            Cause.RETIRED: self.tr("retired"),
            Cause.UNUSABLE: self.tr("value unusable"),
            Cause.NOT_CALIBRATED: self.tr("not calibrated"),
            Cause.CALIBRATION_OVERDUE: self.tr("calibration overdue"),
            Cause.NOT_CHECKED: self.tr("check not passed"),
            Cause.CHECK_OVERDUE: self.tr("check overdue"),
            Cause.CALIBRATION_DUE: self.tr("calibration due soon"),
            Cause.CHECK_DUE: self.tr("check due soon"),
            Cause.INCOMPLETE: self.tr("not complete"),
            Cause.NONE: self.tr("good"),
        }[cause]

    def state(self, state: DeviceState) -> str:
        """Where the connection stands."""
        return {
            DeviceState.DISABLED: self.tr("switched off"),
            DeviceState.CONNECTING: self.tr("connecting"),
            DeviceState.IDENTIFYING: self.tr("asking who it is"),
            DeviceState.GATED: self.tr("another device answers"),
            DeviceState.SYNCING: self.tr("waiting for first values"),
            DeviceState.ONLINE: self.tr("connected"),
            DeviceState.DEGRADED: self.tr("connected, not complete"),
            DeviceState.RECOVERING: self.tr("connection is taken up again"),
            DeviceState.QUARANTINE: self.tr("waiting for a silent line"),
            DeviceState.BACKOFF: self.tr("connection lost"),
            DeviceState.FAULTED: self.tr("access refused"),
            DeviceState.STOPPING: self.tr("stopping"),
        }[state]

    def quality(self, status: int) -> str:
        """The quality of a value by its OPC-UA status code."""
        words = {
            StatusCode.BAD_DECODING_ERROR: self.tr("bad: not understood"),
            StatusCode.BAD_TIMEOUT: self.tr("bad: no answer in time"),
            StatusCode.BAD_NO_COMMUNICATION: self.tr("bad: connection lost"),
            StatusCode.BAD_WAITING_FOR_INITIAL_DATA: self.tr("bad: no value yet"),
            StatusCode.BAD_NODE_ID_UNKNOWN: self.tr("bad: unknown address"),
            StatusCode.BAD_OUT_OF_RANGE: self.tr("bad: out of range"),
            StatusCode.BAD_TYPE_MISMATCH: self.tr("bad: wrong type"),
            StatusCode.BAD_CONFIGURATION_ERROR: self.tr("bad: wrong configuration"),
            StatusCode.BAD_DEVICE_FAILURE: self.tr("bad: device failure"),
            StatusCode.UNCERTAIN_LAST_USABLE_VALUE: self.tr("uncertain: last usable value"),
        }
        if is_good(status):
            return self.tr("good")
        known = next((text for code, text in words.items() if int(code) == status), "")
        if known:
            return known
        return self.tr("bad, code {code}").format(code=f"{status:08X}") if is_bad(status) else self.tr("uncertain")

    def age(self, seconds: float) -> str:
        """How old a value is."""
        if seconds < 60:
            return self.tr("{seconds} s").format(seconds=f"{seconds:.0f}")
        if seconds < 3600:
            return self.tr("{minutes} min").format(minutes=int(seconds // 60))
        return self.tr("{hours} h").format(hours=int(seconds // 3600))


def shown_value(value: TagScalar | None) -> str:
    """A value as it is read: what the device sent as a float, with six digits; everything else as it is."""
    return f"{value:.6g}" if isinstance(value, float) else text_of(value)


def thumbprint_groups(digest: str) -> str:
    """A thumbprint in groups of four digits, eight of them in a line, as people compare it with the device's own screen."""
    upper = digest.upper()
    groups = [upper[at : at + _GROUP] for at in range(0, len(upper), _GROUP)]
    return "\n".join(" ".join(groups[at : at + 8]) for at in range(0, len(groups), 8))

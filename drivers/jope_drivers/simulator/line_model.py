"""A mixer and a filler as a PLC would show them: lag, noise, a state word, alarm bits, counters, and a handshake."""

from __future__ import annotations

import random
from typing import Final

NAMESPACE: Final = "urn:jope:simulated-line"

TYPES: Final = {
    "Mixer.State": "UInt16",
    "Mixer.Running": "Boolean",
    "Mixer.SpeedSetpoint": "Double",
    "Mixer.Speed": "Double",
    "Mixer.Torque": "Float",
    "Mixer.Temperature": "Double",
    "Mixer.Alarms": "UInt16",
    "Filler.Count": "UInt32",
    "Filler.FillWeight": "Int32",
    "Filler.Rate": "Float",
    "Filler.Recipe": "String",
    "Filler.Target": "Int16",
    "Filler.Request": "UInt16",
    "Filler.Acknowledge": "UInt16",
}
"""Node -> OPC-UA built-in type. ``Filler.FillWeight`` is in hundredths of a gram. Fast counters are UInt32."""

STATE_IDLE: Final = 0x0001
STATE_RUNNING: Final = 0x0002
ALARM_HOT: Final = 0x0001
ALARM_TORQUE: Final = 0x0002
SPEED_LAG_SECONDS: Final = 2.0
HEAT_LAG_SECONDS: Final = 60.0
ROOM_CELSIUS: Final = 21.0


class LineModel:
    """The values of all nodes. ``step`` takes the time forward; clients' writes are put into ``values`` directly."""

    def __init__(self, *, seed: int, fast: int) -> None:
        self._random = random.Random(seed)
        self.values: dict[str, bool | int | float | str] = {
            "Mixer.State": STATE_RUNNING,
            "Mixer.Running": True,
            "Mixer.SpeedSetpoint": 120.0,
            "Mixer.Speed": 0.0,
            "Mixer.Torque": 0.0,
            "Mixer.Temperature": ROOM_CELSIUS,
            "Mixer.Alarms": 0,
            "Filler.Count": 0,
            "Filler.FillWeight": 25_000,
            "Filler.Rate": 0.0,
            "Filler.Recipe": "R-100",
            "Filler.Target": 250,
            "Filler.Request": 0,
            "Filler.Acknowledge": 0,
        }
        self.writable = frozenset(("Mixer.SpeedSetpoint", "Filler.Recipe", "Filler.Target", "Filler.Request"))
        self.line_names = tuple(self.values)
        self.fast_names = tuple(f"Fast.{number:04}" for number in range(fast))
        self._filled = 0.0
        self.values.update(dict.fromkeys(self.fast_names, 0))

    def step(self, seconds: float, *, acknowledges: bool) -> None:
        """Take the line forward."""
        self._mix(seconds)
        self._fill(seconds)
        if acknowledges:
            self.values["Filler.Acknowledge"] = self.values["Filler.Request"]

    def step_fast(self) -> None:
        """Every fast counter counts up by one, so that a client can see which values it missed."""
        for name in self.fast_names:
            self.values[name] = (int(self.values[name]) + 1) & 0xFFFFFFFF

    def _mix(self, seconds: float) -> None:
        values, noise = self.values, self._random.gauss
        wanted = float(values["Mixer.SpeedSetpoint"])
        speed = float(values["Mixer.Speed"])
        speed += (wanted - speed) * min(seconds / SPEED_LAG_SECONDS, 1.0) + noise(0, 0.05)
        heat = float(values["Mixer.Temperature"])
        heat += (ROOM_CELSIUS + wanted / 10 - heat) * seconds / HEAT_LAG_SECONDS + noise(0, 0.01)
        torque = max(0.0, 0.02 * speed + noise(0, 0.02))
        running = wanted > 0
        values["Mixer.Speed"] = round(max(speed, 0.0), 3)
        values["Mixer.Temperature"] = round(heat, 3)
        values["Mixer.Torque"] = round(torque, 3)
        values["Mixer.Running"] = running
        values["Mixer.State"] = STATE_RUNNING if running else STATE_IDLE
        values["Mixer.Alarms"] = (ALARM_HOT if heat > 60 else 0) | (ALARM_TORQUE if torque > 10 else 0)

    def _fill(self, seconds: float) -> None:
        values, noise = self.values, self._random.gauss
        self._filled += seconds * 2 if values["Mixer.Running"] else 0.0
        while self._filled >= 1.0:
            self._filled -= 1.0
            values["Filler.Count"] = int(values["Filler.Count"]) + 1
            values["Filler.FillWeight"] = int(int(values["Filler.Target"]) * 100 + noise(0, 8))
        values["Filler.Rate"] = round(120 + noise(0, 0.5), 2) if values["Mixer.Running"] else 0.0

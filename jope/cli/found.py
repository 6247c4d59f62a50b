"""What stands above the core is found by entry point, not imported: drivers, simulators, the client."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

from jope.kernel.errors import SettingsError

if TYPE_CHECKING:
    from jope.bootstrap import Plant


def _entry(group: str, name: str) -> EntryPoint:
    for entry in entry_points(group=group):
        if entry.name == name:
            return entry
    raise SettingsError(f"The part '{name}' ({group}) is not installed.", remedy="Install the program again.")


def find_plant() -> Plant:
    """The installed drivers and their gateway.

    Raises:
        SettingsError: they are not installed.
    """
    from jope.bootstrap import Plant

    outputs = {entry.name: entry.load() for entry in entry_points(group="jope.outputs")}
    printers = {name: factory for entry in entry_points(group="jope.printers") for name, factory in entry.load()().items()}
    scales, tags = (_entry("jope.drivers", name).load()() for name in ("scales", "tags"))
    return Plant(scales, _entry("jope.drivers", "gateway").load(), outputs, tags, _entry("jope.drivers", "certificate").load(), printers)


def find_simulators() -> Any:
    """The installed simulators by protocol.

    Raises:
        SettingsError: they are not installed.
    """
    return _entry("jope.drivers", "simulators").load()()


def find_simulated_plant() -> Any:
    """What makes the simulated plant.

    Raises:
        SettingsError: it is not installed.
    """
    return _entry("jope.drivers", "simulated-plant").load()


def find_detection() -> Any:
    """What finds out which scale hangs on a port.

    Raises:
        SettingsError: it is not installed.
    """
    return _entry("jope.drivers", "detect").load()


def find_client(name: str) -> Any:
    """The client's entry: ``run`` or ``demo``.

    Raises:
        SettingsError: the client is not installed.
    """
    return _entry("jope.client", name).load()

"""Running the simulated plant by hand."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from jope.kernel.errors import JopeError, SettingsError

HELP = "Type a weight in grams to put it on, 'unload', 'fault PROTOCOL KIND', 'mend PROTOCOL', or 'quit'."


def run_simulated(found: Mapping[str, Any], faults: Sequence[str]) -> None:
    """Start one device of each kind, with faults as ``protocol:kind``, and obey typed lines until 'quit' or the end of input.

    Raises:
        SettingsError: there is no such device or fault.
    """
    with ExitStack() as stack:
        devices = {protocol: stack.enter_context(make()) for protocol, make in sorted(found.items())}
        for text in faults:
            protocol, _, kind = text.partition(":")
            _device(devices, protocol).fault(kind)
        for protocol, device in devices.items():
            print(f"{protocol:8} {device.where()}  faults: {', '.join(device.faults)}")
        print(HELP, flush=True)
        for line in sys.stdin:
            if line.strip() == "quit":
                break
            _obey(devices, line.split())


def _device(devices: Mapping[str, Any], protocol: str) -> Any:
    if protocol not in devices:
        raise SettingsError(f"There is no simulated device '{protocol}'.", remedy="Use one of: " + ", ".join(devices) + ".")
    return devices[protocol]


def _obey(devices: Mapping[str, Any], words: list[str]) -> None:
    try:
        match words:
            case ["fault", protocol, kind]:
                _device(devices, protocol).fault(kind)
            case ["mend", protocol]:
                _device(devices, protocol).fault("")
            case ["unload"] | [_]:
                for device in devices.values():
                    device.load("" if words == ["unload"] else words[0])
            case _:
                print(HELP, flush=True)
    except (JopeError, ValueError) as error:
        print(f"{error} {HELP}", flush=True)

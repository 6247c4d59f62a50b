"""Nothing writes to a device without an approved gate (URS J05, K03; 21 CFR 211.68(b)).

The one maker of a ``WriteRequest`` takes it from a row that two people approved; the drivers' calls that write stand in the files that carry out such a
request, and nowhere else. Scales are told to zero and to tare by ``act`` alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from jope.services.qualification.gates.exemptions import DEVICE_WRITERS, WRITE_REQUEST_MAKERS, stale
from jope.services.qualification.gates.project import PROGRAM, Module, Project

_DRIVERS: Final = "drivers/jope_drivers/"
_SIMULATORS: Final = "drivers/jope_drivers/simulator/"
_WRITING: Final = frozenset(
    {
        "write_attributes", "write_attribute", "write_attribute_value", "write_value", "write_values", "set_value", "write_single_coil", "call_method",
        "write_coil", "write_coils", "write_register", "write_registers", "mask_write_register", "readwrite_registers",
    }
)  # fmt: skip
"""What calls are named that write to a server or a PLC, in the libraries of these protocols and in our own codec."""


def devices_are_written_to_by_approval(project: Project) -> Iterator[str]:
    """A request to write is made in one place, and carried out in one place of each protocol."""
    makers: set[str] = set()
    writers: set[str] = set()
    for module in project.modules(*PROGRAM):
        for call in module.calls:
            name = module.dotted(call.func).rpartition(".")[2]
            if name == "WriteRequest":
                makers.add(module.path)
                if module.path not in WRITE_REQUEST_MAKERS:
                    yield module.at(call, "asks a device to write outside the place where approved writes leave")
            if name in _WRITING and _is_driver(module):
                writers.add(module.path)
                if module.path not in DEVICE_WRITERS:
                    yield module.at(call, f"writes to a device with {name} outside the carrying out of an approved write")
        if _is_driver(module):
            yield from _borrowed(module, writers)
    yield from stale(WRITE_REQUEST_MAKERS, makers, project)
    yield from stale(DEVICE_WRITERS, writers, project)


def _is_driver(module: Module) -> bool:
    return module.path.startswith(_DRIVERS) and not module.path.startswith(_SIMULATORS)


def _borrowed(module: Module, writers: set[str]) -> Iterator[str]:
    """A call that writes, taken by its name to be used later."""
    called = {id(call.func) for call in module.calls}
    for node in module.nodes:
        if isinstance(node, ast.Attribute) and node.attr in _WRITING and id(node) not in called:
            writers.add(module.path)
            if module.path not in DEVICE_WRITERS:
                yield module.at(node, f"takes {node.attr}, which writes to a device, outside the carrying out of an approved write")

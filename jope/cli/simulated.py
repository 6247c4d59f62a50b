"""Running the simulated plant by hand."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from jope.kernel.errors import JopeError

HELP = "Type a weight in grams to put it on, 'unload', 'unplug', 'plug', 'fault KIND', or 'quit'."
FAULTY_FRAMES = 20


def run_simulated(found: Any, out: Path, *, fault: str = "") -> None:
    """Start one device of each kind and obey typed lines until 'quit' or the end of input.

    Raises:
        EnvironmentFaultError: a device does not start, or knows no such fault.
    """
    with ExitStack() as stack:
        scales = [stack.enter_context(make(out, name=protocol)) for protocol, make in sorted(found.items())]
        for scale in scales:
            print(f"{scale.link}  frames in {scale.log_path}")
            if fault:
                scale.garble(FAULTY_FRAMES, fault)
        print(HELP)
        for line in sys.stdin:
            if line.strip() == "quit":
                break
            for scale in scales:
                _obey(scale, line.strip())


def _obey(scale: Any, word: str) -> None:
    orders = {"unload": scale.unload, "unplug": scale.unplug, "plug": scale.plug}
    verb, _, kind = word.partition(" ")
    try:
        if verb == "fault":
            scale.garble(FAULTY_FRAMES, kind)
        else:
            orders.get(word, lambda: scale.load(word))()
    except (JopeError, ValueError) as error:
        print(f"{error} {HELP}")

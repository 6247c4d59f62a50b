"""``python -m jope_ui``: says how the client is started, because a station is opened by the core."""

from __future__ import annotations

import sys


def main() -> int:
    """Point to the command that opens a station and its client."""
    sys.stderr.write("The client runs on a station: start it with 'jope run --data DIR', or try it with 'jope demo'.\n")
    return 2


if __name__ == "__main__":
    raise SystemExit(main())

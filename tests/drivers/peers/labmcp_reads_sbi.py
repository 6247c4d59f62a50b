"""Runs in the peers' environment: asks the Sartorius at the given address with a client that is not ours and prints the answers as JSON."""

import json
import sys
import time

from labmcp import open_transport
from labmcp_sartorius.driver import SBIBalance

balance = SBIBalance(open_transport(f"serial://{sys.argv[1]}", read_termination="\r\n", write_termination="\r\n", timeout=3.0))
identity = balance.identify()
before = balance.weight(stable=True)
balance.tare()
time.sleep(1)
after = balance.weight(stable=True)
balance.close()
print(
    json.dumps(
        {
            "identity": identity,
            "before": [before.value, before.unit, before.ident, before.decimals],
            "after": [after.value, after.unit, after.ident, after.decimals],
        }
    )
)

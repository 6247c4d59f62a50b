"""Runs in the peers' environment: asks the device at the given address with a client that is not ours and prints the answers as JSON."""

import json
import sys

from mettler_toledo_device import MettlerToledoDevice

device = MettlerToledoDevice(port=sys.argv[1])
answers = {
    "serial_number": device.get_serial_number(),
    "model": device.get_balance_data(),
    "firmware": device.get_software_version(),
    "stable": device.get_weight_stable(),
    "immediate": device.get_weight(),
    "zero_stable": device.zero_stable(),
    "zero": device.zero(),
    "zeroed": device.get_weight_stable(),
}
device.close()
print(json.dumps(answers))

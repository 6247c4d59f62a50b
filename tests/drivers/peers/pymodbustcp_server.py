"""A Modbus TCP server of pyModbusTCP on 127.0.0.1: ``python pymodbustcp_server.py PORT``. Each register holds its address plus 11."""

import sys
import time

from pyModbusTCP.server import DataBank, ModbusServer

bank = DataBank(coils_size=200, d_inputs_size=200, h_regs_size=200, i_regs_size=200)
bank.set_holding_registers(0, [address + 11 for address in range(200)])
bank.set_input_registers(0, [address + 11 for address in range(200)])
bank.set_coils(0, [address % 2 == 1 for address in range(200)])
bank.set_discrete_inputs(0, [address % 5 == 0 for address in range(200)])
server = ModbusServer(host="127.0.0.1", port=int(sys.argv[1]), no_block=True, data_bank=bank)
server.start()
print("ready", flush=True)
while True:
    time.sleep(1)

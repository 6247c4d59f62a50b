"""Runs in the peers' environment: serves a balance simulator that is not ours at the given port.

``labmcp_scale.py sbi16|sbi22|mt-sics PORT``; each line on standard input is a load in grams; its end ends the process.
"""

import select
import sys

import serial
from labmcp_mettler_toledo.simulator import MTSICSSimulator
from labmcp_sartorius.simulator import SBISimulator

balance = {"sbi16": lambda: SBISimulator(fmt=16), "sbi22": lambda: SBISimulator(fmt=22), "mt-sics": MTSICSSimulator}[sys.argv[1]]()
port = serial.Serial(sys.argv[2], timeout=0)
print("ready", flush=True)
pending = b""
while True:
    ready, _, _ = select.select([port.fileno(), sys.stdin.fileno()], [], [])
    if sys.stdin.fileno() in ready:
        order = sys.stdin.readline()
        if not order:
            break
        if hasattr(balance, "place"):
            balance.place(float(order))
        else:
            balance.load_g = float(order)
        print("placed", flush=True)
    pending += port.read(4096)
    *lines, pending = pending.split(b"\r\n")
    for line in lines:
        answer = balance.handle(line.decode("ascii"))
        for text in [answer] if isinstance(answer, str) else answer or []:
            port.write(text.encode("ascii") + b"\r\n")

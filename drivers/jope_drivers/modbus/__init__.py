"""Modbus over TCP and over serial lines (RTU): PLCs, meters and drives with a registered map of registers."""

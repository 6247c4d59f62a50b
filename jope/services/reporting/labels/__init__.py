"""Dispense labels: their picture, the bytes that a printer gets, and what became of each (URS F09, F16)."""

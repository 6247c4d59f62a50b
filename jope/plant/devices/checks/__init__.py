"""Calibration and checks of balances: certificates, reference weights, and the check that finds the minimum weight."""

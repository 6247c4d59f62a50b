"""Simulated devices: separate processes that speak the real protocol over a real line."""

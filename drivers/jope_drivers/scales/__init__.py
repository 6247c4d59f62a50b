"""Drivers of scales, one module per protocol and one per line."""

"""Dispensing on a scale."""

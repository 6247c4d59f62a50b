"""Compliance gates that ship with the product."""

"""Bringing a station into being. For now the demo station; commissioning of real ones is a workflow of two founders."""

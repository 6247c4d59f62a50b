"""Sheets that ask for a signature, a reason or a few fields."""

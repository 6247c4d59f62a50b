"""Accounts, identity checks, first passwords and badges."""

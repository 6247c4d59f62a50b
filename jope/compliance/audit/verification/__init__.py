"""Verification of the ledger: every layer reads rows again and never only roots; damage is a finding, never an exception."""

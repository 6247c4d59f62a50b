"""The ledger: what happened, chained and signed, and its verification."""

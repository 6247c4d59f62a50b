"""The printed batch record: what it says (facts) and how it looks (the rest)."""

"""The batch, from creation to release."""

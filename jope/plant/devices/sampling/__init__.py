"""Samples: what devices said, kept for years beside the records."""

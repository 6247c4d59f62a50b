"""The one way every write goes."""

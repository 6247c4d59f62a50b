"""Change requests: the one machine for everything that nobody does alone."""

"""Materials, lots, labels' content."""

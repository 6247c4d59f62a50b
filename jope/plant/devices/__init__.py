"""Equipment and what it says."""

"""What the station does by itself, in time."""

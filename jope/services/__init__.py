"""What the station does by itself or for an inspector."""

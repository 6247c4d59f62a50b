"""Settings of a station as versioned data that two people change."""

"""Master recipes and their versions."""

"""The client's own building blocks. They know the theme and frozen rows of the core, never a station."""

"""What a page shows, worked out from frozen rows of the core without touching a widget."""

"""The fixed frame around every page: top bar, navigation, alarm line, lock, sheets."""

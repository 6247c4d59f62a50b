"""The trail's time, put right by two people."""

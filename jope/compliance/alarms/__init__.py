"""Process and security alarms."""

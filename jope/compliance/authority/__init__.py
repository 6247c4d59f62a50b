"""Roles, deputies, break-glass and the recurrent review of access."""

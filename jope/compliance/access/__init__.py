"""Permissions, roles and scope."""

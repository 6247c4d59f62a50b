"""The station's files: identity, ports and policy."""

"""Jope: the core of a client that makes every GMP action attributable, signed and provable. No Qt, no vendor protocol."""

__version__ = "0.1.0"

"""Disposal after retention: the payload goes, its digest and a stub signed by two people stay."""

"""Materials and lots: what came in, in which containers, how it stands, what moved, and where it went."""

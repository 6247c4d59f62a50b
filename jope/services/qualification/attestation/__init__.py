"""Self-attestation at start: is this the program that was released, and is this its store (URS N04; 21 CFR 11.10(a))."""

"""Mutation testing of guards: every guard is changed in every small way, and a case must notice each change (URS P04)."""

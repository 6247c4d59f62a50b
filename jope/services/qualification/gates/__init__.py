"""Gates: rules of compliance that are checked against the program's own sources and schema, with a sealed verdict each.

URS P01-P06, N08.
"""

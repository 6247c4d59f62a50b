"""Ground floor: time, ids, errors, canonical form, keys, settings, the store. Knows nothing of GMP."""

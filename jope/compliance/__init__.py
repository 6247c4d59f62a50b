"""People, authority and proof. Knows nothing of plants."""

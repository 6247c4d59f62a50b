"""Reading the trail as evidence: reviews of it as signed records, and the record as it was at a time."""

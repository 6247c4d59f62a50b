"""Quality records. Deviations so far; CAPA, OOS and CoA come with their own issue."""

"""How the station is, who is told of it, and what is kept of it for whoever helps."""

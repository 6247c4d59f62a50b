"""Equipment of a line: status, cleaning, maintenance, and the logbook that the steps themselves write (21 CFR 211.67, 211.182)."""

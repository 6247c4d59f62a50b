"""What leaves the station as a signed bundle: a record's trail, the whole trail, everything in open formats."""

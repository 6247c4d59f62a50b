"""The register of devices: configuration as data under change control, whom the station trusts, and approved writes."""

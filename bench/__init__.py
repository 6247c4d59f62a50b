"""Benchmarks. Each prints ratios that were measured in one run against a floor; times alone say nothing on another machine."""

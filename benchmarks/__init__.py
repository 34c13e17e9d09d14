"""Benchmarks: every figure is a ratio or a pair measured in one run. ``make bench`` prints them all."""

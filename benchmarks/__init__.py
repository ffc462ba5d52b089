"""Measurements as ratios in one run: against rivals, and against reading the data once."""

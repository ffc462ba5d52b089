"""Kernels of paths and process: who follows whom, whole journeys, windows, patterns, sessions."""

"""Segments in SQL."""

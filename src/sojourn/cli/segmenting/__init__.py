"""Segments on the command line."""

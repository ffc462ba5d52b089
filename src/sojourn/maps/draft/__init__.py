"""Drafting a journey map from the data."""

"""Proposing a stage model from the events that are there, by words and by structure."""

"""Paths and process: events, moves between them, whole journeys, windows, patterns, sessions."""

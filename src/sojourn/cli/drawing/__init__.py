"""Readable answers in a terminal: figures as words, bars, triangles."""

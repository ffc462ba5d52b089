"""The workspace as a folder: its settings, its secret, its lock."""

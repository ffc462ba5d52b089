"""Commands: argument parsing only."""

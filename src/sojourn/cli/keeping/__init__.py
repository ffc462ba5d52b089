"""Commands that keep copies of a workspace."""

"""Backups of a workspace, and what comes back from them."""

"""Asking other servers: the one door out of this process."""

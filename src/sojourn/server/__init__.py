"""Sojourn as a running system: the processes that accept events, move them on, and answer."""

"""The Python API: open a workspace or data at hand, ask, get typed results."""

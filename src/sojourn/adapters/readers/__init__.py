"""Readers: from a file or a stream to batches of events."""

from sojourn.adapters.readers.opening import open_reader

__all__ = ["open_reader"]

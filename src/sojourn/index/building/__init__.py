"""From rows of the lake to the arrays of buckets, without touching a disk."""

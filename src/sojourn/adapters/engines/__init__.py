"""Ways to run a plan over the buckets of an index."""

"""The journey index as arrays and values: what a bucket holds and what its columns mean."""

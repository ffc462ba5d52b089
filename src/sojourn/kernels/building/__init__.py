"""Kernels that build the index: scan properties, find people, sort and place rows."""

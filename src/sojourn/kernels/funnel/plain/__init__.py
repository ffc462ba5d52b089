"""Kernels of the plain funnel, 64 rows at a time: counted, by interval, and its attempts."""

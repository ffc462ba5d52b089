"""Numba functions: arrays in, arrays out. ``sojourn.kernels.jit`` is the only door to Numba."""

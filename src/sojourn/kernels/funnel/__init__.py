"""Kernels of funnels: a quick count of the plain kind, and every option by lists of candidates."""

"""Kernels over people who enter at a moment: retention, lifecycle, waits, visits."""

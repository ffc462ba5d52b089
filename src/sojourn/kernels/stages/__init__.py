"""Kernels of the stage model: timelines of states, counts over them, and the steps of a map."""

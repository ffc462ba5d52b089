"""Plots of answers, a way of drawing a module; matplotlib is loaded only when asked for."""

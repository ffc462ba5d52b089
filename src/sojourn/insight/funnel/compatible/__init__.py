"""Funnels counted as other tools count them, and why their answers differ."""

"""Hashing passwords."""

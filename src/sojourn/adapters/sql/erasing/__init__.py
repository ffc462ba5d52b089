"""Erased people in SQL: their list, and taking them out of every table."""

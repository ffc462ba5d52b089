"""Segments kept, followed as events arrive, and told about."""

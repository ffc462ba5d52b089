"""Signing in at a provider, in the state store."""

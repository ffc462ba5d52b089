"""Signing in at a provider that speaks OpenID Connect."""

"""The one place where use cases and adapters are joined."""

"""The few Protocols the core needs from outside."""

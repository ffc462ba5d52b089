"""The process that accepts events: nothing slow runs beside it."""

"""The revisions of the state store, oldest first."""

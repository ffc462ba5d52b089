"""The revisions of the tables that segments are followed in, oldest first."""
